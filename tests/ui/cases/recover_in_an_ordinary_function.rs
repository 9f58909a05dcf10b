//! `recover!` outside of Go functions.
use go::prelude::*;

fn main() {
    defer! {
        if let Some(r) = recover!() {
            println!("{r}");
        }
    }
    recover!();
}
