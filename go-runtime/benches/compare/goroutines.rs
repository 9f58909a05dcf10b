//! Goroutines: starting them, and what a million of them weighs.

use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::Int64;

use crate::suite::{Clock, IMPLEMENTATION, each, n, procs, report, rss};

/// Starts goroutines that do nothing, and waits for them.
pub(crate) async fn spawn_join() {
    let (waves, per) = (n(100), 10_000);
    let clock = Clock::start();
    for _ in 0..waves {
        let wg = sync::WaitGroup::new();
        wg.add(per as i64);
        for _ in 0..per {
            go! { wg.done(); }
        }
        wg.wait().await;
    }
    report("spawn_join", clock, waves * per, "");
}

/// A million goroutines that all wait for one channel.
pub(crate) async fn memory() {
    let count = n(1_000_000);
    let before = rss();
    let ch = chan!(());
    let started = Arc::new(Int64::new(0));
    let wg = sync::WaitGroup::new();
    let clock = Clock::start();
    wg.add(count as i64);
    for _ in 0..count {
        go! {
            started.add(1);
            <-ch;
            wg.done();
        }
    }
    while started.load() != count as i64 {
        time::sleep(time::MILLISECOND).await;
    }
    let create = clock.wall();
    time::sleep(200 * time::MILLISECOND).await;
    let bytes = rss().saturating_sub(before) as f64 / count as f64;
    let clock = Clock::start();
    ch.close();
    wg.wait().await;
    let release = clock.wall();
    println!(
        "workload=memory impl={IMPLEMENTATION} procs={} ops={count} bytes_op={bytes:.1} create_ns={:.1} release_ns={:.1} ns_op={:.1}",
        procs(),
        each(create, count),
        each(release, count),
        each(create + release, count),
    );
}
