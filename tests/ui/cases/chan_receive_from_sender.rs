//! A receive from the sending side.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    let tx = ch.sender();
    chan!(v := <-tx);
    chan!(w, ok := <-tx);
    println!("{v} {w} {ok}");
}
