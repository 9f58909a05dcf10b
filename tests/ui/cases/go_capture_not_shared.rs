//! A variable that is neither a handle nor `Copy`.
use go::prelude::*;

#[go::main]
async fn main() {
    let name = String::from("gopher");
    let list = vec![1, 2, 3];
    let done = chan!(());
    go! {
        println!("{name} {}", list.len());
        done <- ();
    }
    chan!(<-done);
}
