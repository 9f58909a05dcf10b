//! `break` in a goroutine for the loop around it.
use go::prelude::*;

#[go::main]
async fn main() {
    for i in 0..3 {
        go! {
            if i == 1 {
                break;
            }
        }
    }
}
