//! `go` and `defer` of what is no call.
use go::prelude::*;

golang! {
    fn work(x: i32) {
        go x;
        defer x;
        go x + 1;
        defer work;
        go work(x).await;
    }

    fn receives(ch: Chan<i32>) {
        defer <-ch;
        go <-ch.clone();
    }
}

fn main() {}
