//! Go's operators outside of the macros.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    ch <- 1;
}
