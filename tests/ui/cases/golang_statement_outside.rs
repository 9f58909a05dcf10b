//! Statements outside of a function.
use go::prelude::*;

golang! {
    ch := chan!(i32);
    go work();

    fn work() {}
}

fn main() {}
