//! `defer recover()` recovers nothing, in Go as here.
use go::prelude::*;

#[go::func]
async fn serve() {
    defer!(recover!());
}

fn main() {}
