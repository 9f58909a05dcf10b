//! 01 in Go's own statements: a mutex that one goroutine locks and another unlocks.
use go::prelude::*;

golang! {
    fn main() {
        let mu = sync::RawMutex::new();

        go {
            println!("你好, 世界");
            mu.lock();
        }

        mu.unlock();
    }
}
