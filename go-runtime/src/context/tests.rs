//! Unit tests of the tree: what needs no runtime.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use super::{
    CANCELED, Cause, Context, DEADLINE_EXCEEDED, background, cause, todo, with_cancel, with_cancel_cause,
    with_deadline, with_timeout, with_timeout_cause, with_value, without_cancel,
};
use crate::chan::{Receiver, TryRecvError};
use crate::errors;
use crate::time::{HOUR, MILLISECOND, SECOND, now};
use crate::waiter::block_on;

/// Whether the context's channel is closed.
fn is_closed(ctx: &Context) -> bool {
    ctx.done().try_recv() == Err(TryRecvError::Closed)
}

/// How many children the context knows.
fn children(ctx: &Context) -> u32 {
    ctx.canceler().expect("it can be cancelled").children()
}

#[test]
fn cancelling_reaches_everything_below_before_it_returns() {
    let (root, cancel) = with_cancel(&background());
    let (one, _one) = with_cancel(&root);
    let value = with_value(&one, "key", 1);
    let (two, _two) = with_timeout(&value, HOUR);
    let (other, _other) = with_cancel(&root);
    let apart = without_cancel(&two);
    let seen = other.done();
    cancel();
    for ctx in [&root, &one, &value, &two, &other] {
        assert_eq!(ctx.err(), Some(CANCELED));
        assert!(is_closed(ctx) && ctx.done() == ctx.done());
        assert_eq!(cause(ctx), Some(Cause::from(CANCELED)));
    }
    assert!(seen == other.done() && value.done() == one.done());
    assert!(apart.err().is_none() && apart.done().is_nil() && cause(&apart).is_none());
    assert_eq!(apart.value::<i32>(&"key"), Some(&1));
    let (late, _late) = with_cancel(&two);
    assert!(late.err() == Some(CANCELED) && is_closed(&late));
}

#[test]
fn the_first_reason_wins_for_each_context() {
    let (root, cancel_root) = with_cancel_cause(&background());
    let (child, cancel_child) = with_cancel_cause(&root);
    let (grandchild, _cancel) = with_timeout_cause(&child, HOUR, errors::new("late"));
    cancel_child(errors::new("child"));
    cancel_root(errors::new("root"));
    cancel_child(errors::new("again"));
    let texts = [&root, &child, &grandchild].map(|ctx| cause(ctx).map(|cause| cause.to_string()));
    assert_eq!(texts.map(Option::unwrap_or_default), ["root", "child", "child"]);
}

#[test]
fn deadlines_collapse_to_the_earliest() {
    let soon = now() + SECOND;
    let (parent, cancel) = with_deadline(&background(), soon);
    let (later, _later) = with_deadline(&parent, soon + HOUR);
    assert_eq!(later.deadline(), Some(soon));
    assert!(later.to_string().ends_with("]).WithCancel"));
    let (sooner, _sooner) = with_timeout(&parent, 2 * MILLISECOND);
    assert!(block_on(sooner.done().recv()).is_none());
    assert_eq!((sooner.err(), parent.err()), (Some(DEADLINE_EXCEEDED), None));
    let (past, _past) = with_deadline(&parent, now() - HOUR);
    assert_eq!(past.err(), Some(DEADLINE_EXCEEDED));
    cancel();
    assert_eq!(later.err(), Some(CANCELED));
    let (born_done, _born_done) = with_deadline(&parent, now() - HOUR);
    assert_eq!(born_done.err(), Some(CANCELED));
}

#[test]
fn contexts_are_shown_as_in_go() {
    struct Opaque;
    let ctx = with_value(&background(), "key", "value");
    let (ctx, _cancel) = with_cancel(&ctx);
    let ctx = without_cancel(&with_value(&ctx, 1u8, Opaque));
    let text = ctx.to_string();
    let start = "context.Background.WithValue(key, value).WithCancel.WithValue(u8, go.context.tests.";
    assert!(text.starts_with(start) && text.ends_with("Opaque).WithoutCancel"), "{text}");
    let (ctx, cancel) = with_timeout(&todo(), HOUR);
    let text = ctx.to_string();
    // A timer that is left behind would keep another test's deadlock from being reported.
    cancel();
    assert!(text.starts_with("context.TODO.WithDeadline(20") && text.contains(" [59m59."), "{text}");
}

