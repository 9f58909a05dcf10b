//! A variable that a method changes after the deferred block has taken its copy.
use go::prelude::*;

#[go::func]
async fn sort() {
    let mut list = [3, 1, 2];
    defer! { println!("{list:?}"); }
    list.sort();
}

fn main() {}
