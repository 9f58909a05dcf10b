//! Go's `test/ken/chan1.go`: one sender, many selecting receivers, every message once.

use go::prelude::*;
use go::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;

/// How many messages there are.
const N: usize = 1200;
/// How many goroutines receive.
const M: usize = 12;

/// Receives on whichever channel has something, until it is told that all is over.
async fn r(c: Receiver<usize>, never: Receiver<usize>, over: Receiver<()>, counts: Arc<Vec<AtomicU32>>) {
    loop {
        select! {
        case v := <-c: {
            counts[v].fetch_add(1, Ordering::Relaxed);
        }
        case <-never: panic!("nobody sends there");
        case <-over: return;
        }
    }
}

/// The whole of it.
async fn run() {
    let (c, never, over) = (chan!(usize, 2), chan!(usize), chan!(()));
    let counts: Arc<Vec<AtomicU32>> = Arc::new((0..N).map(|_| AtomicU32::new(0)).collect());
    let wg = sync::WaitGroup::new();
    for _ in 0..M {
        wg.add(1);
        go! {
            r(c.receiver(), never.receiver(), over.receiver(), counts).await;
            wg.done();
        }
    }
    for i in 0..N {
        chan!(c <- i);
    }
    while !c.is_empty() {
        runtime::gosched().await;
    }
    over.close();
    wg.wait().await;
    for (i, count) in counts.iter().enumerate() {
        assert_eq!(count.load(Ordering::Relaxed), 1, "message {i}");
    }
}

#[go::test]
async fn ken_chan1() {
    run().await;
}

#[go::test(real_time, workers = 4)]
async fn ken_chan1_on_four_workers() {
    run().await;
}
