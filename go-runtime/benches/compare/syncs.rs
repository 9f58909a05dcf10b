//! The locks and counters of `sync`.

use std::hint::black_box;
use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::Int64;

use crate::suite::{Clock, n, report};

/// Eight goroutines that count under one lock.
pub(crate) async fn mutex_contended() {
    let per = n(1_000_000);
    let x = Arc::new(sync::Mutex::new(0_u64));
    let wg = sync::WaitGroup::new();
    let clock = Clock::start();
    for _ in 0..8 {
        wg.add(1);
        go! {
            defer!(wg.done());
            for _ in 0..per {
                *x.lock().await += 1;
            }
        }
    }
    wg.wait().await;
    assert_eq!(*x.lock().await, 8 * per as u64);
    report("mutex_contended", clock, 8 * per, "");
}

/// One goroutine that counts under a lock.
pub(crate) async fn mutex_uncontended() {
    let count = n(50_000_000);
    let x = sync::Mutex::new(0_u64);
    let clock = Clock::start();
    for _ in 0..count {
        *x.lock().await += 1;
    }
    report("mutex_uncontended", clock, count, "");
    assert_eq!(black_box(x.into_inner()), count as u64);
}

/// A group that is never waited for in vain.
pub(crate) async fn wait_group() {
    let count = n(20_000_000);
    let wg = sync::WaitGroup::new();
    let clock = Clock::start();
    for _ in 0..count {
        wg.add(1);
        wg.done();
        wg.wait().await;
    }
    report("waitgroup", clock, count, "");
}

/// A function that has run already.
pub(crate) async fn once() {
    static RUNS: Int64 = Int64::new(0);
    let count = n(100_000_000);
    let once = sync::Once::new();
    let clock = Clock::start();
    for _ in 0..count {
        once.call(|| {
            RUNS.add(1);
        })
        .await;
    }
    assert_eq!(RUNS.load(), 1);
    report("once", clock, count, "");
}
