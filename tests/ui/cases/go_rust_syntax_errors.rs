//! Slips in the Rust of a block, each reported.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    go! {
        let x = 1 +;
        ch <- 1
        ch <- 2;
        let = 5;
    }
}
