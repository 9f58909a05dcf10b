//! A main function that is not async.
use go::prelude::*;

#[go::main]
fn main() {
    let ch = chan!(i32, 1);
    chan!(ch <- 1);
}
