//! A receiver as a `Stream`.

use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::Receiver;
use super::core::Outcome;
use super::wakers::Wakers;
use crate::goroutine::{self, WaitReason};

/// The channel's values until it is closed and drained.
///
/// A stream that waits has no place in the queue of receivers, for a handle of one word has no room for it: it looks
/// again when a value may be there. So it never loses a value, but `try_send` on an unbuffered channel does not see it.
///
/// # Cancel safety
/// A poll that returned pending holds no value. It does leave its task's waker with the channel until something is sent
/// or the channel is closed.
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
        let mut foreign = None;
        loop {
            let mut wakers = Wakers::default();
            let mut state = core.state.lock();
            let received = match core.receive_in(&mut state, &mut wakers) {
                Outcome::Done(value) => Some(value),
                Outcome::Closed => None,
                Outcome::Wait => {
                    let Some((waker, _)) = goroutine::own_waker_of(cx).or_else(|| foreign.take()) else {
                        // Cloning a foreign waker runs foreign code, which must not be under the lock.
                        drop(state);
                        foreign = Some(goroutine::waker_of(cx));
                        continue;
                    };
                    let known = core.observe(&mut state, waker);
                    drop(state);
                    // Nor may dropping one.
                    drop(known);
                    goroutine::park(WaitReason::ChanReceive, place);
                    return Poll::Pending;
                }
            };
            drop(state);
            wakers.wake();
            return Poll::Ready(received);
        }
    }
}
