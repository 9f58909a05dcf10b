//! Looks without the lock: a sign that is down tells the truth.

use std::future::{Future, pending};
use std::panic::Location;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::chan::channel;
use super::{block_on, explore};
use crate::chan::{Chan, Core, TryRecvError};
use crate::select::arm::{Arm, RecvArm, SendArm, none_ready};
use crate::select::engine::select;
use crate::select::future::FutureCase;
use crate::select::recv::RecvCase;
use crate::select::send::SendCase;
use crate::select::storage::cases_of;

/// Whether a select with a default that receives from one of the channels would choose it without a lock; calls
/// `between` before each look.
fn nothing_to_receive<const N: usize>(channels: [&Chan<u32>; N], between: impl Fn()) -> bool {
    let arms = channels.map(|ch| RecvArm::new(ch.core(), ch, Location::caller()));
    let look = || {
        std::array::from_fn::<u64, N, _>(|at| {
            between();
            arms[at].look()
        })
    };
    none_ready(&look(), look)
}

/// As [`nothing_to_receive`] for a send.
fn nobody_to_send_to(ch: &Chan<u32>) -> bool {
    let arm = SendArm::new(ch.core(), ch, 0, Location::caller());
    none_ready(&[arm.look()], || [arm.look()])
}

#[test]
fn what_was_sent_is_seen() {
    for capacity in [0, 1] {
        explore(4, move || {
            let ch = channel(capacity);
            let sender = {
                let ch = ch.clone();
                thread::spawn(move || block_on(ch.send(3)))
            };
            // Takes the sign down if it comes too early.
            let early = ch.try_recv().ok();
            let value = early.or_else(|| block_on(ch.recv()));
            sender.join().expect("the sender ends");
            assert_eq!(value, Some(3));
            assert_eq!(ch.try_recv(), Err(TryRecvError::Empty));
        });
    }
}

#[test]
fn a_sent_value_is_seen_by_whoever_knows_of_it() {
    explore(4, || {
        let ch = channel(1);
        let looker = {
            let ch = ch.clone();
            thread::spawn(move || ch.try_recv().ok())
        };
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || ch.try_send(4).is_ok())
        };
        assert!(sender.join().expect("the sender ends"));
        // The other may have taken the sign down before the send, or the value after it, but nothing in between.
        let left = ch.try_recv().ok();
        let taken = looker.join().expect("the looker ends");
        assert_eq!(left.or(taken), Some(4));
        assert!(left.is_none() || taken.is_none());
    });
}

#[test]
fn room_is_seen_by_whoever_knows_of_it() {
    explore(4, || {
        let ch = channel(1);
        assert!(ch.try_send(1).is_ok());
        let looker = {
            let ch = ch.clone();
            thread::spawn(move || ch.try_send(2).is_ok())
        };
        let receiver = {
            let ch = ch.clone();
            thread::spawn(move || ch.try_recv())
        };
        assert_eq!(receiver.join().expect("the receiver ends"), Ok(1));
        let mine = ch.try_send(3).is_ok();
        let other = looker.join().expect("the looker ends");
        assert!(mine != other, "one of the two has the room");
    });
}

#[test]
fn a_default_is_not_chosen_while_a_value_goes_between_channels() {
    explore(6, || {
        let (a, b) = (channel(1), channel(1));
        assert!(a.try_send(0).is_ok());
        // loom tries two orders only where both threads write: a look alone does not make it move the other thread.
        let steps = Arc::new(AtomicUsize::new(0));
        let mover = {
            let (a, b, steps) = (a.clone(), b.clone(), Arc::clone(&steps));
            thread::spawn(move || {
                // There and back again: without a count of the signs' turns two looks could see the same words.
                for (from, to) in [(&a, &b), (&b, &a), (&a, &b)] {
                    steps.fetch_add(1, Ordering::Relaxed);
                    // The one is ready before the other no longer is, and its sign is down then.
                    assert!(to.try_send(0).is_ok());
                    assert!(from.try_recv().is_ok());
                    // Takes the sign down.
                    let _ = from.core().map(Core::receive_now);
                }
            })
        };
        let step = || {
            steps.fetch_add(1, Ordering::Relaxed);
        };
        assert!(!nothing_to_receive([&b, &a], step));
        mover.join().expect("the mover ends");
    });
}

/// Polls a select of a send or a receive and a future that never ends, twice, so that it is busy the second time, beside
/// `peer`; what `check` then sees while the select is still parked.
fn beside_a_busy_select<S: Future<Output = bool> + 'static>(
    start: fn(Chan<u32>) -> S,
    peer: fn(&Chan<u32>) -> bool,
    check: fn(&Chan<u32>) -> bool,
) {
    explore(4, move || {
        let ch = channel(0);
        let other = {
            let ch = ch.clone();
            thread::spawn(move || peer(&ch))
        };
        let mut select = pin!(start(ch.clone()));
        let mut cx = Context::from_waker(Waker::noop());
        let mut polled = select.as_mut().poll(&mut cx);
        if polled.is_pending() {
            polled = select.as_mut().poll(&mut cx);
        }
        let met = other.join().expect("the peer ends");
        if polled.is_pending() {
            polled = select.as_mut().poll(&mut cx);
        }
        assert_eq!(polled == Poll::Ready(true), met);
        if polled.is_pending() {
            assert!(check(&ch), "the select waits and the sign is down");
        }
    });
}

/// Sends 5 or waits for ever.
async fn sending(ch: Chan<u32>) -> bool {
    let place = Location::caller();
    let mut send = pin!(SendCase::new(ch.core(), &ch, 5, place));
    let mut never = pin!(FutureCase::new(pending::<()>(), place));
    select(cases_of::<2>().case(send.as_mut()).case(never.as_mut())).await == 0
}

/// Receives or waits for ever.
async fn receiving(ch: Chan<u32>) -> bool {
    let place = Location::caller();
    let mut recv = pin!(RecvCase::new(ch.core(), &ch, place));
    let mut never = pin!(FutureCase::new(pending::<()>(), place));
    select(cases_of::<2>().case(recv.as_mut()).case(never.as_mut())).await == 0
}

#[test]
fn a_busy_send_that_was_passed_by_is_seen() {
    beside_a_busy_select(
        sending,
        |ch| ch.try_recv().is_ok(),
        |ch| !nothing_to_receive([ch], || ()) && ch.try_recv() == Ok(5),
    );
}

#[test]
fn a_busy_receive_that_was_passed_by_is_seen() {
    beside_a_busy_select(receiving, |ch| ch.try_send(6).is_ok(), |ch| !nobody_to_send_to(ch) && ch.try_send(7).is_ok());
}
