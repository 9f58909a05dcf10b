//! A future in a goroutine that nobody waits for.
#![deny(unused_must_use)]
use go::prelude::*;

#[go::main]
async fn main() {
    go! {
        work();
    }
    go! { work() }
}

async fn work() {}
