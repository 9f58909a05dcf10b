//! `self` in the block of a goroutine.
use go::prelude::*;

struct Server {
    jobs: Chan<i32>,
}

impl Server {
    async fn start(&self) {
        go! {
            self.jobs <- 1;
        }
    }
}

#[go::main]
async fn main() {
    Server { jobs: chan!(i32, 1) }.start().await;
}
