//! The types that cannot be ranged over.
use go::prelude::*;

struct List;

golang! {
    fn work(ch: Chan<i32>, list: List) {
        for i, v := range ch {
        }
        for v := range list {
        }
        for v := range ch.sender() {
        }
    }
}

fn main() {}
