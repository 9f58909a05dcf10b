//! A goroutine that takes a reference.
use go::prelude::*;

golang! {
    fn print(names: &[String]) {
        println!("{names:?}");
    }

    fn work(names: &[String]) {
        go print(names);
    }
}

fn main() {}
