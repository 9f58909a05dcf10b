//! 12 in Go's own statements: send and receive on an unbuffered channel in one goroutine.
use go::prelude::*;

golang! {
    fn main() {
        ch := chan!(i32);
        ch <- 1;
        println!("{}", <-ch);
    }
}
