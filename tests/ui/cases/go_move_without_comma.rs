//! Variables to hand over without a comma between them.
use go::prelude::*;

#[go::main]
async fn main() {
    let (a, b) = (String::new(), String::new());
    go!(move a b {
        println!("{a}{b}");
    });
}
