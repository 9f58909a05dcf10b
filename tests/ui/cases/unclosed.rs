//! A block that is not closed.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    go! {
        ch <- 1;
}
