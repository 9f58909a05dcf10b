//! `recover!` takes nothing.
use go::prelude::*;

#[go::func]
async fn serve(err: i32) {
    defer! { recover!(err); }
}

fn main() {}
