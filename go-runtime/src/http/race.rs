//! Waiting for the first of two futures.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use crate::goroutine::{self, WaitReason};

/// Which of two futures was ready first.
#[derive(Debug)]
pub(super) enum First<A, B> {
    /// The first one; also if both are ready.
    Left(A),
    /// The second one.
    Right(B),
}

/// Waits for either future; the other one is dropped.
pub(super) async fn first<A: Future, B: Future>(a: A, b: B) -> First<A::Output, B::Output> {
    let (mut a, mut b) = (pin!(a), pin!(b));
    std::future::poll_fn(|cx| {
        if let Poll::Ready(a) = a.as_mut().poll(cx) {
            return Poll::Ready(First::Left(a));
        }
        b.as_mut().poll(cx).map(First::Right)
    })
    .await
}

/// Waits for the first of two futures, of which the second one is what a report should show: the system's.
pub(super) async fn first_or_io<A: Future, B: Future>(a: A, b: B) -> First<A::Output, B::Output> {
    let mut either = pin!(first(a, b));
    std::future::poll_fn(|cx| {
        let polled = either.as_mut().poll(cx);
        if polled.is_pending() {
            goroutine::park(WaitReason::Foreign, None);
        }
        polled
    })
    .await
}
