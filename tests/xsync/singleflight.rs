//! `singleflight`: the same work is done once, whatever becomes of those who asked for it.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use go::prelude::*;
use go::singleflight::{Error, Group};
use go::sync::atomic::Int64;

/// Polls once with a waker that does nothing.
fn poll_once<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Work that waits for the gate and counts.
fn work(count: &Arc<Int64>, gate: &Chan<bool>) -> impl Future<Output = Result<i64, Error>> + Send + 'static {
    let (count, gate) = (count.clone(), gate.clone());
    async move {
        gate.recv().await;
        Ok(count.add(1))
    }
}

#[go::test]
async fn alone() {
    let g = Group::<i64>::new();
    let outcome = g.call("a", async { Ok(7) }).await;
    assert_eq!((outcome.result.expect("it returns a value"), outcome.shared), (7, false));
    let failed = g.call("a", async { Err("x".parse::<i64>().expect_err("no number").into()) }).await;
    assert_eq!(failed.result.expect_err("it fails").to_string(), "invalid digit found in string");
    assert_eq!(format!("{g:?}"), "Group { flights: 0, .. }");
}

#[test]
fn many_ask_and_it_is_done_once() {
    let (g, gate, count) = (Group::<i64, u8>::new(), chan!(bool), Arc::new(Int64::new(0)));
    let mut calls: Vec<_> = (0..4).map(|_| Box::pin(g.call(1, work(&count, &gate)))).collect();
    let mut other = pin!(g.call(2, work(&count, &gate)));
    assert!(calls.iter_mut().all(|call| poll_once(call.as_mut()).is_none()));
    assert!(poll_once(other.as_mut()).is_none());
    gate.close();
    for call in &mut calls {
        let outcome = poll_once(call.as_mut()).expect("it has landed");
        assert_eq!((outcome.result.expect("a value"), outcome.shared), (1, true));
    }
    assert_eq!(poll_once(other.as_mut()).expect("another key").result.expect("a value"), 2);
    assert!(!poll_once(pin!(g.call(1, work(&count, &gate)))).expect("a new flight").shared);
    assert_eq!(count.load(), 3);
}

#[test]
fn what_is_forgotten_is_done_again() {
    let (g, gate, count) = (Group::<i64>::new(), chan!(bool), Arc::new(Int64::new(0)));
    let mut first = pin!(g.call("k", work(&count, &gate)));
    assert!(poll_once(first.as_mut()).is_none());
    g.forget("k");
    let mut second = pin!(g.call("k", work(&count, &gate)));
    assert!(poll_once(second.as_mut()).is_none());
    gate.close();
    // The first one's landing leaves the second one's flight alone.
    assert!(!poll_once(first.as_mut()).expect("it has landed").shared);
    let mut third = pin!(g.call("k", async { unreachable!("the second one does it") }));
    assert!(poll_once(third.as_mut()).is_none());
    assert!(poll_once(second.as_mut()).expect("it has landed").shared);
    assert_eq!(poll_once(third.as_mut()).expect("it has landed").result.expect("a value"), 2);
}

#[test]
fn another_does_the_work_of_a_call_that_is_dropped() {
    let (g, gate, count) = (Group::<i64>::new(), chan!(bool), Arc::new(Int64::new(0)));
    let mut first = Box::pin(g.call("k", work(&count, &gate)));
    let mut second = pin!(g.call("k", work(&count, &gate)));
    let mut third = pin!(g.call("k", work(&count, &gate)));
    assert!(poll_once(first.as_mut()).is_none());
    assert!(poll_once(second.as_mut()).is_none() && poll_once(third.as_mut()).is_none());
    drop(first);
    assert!(poll_once(second.as_mut()).is_none() && poll_once(third.as_mut()).is_none());
    gate.close();
    assert_eq!(poll_once(second.as_mut()).expect("it has landed").result.expect("a value"), 1);
    let third = poll_once(third.as_mut()).expect("it has landed");
    assert_eq!((third.result.expect("a value"), third.shared), (1, true));
}

#[go::test]
async fn channels() {
    let (g, gate, count) = (Group::<i64>::new(), chan!(bool), Arc::new(Int64::new(0)));
    let first = g.do_chan("k", work(&count, &gate));
    let second = g.do_chan("k", async { unreachable!("the first one does it") });
    runtime::gosched().await;
    gate.close();
    for ch in [first, second] {
        let outcome = chan!(<-ch);
        assert_eq!((outcome.result.expect("a value"), outcome.shared), (1, true));
    }
    // A call that is dropped tells those that wait on a channel.
    let never = chan!(bool);
    let mut call = Box::pin(g.call("k", work(&count, &never)));
    assert!(poll_once(call.as_mut()).is_none());
    let ch = g.do_chan("k", async { unreachable!("the call does it") });
    drop(call);
    assert!(ch.recv().await.is_none());
}

#[go::test]
async fn a_panic_goes_to_all() {
    let (g, gate, seen) = (Group::<i64>::new(), chan!(bool), chan!(String, 3));
    for _ in 0..3 {
        go! {
            defer! {
                if let Some(r) = recover!() { seen <- r.to_string(); }
            }
            let outcome = g.call("k", async move {
                gate.recv().await;
                panic!("the source is dry")
            }).await;
            unreachable!("it has panicked: {outcome:?}");
        }
    }
    time::sleep(time::MILLISECOND).await;
    gate.close();
    for _ in 0..3 {
        assert_eq!(chan!(<-seen), "the source is dry");
    }
    assert_eq!(g.call("k", async { Ok(1) }).await.result.expect("a new flight"), 1);
}

#[go::test]
async fn an_exit_goes_to_all() {
    let (g, gate, exits) = (Group::<i64>::new(), chan!(bool), chan!(bool, 2));
    for _ in 0..2 {
        go! {
            defer! { exits <- recover!().is_none(); }
            let outcome = g.call("k", async move {
                gate.recv().await;
                runtime::goexit()
            }).await;
            unreachable!("it has exited: {outcome:?}");
        }
    }
    time::sleep(time::MILLISECOND).await;
    gate.close();
    assert!(chan!(<-exits) && chan!(<-exits));
}

#[go::test]
#[should_panic(expected = "nobody can see this")]
async fn a_panic_that_a_channel_cannot_show_ends_the_program() {
    let g = Group::<i64>::new();
    let ch = g.do_chan("k", async { panic!("nobody can see this") });
    let _ = ch.recv().await;
    unreachable!("nobody goes on");
}

#[go::test(real_time)]
async fn each_round_is_counted_once() {
    let (g, wg) = (Group::<i64, i64>::new(), sync::WaitGroup::new());
    let (works, shared) = (Arc::new(Int64::new(0)), Arc::new(Int64::new(0)));
    for _ in 0..8 {
        let (g, works, shared) = (g.clone(), works.clone(), shared.clone());
        wg.go(async move {
            for round in 0..200 {
                let count = works.clone();
                let outcome = g.call(round % 3, async move {
                    count.add(1);
                    runtime::gosched().await;
                    Ok(round)
                });
                let outcome = outcome.await;
                assert_eq!(outcome.result.expect("a value") % 3, round % 3);
                shared.add(i64::from(outcome.shared));
            }
        });
    }
    wg.wait().await;
    // Who shares did no work or did it for somebody else too.
    assert!(works.load() + shared.load() >= 8 * 200 && works.load() <= 8 * 200);
    assert!(format!("{g:?}").contains("flights: 0"));
}
