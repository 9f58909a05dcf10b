//! A future that nobody awaits: its function is not of the block.
use go::prelude::*;

async fn elsewhere() {}

golang! {
    fn work() {
        elsewhere();
        async { println!("never"); };
    }
}

fn main() {}
