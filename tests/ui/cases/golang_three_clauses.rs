//! A loop with three clauses.
use go::prelude::*;

golang! {
    fn work() {
        for i := 0; i < 3; i += 1 {
            println!("{i}");
        }
    }
}

fn main() {}
