//! `go!` with what other libraries' spawns take.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    go!(async move {
        ch.send(1).await;
    });
    go!(|| println!("closure"));
}
