//! `recover!` where nobody can have deferred the function.
use go::prelude::*;

#[go::main]
async fn main() {
    defer!(println!("end"));
    if let Some(r) = recover!() {
        println!("{r}");
    }
    go! {
        recover!();
    }
}
