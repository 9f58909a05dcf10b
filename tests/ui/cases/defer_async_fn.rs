//! An async function deferred in an ordinary one.
use go::prelude::*;

async fn ordinary() {
    let ch = chan!(i32, 1);
    defer!(flush(ch));
}

async fn flush(ch: Chan<i32>) {
    chan!(<-ch);
}

fn main() {}
