//! `=` where `:=` is meant.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    select! {
    case v = <-ch:
        println!("{v}");
    }
}
