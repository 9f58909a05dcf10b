//! A loop with two clauses, and one with four.
use go::prelude::*;

golang! {
    fn two(n: i32) {
        for i := 0; i < n {
            println!("{i}");
        }
    }

    fn four(n: i32) {
        for i := 0; i < n; i++; n > 3 {
            println!("{i}");
        }
    }
}

fn main() {}
