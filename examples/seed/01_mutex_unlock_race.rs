//! 01: a mutex that one goroutine locks and another unlocks, with nothing that orders the two. Ends with Go's
//! `fatal error: sync: unlock of unlocked mutex` and exit code 2.
use go::prelude::*;

// In this example `mu` is locked and unlocked in different goroutines, so it can go wrong: the unlock in the main
// goroutine may run first.
#[go::main]
async fn main() {
    let mu = sync::RawMutex::new();

    go! {
        println!("你好, 世界");
        mu.lock().await;
    }

    mu.unlock();
}
