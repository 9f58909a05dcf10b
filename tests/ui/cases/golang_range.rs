//! Loops over what cannot be ranged over.
use go::prelude::*;

golang! {
    fn work(ch: Chan<i32>) {
        for i := range {
        }
        for a, b, c := range ch {
        }
        for i, 3 := range ch {
        }
    }
}

fn main() {}
