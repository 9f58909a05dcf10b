//! A deferred call that waits.
use go::prelude::*;

async fn ordinary() {
    let (ch, done) = (chan!(i32, 1), chan!(()));
    defer! {
        ch <- 1;
        <-done;
        time::sleep(time::SECOND).await;
        select! { case <-done: default: }
    }
    defer!(flush(ch).await);
}

async fn flush(ch: Chan<i32>) {
    chan!(<-ch);
}

fn main() {}
