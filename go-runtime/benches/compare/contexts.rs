//! Contexts: made and cancelled, alone and in trees, waited for and asked.

use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::Int64;

use crate::selects::produce;
use crate::suite::{Clock, each, n, report};

/// Made from the background, and cancelled.
pub(crate) async fn create() {
    let count = n(3_000_000);
    let background = context::background();
    let clock = Clock::start();
    for _ in 0..count {
        let (_ctx, cancel) = context::with_cancel(&background);
        cancel();
    }
    report("ctx_create_cancel", clock, count, "");
}

/// Made from a context that can be cancelled, and cancelled.
pub(crate) async fn child() {
    let count = n(3_000_000);
    let (parent, cancel_parent) = context::with_cancel(&context::background());
    defer!(cancel_parent());
    let clock = Clock::start();
    for _ in 0..count {
        let (_ctx, cancel) = context::with_cancel(&parent);
        cancel();
    }
    report("ctx_child_cancel", clock, count, "");
}

/// Made with a timeout, and cancelled long before.
pub(crate) async fn timeout() {
    let count = n(1_000_000);
    let background = context::background();
    let clock = Clock::start();
    for _ in 0..count {
        let (_ctx, cancel) = context::with_timeout(&background, time::MINUTE);
        cancel();
    }
    report("ctx_timeout_cancel", clock, count, "");
}

/// A hundred thousand children of one context, cancelled with it.
pub(crate) async fn tree() {
    let (count, rounds) = (n(100_000), 5);
    let mut keep = vec![context::background(); count];
    let (mut create, mut cancel) = (time::Duration::ZERO, time::Duration::ZERO);
    let clock = Clock::start();
    for _ in 0..rounds {
        let step = Clock::start();
        let (parent, cancel_parent) = context::with_cancel(&context::background());
        for kept in &mut keep {
            let (child, _cancel) = context::with_cancel(&parent);
            *kept = child;
        }
        create += step.wall();
        let step = Clock::start();
        cancel_parent();
        cancel += step.wall();
        assert!(keep[count - 1].err().is_some());
    }
    let ops = count * rounds;
    let extra = format!("create_ns={:.1} cancel_ns={:.1}", each(create, ops), each(cancel, ops));
    report("ctx_tree", clock, ops, &extra);
}

/// A hundred thousand goroutines that wait for one context's end.
pub(crate) async fn cancel_wake() {
    let (count, rounds) = (n(100_000), 5);
    let mut cancel = time::Duration::ZERO;
    let clock = Clock::start();
    for _ in 0..rounds {
        let (parent, cancel_parent) = context::with_cancel(&context::background());
        let wg = sync::WaitGroup::new();
        let started = Arc::new(Int64::new(0));
        wg.add(count as i64);
        for _ in 0..count {
            go! {
                started.add(1);
                <-parent.done();
                wg.done();
            }
        }
        while started.load() != count as i64 {
            time::sleep(time::MILLISECOND).await;
        }
        let step = Clock::start();
        cancel_parent();
        wg.wait().await;
        cancel += step.wall();
    }
    let ops = count * rounds;
    report("ctx_cancel_wake", clock, ops, &format!("cancel_ns={:.1}", each(cancel, ops)));
}

/// A context's error, which is none yet.
pub(crate) async fn err() {
    let count = n(100_000_000);
    let (parent, cancel_parent) = context::with_cancel(&context::background());
    defer!(cancel_parent());
    let mut bad = 0;
    let clock = Clock::start();
    for _ in 0..count {
        if parent.err().is_some() {
            bad += 1;
        }
    }
    assert_eq!(bad, 0);
    report("ctx_err", clock, count, "");
}

/// A look at whether a context has ended.
pub(crate) async fn poll() {
    let count = n(50_000_000);
    let (parent, cancel_parent) = context::with_cancel(&context::background());
    defer!(cancel_parent());
    let mut bad = 0;
    let clock = Clock::start();
    for _ in 0..count {
        select! {
            case <-parent.done(): bad += 1
            default:
        }
    }
    assert_eq!(bad, 0);
    report("ctx_poll", clock, count, "");
}

/// A stream that a context may cut short.
pub(crate) async fn select() {
    let total = n(3_000_000);
    let (parent, cancel_parent) = context::with_cancel(&context::background());
    defer!(cancel_parent());
    let ch = chan!(u64, 128);
    let clock = Clock::start();
    go!(produce(ch.sender(), total));
    let mut got = 0;
    'stream: loop {
        select! {
        case <-parent.done():
            panic!("cancelled");
        case v, ok := <-ch:
            if !ok {
                break 'stream;
            }
            got += v;
        }
    }
    report("ctx_select", clock, total, &format!("lost={}", total as u64 - got));
}
