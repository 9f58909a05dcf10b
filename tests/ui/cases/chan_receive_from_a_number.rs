//! A receive from what is neither a channel nor a future.
use go::prelude::*;

#[go::main]
async fn main() {
    let n: i32 = 5;
    chan!(v := <-n);
    println!("{v}");
}
