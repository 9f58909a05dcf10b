//! `i++` is a statement.
use go::prelude::*;

golang! {
    fn one() {
        let mut i = 0;
        let j = i++;
    }

    fn two(list: Vec<i32>) {
        let mut i = 0;
        println!("{}", list[i++]);
    }

    fn three() {
        i := 0;
        ++i;
    }
}

fn main() {}
