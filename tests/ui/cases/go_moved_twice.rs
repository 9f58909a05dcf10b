//! A variable that was handed over is used again.
use go::prelude::*;

#[go::main]
async fn main() {
    let name = String::from("gopher");
    go!(move name {
        println!("{name}");
    });
    println!("{name}");
}
