//! A receive in a function that is not async.
use go::prelude::*;

fn next(ch: &Chan<i32>) -> i32 {
    chan!(<-ch)
}

#[go::main]
async fn main() {
    next(&chan!(i32));
}
