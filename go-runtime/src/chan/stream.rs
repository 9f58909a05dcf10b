//! A receiver as a `Stream`.

use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::Receiver;
use super::core::{Outcome, Wakers};
use crate::goroutine::{self, WaitReason};

/// The channel's values until it is closed and drained.
///
/// A stream that waits has no place in the queue of receivers, for a handle of one word has no room for it: it looks
/// again when a value may be there. So it never loses a value, but `try_send` on an unbuffered channel does not see it.
///
/// # Cancel safety
/// A poll that returned pending holds no value.
impl<T> Stream for Receiver<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let place: Option<&'static Location<'static>> = None;
        let Some(core) = self.core() else {
            goroutine::park(WaitReason::ChanReceiveNil, place);
            return Poll::Pending;
        };
        if goroutine::poll_budget(cx).is_pending() {
            return Poll::Pending;
        }
        let mut wakers = Wakers::default();
        let mut state = core.state.lock();
        let outcome = core.receive_in(&mut state, &mut wakers);
        if matches!(outcome, Outcome::Wait) {
            core.observe(&mut state, &goroutine::waker_of(cx).0);
        }
        drop(state);
        wakers.wake();
        match outcome {
            Outcome::Done(value) => Poll::Ready(Some(value)),
            Outcome::Closed => Poll::Ready(None),
            Outcome::Wait => {
                goroutine::park(WaitReason::ChanReceive, place);
                Poll::Pending
            }
        }
    }
}
