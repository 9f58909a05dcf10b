//! A statement that neither language has.
use go::prelude::*;

golang! {
    fn work(n: i32) {
        unless n == 3 { println!("{n}"); }
    }
}

fn main() {}
