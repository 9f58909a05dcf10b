//! A value of another type than the channel's.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    chan!(ch <- "one");
    go! {
        ch <- 1.5;
    }
}
