//! A call that waits in a closure that cannot.
use go::prelude::*;

golang! {
    fn next(n: i32) -> i32 { n + 1 }

    fn work() -> Vec<i32> {
        [1, 2].into_iter().map(|n| next(n)).collect()
    }
}

fn main() {}
