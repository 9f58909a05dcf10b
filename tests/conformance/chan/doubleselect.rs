//! Go's `test/chan/doubleselect.go`: a select with several ready sends commits exactly one.

use std::collections::HashSet;

use go::prelude::*;

/// How many values are sent.
const VALUES: u32 = 12_000;

/// Sends each number on exactly one of the channels.
async fn sender(n: u32, c1: Sender<u32>, c2: Sender<u32>, c3: Sender<u32>, c4: Sender<u32>) {
    defer!(c1.close());
    defer!(c2.close());
    defer!(c3.close());
    defer!(c4.close());
    for i in 0..n {
        select! {
        case c1 <- i:
        case c2 <- i:
        case c3 <- i:
        case c4 <- i:
        }
    }
}

/// Hands on what comes in.
async fn mux(out: Sender<u32>, input: Receiver<u32>, done: Sender<bool>) {
    while let Some(v) = input.recv().await {
        chan!(out <- v);
    }
    chan!(done <- true);
}

/// Every value must come once.
async fn receiver(input: Receiver<u32>) {
    let mut seen = HashSet::new();
    while let Some(v) = input.recv().await {
        assert!(seen.insert(v), "{v} came twice");
    }
    assert_eq!(seen.len(), VALUES as usize);
}

/// The whole of it.
async fn run() {
    let (c1, c2, c3, c4) = (chan!(u32), chan!(u32), chan!(u32), chan!(u32));
    let (done, all) = (chan!(bool), chan!(u32));
    go!(sender(VALUES, c1.sender(), c2.sender(), c3.sender(), c4.sender()));
    go!(mux(all.sender(), c1.receiver(), done.sender()));
    go!(mux(all.sender(), c2.receiver(), done.sender()));
    go!(mux(all.sender(), c3.receiver(), done.sender()));
    go!(mux(all.sender(), c4.receiver(), done.sender()));
    go! {
        for _ in 0..4 {
            <-done;
        }
        all.close();
    }
    receiver(all.receiver()).await;
}

#[go::test]
async fn doubleselect() {
    run().await;
}

#[go::test(real_time, workers = 4)]
async fn doubleselect_on_four_workers() {
    run().await;
}
