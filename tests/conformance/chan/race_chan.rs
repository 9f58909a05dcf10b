//! Go's `runtime/race/testdata/chan_test.go`: what a channel orders.
//!
//! Go's tests are for its race detector. Here the data are atomics that are only ever used relaxed, so that nothing but
//! the channel makes one goroutine's store visible to another one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use go::prelude::*;

/// Plain data that goroutines share.
#[derive(Clone, Default)]
pub(super) struct Plain {
    /// The data.
    value: Arc<AtomicU32>,
}

impl go::Share for Plain {
    fn share(&self) -> Plain {
        self.clone()
    }
}

impl Plain {
    /// Writes.
    pub(super) fn set(&self, value: u32) {
        self.value.store(value, Ordering::Relaxed);
    }

    /// Reads.
    pub(super) fn get(&self) -> u32 {
        self.value.load(Ordering::Relaxed)
    }
}

/// How often each order is tried.
pub(super) const ROUNDS: u32 = 400;

#[go::test(real_time, workers = 2)]
async fn TestNoRaceChanSync() {
    // A send happens before the receive of its value completes.
    for i in 1..=ROUNDS {
        let (v, c) = (Plain::default(), chan!(u32));
        go! {
            v.set(i);
            c <- 0;
        }
        chan!(<-c);
        assert_eq!(v.get(), i);
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceChanSyncRev() {
    // A receive from an unbuffered channel happens before the send completes.
    for i in 1..=ROUNDS {
        let (v, c) = (Plain::default(), chan!(u32));
        go! {
            v.set(i);
            <-c;
        }
        chan!(c <- 0);
        assert_eq!(v.get(), i);
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceChanAsync() {
    for i in 1..=ROUNDS {
        let (v, c) = (Plain::default(), chan!(u32, 10));
        go! {
            v.set(i);
            c <- 0;
        }
        chan!(<-c);
        assert_eq!(v.get(), i);
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceChanAsyncRev() {
    // The k-th receive happens before the send number k + C completes.
    for i in 1..=ROUNDS {
        let (v, c) = (Plain::default(), chan!(u32, 1));
        go! {
            c <- 0;
            v.set(i);
            c <- 0;
            c <- 0;
        }
        chan!(<-c);
        chan!(<-c);
        chan!(<-c);
        assert_eq!(v.get(), i);
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceChanClose() {
    for i in 1..=ROUNDS {
        for capacity in [0, 3] {
            let (v, c) = (Plain::default(), chan!(u32, capacity));
            go! {
                v.set(i);
                c.close();
            }
            chan!(_, ok := <-c);
            assert!(!ok);
            assert_eq!(v.get(), i);
        }
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceChanPtr() {
    // The data travel with their handle.
    for i in 1..=ROUNDS {
        let c = chan!(Option<Plain>, 1);
        go! {
            let plain = Plain::default();
            plain.set(i);
            c <- Some(plain);
        }
        assert_eq!(chan!(<-c).map(|plain| plain.get()), Some(i));
    }
}

#[go::test(real_time, workers = 4)]
async fn TestNoRaceProducerConsumerUnbuffered() {
    /// Work, and where its result goes.
    #[derive(Clone, Default)]
    struct Task {
        f: u32,
        data: Plain,
        done: Chan<bool>,
    }
    let queue = chan!(Task);
    go! {
        while let Some(t) = queue.recv().await {
            t.data.set(t.f + 1);
            t.done <- true;
        }
    }
    for i in 0..ROUNDS {
        let t = Task { f: i, data: Plain::default(), done: chan!(bool, 1) };
        let (data, done) = (t.data.clone(), t.done.clone());
        chan!(queue <- t);
        chan!(<-done);
        assert_eq!(data.get(), i + 1);
    }
    queue.close();
}

#[go::test(real_time, workers = 4)]
async fn TestNoRaceChanWaitGroup() {
    /// How many goroutines there are.
    const N: usize = 10;
    for round in 0..ROUNDS / 10 {
        // A buffered channel as a wait group and as a lock.
        let (done, mutex) = (chan!(bool, N), chan!(bool, 1));
        let data = Plain::default();
        for _ in 0..N {
            go! {
                mutex <- true;
                data.set(data.get() + 1);
                <-mutex;
                done <- true;
            }
        }
        for _ in 0..N {
            chan!(<-done);
        }
        assert_eq!(data.get(), N as u32, "round {round}");
    }
}
