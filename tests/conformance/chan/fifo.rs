//! Go's `test/chan/fifo.go`: values leave a channel in the order in which they came.

use go::prelude::*;

/// How many values there are.
const N: usize = 14;

#[go::test]
async fn asynch_fifo() {
    let ch = chan!(usize, N);
    for i in 0..N {
        chan!(ch <- i * 3);
    }
    for i in 0..N {
        chan!(v := <-ch);
        assert_eq!(v, i * 3);
    }
}

/// Waits for its predecessor, takes one value, and lets its successor go.
async fn link(ch: Receiver<usize>, expected: usize, before: Receiver<()>, after: Sender<()>) {
    chan!(<-before);
    let v = chan!(<-ch);
    assert_eq!(v, expected);
    chan!(after <- ());
}

/// A chain of goroutines that each receive one value of an unbuffered channel.
async fn synch() {
    let ch = chan!(usize);
    let first = chan!(());
    let mut before = first.clone();
    for i in 0..N {
        let after = chan!(());
        go!(link(ch.receiver(), i, before.receiver(), after.sender()));
        before = after;
    }
    chan!(first <- ());
    for i in 0..N {
        chan!(ch <- i);
    }
    chan!(<-before);
}

#[go::test]
async fn synch_fifo() {
    synch().await;
}

#[go::test(real_time, workers = 3)]
async fn synch_fifo_on_three_workers() {
    synch().await;
}
