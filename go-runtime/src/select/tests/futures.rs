//! Futures as cases: polled with no lock held, while no peer can serve the select.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use super::super::engine::{self, select_default};
use super::super::future::FutureCase;
use super::super::storage::cases_of;
use super::super::{cases, recv};
use super::{is_deserted, receive, sending};
use crate::chan::Chan;
use crate::waiter::hand::{Count, Task, now, poll_with};

/// A future as a case, as `select!` makes it.
#[track_caller]
fn awaiting<F: Future>(future: F) -> FutureCase<F> {
    FutureCase::new(future, Location::caller())
}

#[test]
fn a_future_that_is_ready_is_chosen() {
    let ch = Chan::<u8>::new();
    let mut a = pin!(receive(&ch));
    let mut b = pin!(awaiting(async { "over" }));
    assert_eq!(now(engine::select(cases_of::<2>().case(a.as_mut()).case(b.as_mut()))), 1);
    assert_eq!(b.output().map(super::super::future::FutureOutput::value), Some("over"));
    assert!(is_deserted(&ch));
}

#[test]
fn a_future_that_becomes_ready_leaves_the_channels() {
    let (ch, over) = (Chan::<u8>::new(), Cell::new(false));
    let mut a = pin!(receive(&ch));
    let mut b = pin!(sending(&ch, 3));
    let mut c = pin!(awaiting(poll_fn(|_| if over.get() { Poll::Ready(5) } else { Poll::Pending })));
    {
        let storage = cases_of::<3>().case(a.as_mut()).case(b.as_mut()).case(c.as_mut());
        let mut task = Task::parked(engine::select(storage));
        assert!(task.poll().is_pending());
        assert!(!is_deserted(&ch));
        over.set(true);
        assert_eq!(task.poll(), Poll::Ready(2));
        assert!(is_deserted(&ch));
    }
    assert_eq!(c.output().map(super::super::future::FutureOutput::value), Some(5));
    assert!(a.output().is_none() && b.as_mut().output().is_none());
    assert_eq!(b.unsent(), Some(3));
}

#[test]
fn a_select_that_was_served_does_not_poll_its_futures_again() {
    let (ch, polls) = (Chan::new(), Cell::new(0));
    let mut a = pin!(awaiting(poll_fn(|_| {
        polls.set(polls.get() + 1);
        Poll::<()>::Pending
    })));
    let mut b = pin!(receive(&ch));
    let mut task = Task::parked(engine::select(cases_of::<2>().case(a.as_mut()).case(b.as_mut())));
    now(ch.send(4));
    assert_eq!((task.wakes(), task.poll(), polls.get()), (1, Poll::Ready(1), 1));
    drop(task);
    assert_eq!(b.output().and_then(super::super::recv::RecvOutput::received), Some(4));
}

#[test]
fn a_default_polls_a_future_once() {
    let polls = Cell::new(0);
    let mut a = pin!(awaiting(poll_fn(|_| {
        polls.set(polls.get() + 1);
        if polls.get() < 2 { Poll::Pending } else { Poll::Ready(()) }
    })));
    assert_eq!(now(select_default(cases_of::<1>().case(a.as_mut()))), usize::MAX);
    assert_eq!(polls.get(), 1);
    assert_eq!(now(select_default(cases_of::<1>().case(a.as_mut()))), 0);
}

