//! An argument that is neither a handle nor `Copy`.
use go::prelude::*;

#[go::main]
async fn main() {
    let name = String::from("gopher");
    let done = chan!(());
    go!(greet(name, done));
    chan!(<-done);
}

async fn greet(name: String, done: Chan<()>) {
    println!("hello {name}");
    chan!(done <- ());
}
