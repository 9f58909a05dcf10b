//! Go's `make(chan chan int)`, word for word.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(chan i32);
    ch.close();
}
