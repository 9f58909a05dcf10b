//! A goroutine gets a reference to a local variable.
use go::prelude::*;

#[go::main]
async fn main() {
    let text = String::from("text");
    go!(show(&text));
}

async fn show(text: &str) {
    println!("{text}");
}
