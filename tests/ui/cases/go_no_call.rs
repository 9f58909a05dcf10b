//! `go!` without a call.
use go::prelude::*;

#[go::main]
async fn main() {
    let future = work();
    go!(work);
    go!(future);
    go!();
    go!(1 + 2);
}

async fn work() {}
