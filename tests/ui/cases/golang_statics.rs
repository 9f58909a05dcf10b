//! Several statics with a value each, and without a type.
use go::prelude::*;

golang! {
    static A, B: i32 = 1, 2;

    static C, D = 3;

    fn work() {}
}

fn main() {}
