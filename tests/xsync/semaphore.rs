//! `semaphore`: who waits first is served first, and nothing is lost.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use go::prelude::*;
use go::semaphore::Weighted;
use go::sync::atomic::Int64;

/// Polls once with a waker that does nothing.
fn poll_once<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[test]
fn units_are_counted() {
    let s = Weighted::new(4);
    assert!(s.try_acquire(0) && s.try_acquire(3) && !s.try_acquire(2) && s.try_acquire(1));
    assert!(!s.try_acquire(1));
    s.release(3);
    assert!(s.try_acquire(3));
    assert!(!Weighted::new(2).try_acquire(3) && !Weighted::new(-1).try_acquire(1));
    assert_eq!(format!("{s:?}"), "Weighted { size: 4, taken: 4, waiting: 0 }");
}

#[test]
#[should_panic(expected = "semaphore: released more than held")]
fn more_than_was_taken_cannot_be_given_back() {
    let s = Weighted::new(4);
    assert!(s.try_acquire(1));
    s.release(2);
}

#[test]
fn the_first_in_the_line_is_not_passed_by() {
    let (ctx, s) = (context::background(), Weighted::new(3));
    assert!(s.try_acquire(2));
    let mut many = pin!(s.acquire(&ctx, 3));
    let mut few = pin!(s.acquire(&ctx, 1));
    assert_eq!(poll_once(many.as_mut()), None);
    // There is a unit, but somebody else is first.
    assert_eq!(poll_once(few.as_mut()), None);
    assert!(!s.try_acquire(1));
    s.release(1);
    assert_eq!((poll_once(many.as_mut()), poll_once(few.as_mut())), (None, None));
    s.release(1);
    assert_eq!((poll_once(few.as_mut()), poll_once(many.as_mut())), (None, Some(Ok(()))));
    s.release(3);
    assert_eq!(poll_once(few.as_mut()), Some(Ok(())));
    s.release(1);
    assert!(s.try_acquire(3));
}

#[test]
fn one_that_leaves_the_line_lets_the_next_go_on() {
    let (ctx, s) = (context::background(), Weighted::new(3));
    let (ends, cancel) = context::with_cancel(&ctx);
    assert!(s.try_acquire(2));
    let mut many = pin!(s.acquire(&ends, 2));
    let mut few = pin!(s.acquire(&ctx, 1));
    assert_eq!((poll_once(many.as_mut()), poll_once(few.as_mut())), (None, None));
    cancel();
    assert_eq!(poll_once(many.as_mut()), Some(Err(context::CANCELED)));
    assert_eq!(poll_once(few.as_mut()), Some(Ok(())));

    let mut last = pin!(s.acquire(&ctx, 1));
    {
        let mut dropped = Box::pin(s.acquire(&ctx, 3));
        assert_eq!((poll_once(dropped.as_mut()), poll_once(last.as_mut())), (None, None));
    }
    s.release(1);
    assert_eq!(poll_once(last.as_mut()), Some(Ok(())));
    s.release(3);
    assert!(s.try_acquire(3));
}

#[test]
fn a_context_that_is_done_comes_first() {
    let (ctx, cancel) = context::with_cancel(&context::background());
    let s = Weighted::new(1);
    let mut waits = pin!(s.acquire(&ctx, 1));
    assert!(s.try_acquire(1));
    assert_eq!(poll_once(waits.as_mut()), None);
    // Both come before it runs: what it was given goes back.
    s.release(1);
    cancel();
    assert_eq!(poll_once(waits.as_mut()), Some(Err(context::CANCELED)));
    assert_eq!(poll_once(pin!(s.acquire(&ctx, 1))), Some(Err(context::CANCELED)));
    assert!(s.try_acquire(1));
}

#[test]
fn units_that_nobody_knows_of_yet_are_given_back() {
    let (ctx, s) = (context::background(), Weighted::new(2));
    assert!(s.try_acquire(2));
    let mut dropped = Box::pin(s.acquire(&ctx, 2));
    let mut next = pin!(s.acquire(&ctx, 2));
    assert_eq!((poll_once(dropped.as_mut()), poll_once(next.as_mut())), (None, None));
    s.release(2);
    drop(dropped);
    assert_eq!(poll_once(next.as_mut()), Some(Ok(())));
}

#[go::test]
async fn more_units_than_there_are() {
    let s = Weighted::new(2);
    let (ctx, cancel) = context::with_timeout(&context::background(), time::MILLISECOND);
    defer! { cancel() }
    let ended = chan!(context::Error, 1);
    go! {
        ended <- s.acquire(&ctx, 3).await.expect_err("there are two");
    }
    runtime::gosched().await;
    // It stands in nobody's way.
    assert!(s.try_acquire(2));
    assert_eq!(ended.recv().await, Some(context::DEADLINE_EXCEEDED));
}

/// A semaphore of the program's.
static ALL: Weighted = Weighted::new(5);

#[go::test]
async fn never_more_than_there_are_and_none_lost() {
    let taken = Arc::new(Int64::new(0));
    let wg = sync::WaitGroup::new();
    for id in 0..16_i64 {
        let taken = taken.clone();
        wg.go(async move {
            for round in 0..60 {
                let n = 1 + (id * 7 + round * 3) % 5;
                let (ctx, cancel) =
                    context::with_timeout(&context::background(), (round % 4) as u32 * time::MILLISECOND);
                if ALL.acquire(&ctx, n).await.is_ok() {
                    assert!(taken.add(n) <= 5);
                    time::sleep((id % 3) as u32 * time::MICROSECOND).await;
                    taken.add(-n);
                    ALL.release(n);
                }
                cancel();
            }
        });
    }
    wg.wait().await;
    assert!(ALL.try_acquire(5));
    ALL.release(5);
}
