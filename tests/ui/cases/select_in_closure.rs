//! A select in a closure that is not async.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    go! {
        let poll = || select! {
            case v := <-ch: v
            default: 0
        };
        println!("{}", poll());
    }
}