#[test]
fn a_child_that_is_done_or_gone_leaves_its_parent() {
    let (parent, _cancel) = with_cancel(&background());
    let value = with_value(&parent, "key", 1);
    let (one, cancel_one) = with_cancel(&value);
    let (two, cancel_two) = with_cancel(&parent);
    let (three, _three) = with_cancel(&one);
    assert_eq!((children(&parent), children(&one)), (2, 1));
    cancel_one();
    assert_eq!(children(&parent), 1);
    assert_eq!(three.err(), Some(CANCELED));
    drop(two);
    assert_eq!(children(&parent), 1, "the function keeps it");
    drop(cancel_two);
    assert_eq!(children(&parent), 0);
}

#[test]
fn a_cancelled_timeout_gives_its_timer_and_itself_back() {
    let witness = Arc::new(());
    let (ctx, cancel) = with_timeout(&with_value(&background(), "key", Arc::clone(&witness)), HOUR);
    drop(ctx);
    assert_eq!(Arc::strong_count(&witness), 2);
    cancel();
    assert_eq!(Arc::strong_count(&witness), 2, "the function keeps it");
    drop(cancel);
    assert_eq!(Arc::strong_count(&witness), 1);
}

#[test]
fn a_long_chain_does_not_use_the_stack() {
    const DEPTH: usize = 200_000;
    // Small enough that one frame a node would not fit.
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
        let (root, cancel) = with_cancel(&background());
        let mut ctx = root.clone();
        for i in 0..DEPTH {
            ctx = if i % 8 == 0 { with_value(&ctx, i, i) } else { with_cancel(&ctx).0 };
        }
        cancel();
        assert_eq!(ctx.err(), Some(CANCELED));
        assert_eq!(ctx.value::<usize>(&8usize), Some(&8));
        drop(ctx);
        drop((root, cancel));
        // And once more without cancelling.
        let mut ctx = background();
        for _ in 0..DEPTH {
            ctx = with_cancel(&ctx).0;
        }
        drop(ctx);
    });
    thread.expect("a thread").join().expect("no overflow");
}

#[test]
fn whoever_cancels_finds_everything_below_done() {
    for round in 0..1_000 {
        let (root, cancel) = with_cancel(&background());
        let mut all = vec![root.clone()];
        let mut cancels = vec![cancel];
        for i in 0..60 {
            let (ctx, cancel) = with_cancel(&all[i / 2]);
            all.push(ctx);
            cancels.push(cancel);
        }
        let barrier = Barrier::new(3);
        std::thread::scope(|s| {
            for at in [0, 0, round % 7] {
                let (all, cancels, barrier) = (&all, &cancels, &barrier);
                s.spawn(move || {
                    barrier.wait();
                    cancels[at]();
                    // What is below `at`: its own number and up through the halving parents.
                    for (i, ctx) in all.iter().enumerate() {
                        let mut above = i;
                        while above > at {
                            above = (above - 1) / 2;
                        }
                        assert!(above != at || (ctx.err() == Some(CANCELED) && is_closed(ctx)));
                    }
                });
            }
        });
    }
}

#[test]
fn no_error_without_a_closed_channel() {
    for _ in 0..2_000 {
        let (ctx, cancel) = with_cancel(&background());
        let stop = AtomicBool::new(false);
        let seen = AtomicUsize::new(0);
        std::thread::scope(|s| {
            s.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    if ctx.err().is_some() {
                        assert!(is_closed(&ctx));
                        seen.fetch_add(1, Ordering::Relaxed);
                        return;
                    }
                }
            });
            cancel();
            while seen.load(Ordering::Relaxed) == 0 {
                std::hint::spin_loop();
            }
            stop.store(true, Ordering::Relaxed);
        });
    }
}

/// How many handles of the context and of each one above may still cancel it; nothing if nobody ever will.
fn ways(done: &Receiver<()>) -> Vec<usize> {
    let mut sources = Vec::new();
    done.core().expect("it can be cancelled").sources(0, &mut sources);
    assert!(sources.iter().all(|source| source.handle.is_none()));
    sources.iter().map(|source| source.handles.expect("a context's handles are counted")).collect()
}

