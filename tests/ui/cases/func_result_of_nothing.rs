//! A name for a result that there is not.
use go::prelude::*;

#[go::func(result = err)]
async fn serve() {
    defer! { println!("{err:?}"); }
}

fn main() {}
