//! `defer!` without a call.
use go::prelude::*;

#[go::main]
async fn main() {
    let cancel = || println!("cancelled");
    defer!(cancel);
    defer!();
    defer!(let x = 1; cancel());
}