#[test]
fn those_who_may_cancel_are_counted() {
    let (root, cancel_root) = with_cancel(&background());
    let value = with_value(&root, "key", 1);
    let (timeout, cancel_timeout) = with_timeout(&value, HOUR);
    let (ctx, cancel) = with_cancel_cause::<Cause>(&timeout);
    assert_eq!(ways(&root.done()), [1]);
    assert_eq!(ways(&value.done()), [1], "it is the one above");
    assert_eq!(ways(&timeout.done()), [2, 1], "the deadline, the function; the one above");
    assert_eq!(ways(&ctx.done()), [1, 2, 1]);
    let clones = (cancel_root.clone(), cancel.clone(), ctx.clone());
    assert_eq!(ways(&ctx.done()), [1, 2, 2], "a clone of an `Arc` of the function is the same handle");
    drop((clones, cancel));
    assert_eq!(ways(&ctx.done()), [0, 2, 1]);
    drop(cancel_root);
    assert_eq!(ways(&ctx.done()), [0, 2, 0]);
    let (apart, _) = with_cancel(&without_cancel(&ctx));
    assert_eq!(ways(&apart.done()), [0]);
    // More of them than there is room for at first.
    let mut deep = ctx.clone();
    for _ in 0..50 {
        deep = with_cancel(&deep).0;
    }
    assert_eq!(ways(&deep.done()), [&[0; 51][..], &[2, 0]].concat());
    drop(deep);
    cancel_timeout();
    assert_eq!(ways(&ctx.done()), [0; 0], "it is done");
}

#[test]
fn the_context_above_closes_the_channel_of_one_that_is_gone() {
    let (root, cancel_root) = with_cancel(&background());
    let mut left = Vec::new();
    for parent in [root.clone(), with_value(&root, "key", 1), with_cancel(&with_cancel(&root).0).0] {
        let (ctx, cancel) = with_cancel(&parent);
        let done = ctx.done();
        drop((ctx, cancel, parent));
        assert_eq!(ways(&done).last(), Some(&1), "whoever cancels the root: {:?}", ways(&done));
        assert_eq!(done.try_recv(), Err(TryRecvError::Empty));
        left.push(done);
    }
    assert_eq!(children(&root), 3);
    cancel_root();
    assert!(left.iter().all(|done| done.try_recv() == Err(TryRecvError::Closed) && ways(done).is_empty()));
}

#[test]
fn nobody_closes_the_channel_of_a_context_without_one_above() {
    let (ctx, cancel) = with_cancel(&background());
    let done = ctx.done();
    let (_, below) = (with_cancel(&ctx).0, with_cancel(&ctx).0.done());
    drop(cancel);
    assert_eq!((ways(&done), ways(&below)), (vec![0], vec![0]));
    drop(ctx);
    for done in [done, below] {
        assert_eq!(ways(&done), [0; 0]);
        assert_eq!(done.try_recv(), Err(TryRecvError::Empty));
    }
}

#[test]
fn channels_that_nobody_has_leave_the_table() {
    let (root, _cancel) = with_cancel(&background());
    for _ in 0..1_000 {
        // The receiver goes after its context.
        let done = with_cancel(&root).0.done();
        assert_eq!(done.try_recv(), Err(TryRecvError::Empty));
    }
    assert!(children(&root) <= 64, "{}", children(&root));
}

#[test]
fn a_context_may_go_while_somebody_asks() {
    for round in 0..2_000 {
        let (root, cancel_root) = with_cancel(&background());
        let (ctx, cancel) = with_cancel(&with_value(&root, "key", round));
        let done = ctx.done();
        let barrier = Barrier::new(3);
        std::thread::scope(|s| {
            let (barrier, done) = (&barrier, &done);
            s.spawn(move || {
                barrier.wait();
                for _ in 0..20 {
                    let ways = ways(done);
                    assert!(ways.len() <= 2, "{ways:?}");
                }
            });
            s.spawn(move || {
                barrier.wait();
                if round % 3 == 0 {
                    cancel();
                }
                drop((cancel, ctx));
            });
            barrier.wait();
            if round % 2 == 0 {
                cancel_root();
            }
            drop((cancel_root, root));
        });
        assert_eq!(ways(&done), [0; 0]);
    }
}
