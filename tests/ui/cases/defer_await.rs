//! `.await` in the call form of a Go function's `defer!`.
use go::prelude::*;

#[go::func]
async fn serve(ch: Chan<i32>) {
    defer!(flush(ch).await);
}

async fn flush(ch: Chan<i32>) {
    chan!(<-ch);
}

fn main() {}
