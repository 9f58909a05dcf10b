//! An error in one function leaves the others, and both are reported.
use go::prelude::*;

golang! {
    fn first(ch: Chan<i32>) {
        ch <- ;
    }

    fn second() -> i32 {
        let x = ;
        3
    }

    fn third() -> i32 {
        second() + 1
    }

    fn main() {
        let n: &str = third();
    }
}
