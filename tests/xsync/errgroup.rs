//! `errgroup`: the first error, the context, the limit.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as TaskContext, Waker};

use go::errgroup::{self, Group};
use go::prelude::*;
use go::sync::atomic::Int64;

/// Polls once with a waker that does nothing.
fn poll_once(future: Pin<&mut impl Future<Output = ()>>) -> bool {
    future.poll(&mut TaskContext::from_waker(Waker::noop())).is_ready()
}

#[go::test]
async fn the_first_error_is_the_groups() {
    let g = Group::new();
    let (first, second) = (errors::new("first"), errors::new("second"));
    let (gate, ended) = (chan!(bool), Arc::new(Int64::new(0)));
    {
        let (gate, ended, second) = (gate.clone(), ended.clone(), second.clone());
        g.go(async move {
            gate.recv().await;
            ended.add(1);
            Err(second.into())
        })
        .await;
    }
    g.go(async { Ok(()) }).await;
    {
        let (gate, first) = (gate.clone(), first.clone());
        g.go(async move {
            // The other one goes on only when this has failed, and one round later.
            defer! {
                go! {
                    time::sleep(time::MILLISECOND).await;
                    gate.close();
                }
            }
            Err(first.into())
        })
        .await;
    }
    let error = g.wait().await.expect_err("two have failed");
    assert!(errors::is(&*error, &first) && !errors::is(&*error, &second));
    assert_eq!(ended.load(), 1, "a plain group lets the others end");
    assert_eq!(g.wait().await.expect_err("it stays"), error);
}

#[go::test]
async fn nothing_to_wait_for() {
    assert!(Group::new().wait().await.is_ok());
    let (g, ctx) = errgroup::with_context(&context::background());
    assert_eq!(ctx.err(), None);
    assert!(g.wait().await.is_ok());
    assert_eq!(ctx.err(), Some(context::CANCELED));
    assert_eq!(context::cause(&ctx).expect("it is done"), context::CANCELED);
}

#[go::test]
async fn the_first_error_cancels_the_context() {
    let (g, ctx) = errgroup::with_context(&context::background());
    for _ in 0..3 {
        let ctx = ctx.clone();
        g.go(async move {
            chan!(<-ctx.done());
            Err(ctx.err().expect("it is done").into())
        })
        .await;
    }
    let failed = errors::new("failed");
    let returned = failed.clone();
    g.go(async move { Err(returned.into()) }).await;
    let error = g.wait().await.expect_err("one has failed");
    assert!(errors::is(&*error, &failed));
    assert_eq!(ctx.err(), Some(context::CANCELED));
    assert_eq!(context::cause(&ctx).expect("it is done"), error);
}

#[go::test]
async fn the_parent_cancels_the_groups_context() {
    let (parent, cancel) = context::with_cancel(&context::background());
    let (g, ctx) = errgroup::with_context(&parent);
    let inside = ctx.clone();
    g.go(async move {
        chan!(<-inside.done());
        Err(inside.err().expect("it is done").into())
    })
    .await;
    cancel();
    assert!(errors::is(&*g.wait().await.expect_err("it was cancelled"), &context::CANCELED));
}

/// How many goroutines are there, and the most there were.
static NOW: Int64 = Int64::new(0);
/// See above.
static MOST: Int64 = Int64::new(0);

#[go::test]
async fn the_limit_holds() {
    let g = Group::new();
    g.set_limit(3);
    for _ in 0..50 {
        g.go(async {
            let now = NOW.add(1);
            let mut most = MOST.load();
            while now > most && !MOST.compare_and_swap(most, now) {
                most = MOST.load();
            }
            time::sleep(time::MILLISECOND).await;
            NOW.add(-1);
            Ok(())
        })
        .await;
    }
    assert!(g.wait().await.is_ok());
    assert_eq!((NOW.load(), MOST.load()), (0, 3));
    // Nobody is there: the limit may change.
    g.set_limit(-1);
    let gate = chan!(bool);
    for _ in 0..100 {
        let gate = gate.clone();
        g.go(async move {
            gate.recv().await;
            Ok(())
        })
        .await;
    }
    gate.close();
    assert!(g.wait().await.is_ok());
}

#[go::test]
async fn try_go_does_not_wait() {
    let g = Group::new();
    g.set_limit(2);
    let gate = chan!(bool);
    let wait = |gate: Chan<bool>| async move {
        gate.recv().await;
        Ok(())
    };
    assert!(g.try_go(wait(gate.clone())) && g.try_go(wait(gate.clone())));
    assert!(!g.try_go(wait(gate.clone())));
    gate.send(true).await;
    while !g.try_go(wait(gate.clone())) {
        runtime::gosched().await;
    }
    gate.close();
    assert!(g.wait().await.is_ok());
    g.set_limit(0);
    assert!(!g.try_go(async { Ok(()) }));
    // One that waited for a limit that was zero starts under the new one.
    let (group, done) = (g.clone(), chan!(bool));
    go! {
        group.go(async { Ok(()) }).await;
        done <- true;
    }
    time::sleep(time::MILLISECOND).await;
    assert_eq!(done.try_recv().ok(), None);
    g.set_limit(1);
    assert!(chan!(<-done));
    assert!(g.wait().await.is_ok());
}

#[go::test]
#[should_panic(expected = "errgroup: modify limit while 1 goroutines in the group are still active")]
async fn the_limit_stays_while_somebody_is_there() {
    let g = Group::new();
    g.set_limit(1);
    let gate = chan!(bool);
    let inside = gate.clone();
    g.go(async move {
        inside.recv().await;
        Ok(())
    })
    .await;
    defer! { gate.close() }
    g.set_limit(2);
}

#[go::test]
async fn a_call_that_is_dropped_loses_no_place() {
    let g = Group::new();
    g.set_limit(1);
    let gate = chan!(bool);
    let inside = gate.clone();
    g.go(async move {
        inside.recv().await;
        Ok(())
    })
    .await;
    {
        let mut dropped = pin!(g.go(async { panic!("it never starts") }));
        assert!(!poll_once(dropped.as_mut()));
        gate.close();
        // It may have been given the place meanwhile.
        time::sleep(time::MILLISECOND).await;
    }
    g.go(async { Ok(()) }).await;
    assert!(g.wait().await.is_ok());
}

#[go::test]
async fn a_goroutine_that_exits_is_done() {
    let g = Group::new();
    g.set_limit(1);
    for _ in 0..3 {
        g.go(async { runtime::goexit() }).await;
    }
    assert!(g.wait().await.is_ok());
}

#[go::test]
#[should_panic(expected = "out of order")]
async fn a_panic_ends_the_program() {
    let g = Group::new();
    g.go(async { panic!("out of order") }).await;
    let _ = g.wait().await;
    unreachable!("nobody goes on");
}

/// A group of the program's.
static ALL: Group = Group::new();

#[go::test]
async fn a_group_may_be_a_static() {
    let ch = chan!(i32, 2);
    for n in 0..2 {
        let ch = ch.clone();
        ALL.go(async move {
            ch.send(n).await;
            Ok(())
        })
        .await;
    }
    assert!(ALL.wait().await.is_ok());
    assert_eq!(ch.len(), 2);
    assert!(format!("{ALL:?}").starts_with("Group { members: WaitGroup { counter: 0 }"));
}