/// Runs `meddle` as a case of a select that also receives from `ch`, once while nothing is queued and from the second
/// poll on while the select is queued and busy.
fn while_busy(ch: &Chan<u32>, mut meddle: impl FnMut(&mut Context<'_>)) -> (Poll<usize>, Option<u32>) {
    let mut polls = 0;
    let mut a = pin!(receive(ch));
    let mut b = pin!(awaiting(poll_fn(|cx| {
        polls += 1;
        if polls == 2 {
            meddle(cx);
        }
        Poll::<()>::Pending
    })));
    let mut task = Task::parked(engine::select(cases_of::<2>().case(a.as_mut()).case(b.as_mut())));
    let second = task.poll();
    drop(task);
    (second, a.output().and_then(super::super::recv::RecvOutput::received))
}

#[test]
fn a_future_may_use_the_selects_own_channels() {
    // A send that does not wait passes the busy select by.
    let ch = Chan::new();
    let (polled, received) = while_busy(&ch, |_| assert!(ch.try_send(1).is_err()));
    assert_eq!((polled, received), (Poll::Pending, None));
    // One that waits is found as soon as the future has been polled.
    let ch = Chan::new();
    let parked = RefCell::new(None);
    let (polled, received) = while_busy(&ch, |_| *parked.borrow_mut() = Some(Task::parked(ch.send(2))));
    assert_eq!((polled, received), (Poll::Ready(0), Some(2)));
    assert_eq!(parked.borrow_mut().as_mut().map(Task::poll), Some(Poll::Ready(())));
    // So is a value in the buffer, and a close.
    let ch = Chan::buffered(1);
    assert_eq!(while_busy(&ch, |_| now(ch.send(3))), (Poll::Ready(0), Some(3)));
    let ch = Chan::new();
    assert_eq!(while_busy(&ch, |_| ch.close()), (Poll::Ready(0), None));
    // And a value that a dropped receive gave back.
    let ch = Chan::new();
    let served = RefCell::new(Some(Task::parked(ch.recv())));
    now(ch.send(4));
    assert_eq!(while_busy(&ch, |_| drop(served.borrow_mut().take())), (Poll::Ready(0), Some(4)));
    assert!(is_deserted(&ch));
}

#[test]
fn a_stream_that_passed_a_busy_select_by_looks_again() {
    let ch = Chan::new();
    let mut stream = ch.receiver();
    let count: Arc<Count> = Arc::default();
    let mut polls = 0;
    let mut a = pin!(sending(&ch, 8));
    let mut b = pin!(awaiting(poll_fn(|_| {
        polls += 1;
        if polls == 2 {
            // The select is queued but busy, so the stream finds nobody and waits.
            let waker = Waker::from(Arc::clone(&count));
            assert!(Pin::new(&mut stream).poll_next(&mut Context::from_waker(&waker)).is_pending());
        }
        Poll::<()>::Pending
    })));
    let mut task = Task::parked(engine::select(cases_of::<2>().case(a.as_mut()).case(b.as_mut())));
    assert!(task.poll().is_pending());
    assert_eq!(count.wakes.load(Ordering::Relaxed), 1, "the stream must not sleep beside a parked send");
    let mut stream = ch.receiver();
    assert_eq!(Pin::new(&mut stream).poll_next(&mut Context::from_waker(Waker::noop())), Poll::Ready(Some(8)));
    assert_eq!(task.poll(), Poll::Ready(0));
}

#[test]
fn a_select_in_a_select() {
    let (outer, inner, other) = (Chan::new(), Chan::new(), Chan::new());
    for through_inner in [false, true] {
        let nested = async {
            let mut all = [recv(&other), recv(&inner)];
            let chosen = cases(&mut all).await;
            all[chosen].received()
        };
        let mut a = pin!(receive(&outer));
        let mut b = pin!(awaiting(nested));
        let mut task = Task::parked(engine::select(cases_of::<2>().case(a.as_mut()).case(b.as_mut())));
        assert_eq!((outer.waiting_receivers(), inner.waiting_receivers(), other.waiting_receivers()), (1, 1, 1));
        now(if through_inner { inner.send(1) } else { outer.send(2) });
        assert_eq!((task.wakes(), task.poll()), (1, Poll::Ready(usize::from(through_inner))));
        drop(task);
        if through_inner {
            assert_eq!(b.as_mut().output().map(super::super::future::FutureOutput::value), Some(Some(1)));
        } else {
            assert_eq!(a.output().and_then(super::super::recv::RecvOutput::received), Some(2));
            assert_eq!(inner.waiting_receivers(), 1, "the inner select waits as long as its case lives");
        }
    }
    assert!(is_deserted(&outer) && is_deserted(&inner) && is_deserted(&other));
}

#[test]
fn a_panicking_future_leaves_no_case_behind() {
    for at in [1, 2] {
        let ch = Chan::<u32>::new();
        let polls = Cell::new(0);
        let mut a = pin!(receive(&ch));
        let mut b = pin!(sending(&ch, 1));
        let mut c = pin!(awaiting(poll_fn(|_| {
            polls.set(polls.get() + 1);
            assert!(polls.get() < at, "the future's own bug");
            Poll::<()>::Pending
        })));
        let storage = cases_of::<3>().case(a.as_mut()).case(b.as_mut()).case(c.as_mut());
        let mut select = Box::pin(engine::select(storage));
        for _ in 1..at {
            assert!(poll_with(select.as_mut(), Waker::noop()).is_pending());
        }
        for _ in 0..2 {
            // The second poll is wrong, but must end.
            let poll = || poll_with(select.as_mut(), Waker::noop());
            assert!(catch_unwind(AssertUnwindSafe(poll)).is_err());
        }
        assert!(ch.try_send(7).is_err(), "a select that panicked receives nothing");
        drop(select);
        assert!(is_deserted(&ch));
        assert_eq!(b.unsent(), Some(1));
    }
}
