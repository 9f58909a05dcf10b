//! A variable that is used after it was handed over to a deferred block.
use go::prelude::*;

#[go::func]
async fn serve() {
    let name = "server".to_owned();
    defer!(move name { println!("{name} ends"); });
    println!("{name} begins");
}

fn main() {}
