//! An argument that a deferred call cannot keep by itself.
use go::prelude::*;

#[go::main]
async fn main() {
    let name = String::from("gopher");
    defer!(greet(name));
}

fn greet(name: String) {
    println!("bye {name}");
}
