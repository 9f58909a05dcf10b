//! 14 in Go's own statements: `len` and `cap` of a buffered channel.
#![allow(clippy::len_zero, reason = "Go compares with 0, and this program keeps its words")]

use go::prelude::*;

golang! {
    fn main() {
        ch := chan!(i32, 4);
        for i := range 4 {
            print!("{}/{} ", ch.len(), ch.cap());
            ch <- i;
        }
        println!("{}/{} full={}", ch.len(), ch.cap(), ch.len() == ch.cap());
        for ch.len() > 0 {
            <-ch;
        }
        println!("idle {}", ch.len() == 0);
    }
}
