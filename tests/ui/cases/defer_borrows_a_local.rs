//! A deferred call with a reference to a local variable.
use go::prelude::*;

fn print(text: &str) {
    println!("{text}");
}

#[go::func]
async fn serve() {
    let name = "server".to_owned();
    defer!(print(&name));
    println!("{name} begins");
}

fn main() {}
