//! A closure that is not `Copy`, because of what it owns, as an argument and as a callee.
use go::prelude::*;

#[go::main]
async fn main() {
    let name = String::from("gopher");
    let mut names = vec![name.clone()];
    let greet = move || println!("hello {name}");
    go!(twice(greet));
    let collect = move || names.push(String::new());
    go!(collect());
}

fn twice(f: impl Fn()) {
    f();
    f();
}
