//! A send to the receiving side.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    let rx = ch.receiver();
    chan!(rx <- 1);
}
