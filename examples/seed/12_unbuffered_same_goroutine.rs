//! 12: a send and a receive on an unbuffered channel in one goroutine: the send waits for ever. Ends with Go's deadlock
//! report and exit code 2.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    chan!(ch <- 1);
    println!("{}", chan!(<-ch));
}
