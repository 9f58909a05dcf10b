//! Go's `test/chan/goroutines.go`: a daisy chain of many goroutines, and the exit with all of them finished.

use go::prelude::*;

/// How many goroutines the chain has.
const LINKS: usize = 12_000;

/// Hands one value on.
async fn f(left: Sender<usize>, right: Receiver<usize>) {
    chan!(left <- chan!(<-right) + 1);
}

#[go::test]
async fn goroutines() {
    let leftmost = chan!(usize);
    let mut left = leftmost.clone();
    let mut right = leftmost.clone();
    for _ in 0..LINKS {
        right = chan!(usize);
        go!(f(left.sender(), right.receiver()));
        left = right.clone();
    }
    go! { right <- 0; }
    assert_eq!(chan!(<-leftmost), LINKS);
    // The last link may still be on its way out.
    while runtime::num_goroutine() > 1 {
        runtime::gosched().await;
    }
}
