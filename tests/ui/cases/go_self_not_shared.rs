//! A method of a type that is no handle, started as a goroutine.
use go::prelude::*;

struct Server {
    jobs: Chan<i32>,
}

impl Server {
    fn start(&self) {
        go!(self.run());
    }

    async fn run(&self) {
        chan!(self.jobs <- 1);
    }
}

#[go::main]
async fn main() {
    Server { jobs: chan!(i32, 1) }.start();
}
