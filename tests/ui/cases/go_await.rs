//! `.await` on a goroutine's call.
use go::prelude::*;

#[go::main]
async fn main() {
    go!(work().await);
}

async fn work() {}
