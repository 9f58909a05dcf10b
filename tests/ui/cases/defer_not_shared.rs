//! A deferred block that names a value that is no handle.
use go::prelude::*;

#[go::func]
async fn serve() {
    let name = "server".to_owned();
    defer! { println!("{name} ends"); }
    println!("{name} begins");
}

fn main() {}
