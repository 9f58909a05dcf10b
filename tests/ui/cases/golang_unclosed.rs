//! A brace that is not closed.
use go::prelude::*;

golang! {
    fn work(ch: Chan<i32>) {
        for v := range ch {
            println!("{v}");
    }
}

fn main() {}
