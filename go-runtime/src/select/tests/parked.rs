//! Selects that wait: one peer serves one case, and every other channel forgets the select.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Poll, Waker};

use super::super::engine;
use super::super::storage::cases_of;
use super::super::{cases, recv, send};
use super::{is_deserted, receive, sending, waiting_senders};
use crate::chan::{Chan, TryRecvError};
use crate::waiter::hand::{Task, error_of, nosy, now, poll_with};

#[test]
fn of_two_sends_to_two_channels_exactly_one_succeeds() {
    for first in [0, 1] {
        let channels = [Chan::new(), Chan::new()];
        let mut all = [recv(&channels[0]), recv(&channels[1])];
        let mut task = Task::parked(cases(&mut all));
        assert_eq!(channels[first].try_send("first"), Ok(()));
        assert!(channels[1 - first].try_send("second").is_err(), "the select is served already");
        assert!(channels[first].try_send("third").is_err());
        assert_eq!((task.wakes(), task.poll()), (1, Poll::Ready(first)));
        drop(task);
        assert_eq!(all[first].received(), Some("first"));
        assert!(channels.iter().all(is_deserted));
    }
}

#[test]
fn a_value_for_a_parked_select_is_nobody_elses() {
    for capacity in [0, 1, 3] {
        let (ch, other) = (Chan::buffered(capacity), Chan::new());
        let mut all = [recv(&other), recv(&ch)];
        let mut task = Task::parked(cases(&mut all));
        now(ch.send(1));
        assert_eq!((ch.len(), ch.try_recv()), (0, Err(TryRecvError::Empty)), "handed over, not buffered");
        let late = Task::parked(ch.recv());
        assert_eq!(task.poll(), Poll::Ready(1));
        drop(task);
        assert_eq!((all[1].received(), late.wakes()), (Some(1), 0));
    }
}

#[test]
fn a_parked_select_sends_to_the_first_that_receives() {
    let (a, b, c) = (Chan::new(), Chan::buffered(1), Chan::new());
    now(b.send("fills the buffer"));
    let mut all = [send(&a, "to a"), send(&b, "to b"), recv(&c)];
    let mut task = Task::parked(cases(&mut all));
    assert_eq!((waiting_senders(&a), waiting_senders(&b), c.waiting_receivers()), (1, 1, 1));
    assert_eq!(b.try_recv(), Ok("fills the buffer"));
    assert_eq!((b.len(), task.wakes()), (1, 1), "the parked send moved into the buffer at once");
    assert_eq!(a.try_recv(), Err(TryRecvError::Empty), "the select has sent already");
    assert!(c.try_send("late").is_err());
    assert_eq!(task.poll(), Poll::Ready(1));
    drop(task);
    assert_eq!([all[0].unsent(), all[1].unsent()], [Some("to a"), None]);
    assert_eq!(b.try_recv(), Ok("to b"));
    assert!(is_deserted(&a) && is_deserted(&b) && is_deserted(&c));
}

#[test]
fn selects_and_plain_operations_wait_in_one_queue() {
    let (ch, other) = (Chan::new(), Chan::<i32>::new());
    let mut first = Task::parked(ch.recv());
    let mut all = [recv(&other), recv(&ch)];
    let mut second = Task::parked(cases(&mut all));
    let mut third = Task::parked(ch.recv());
    for i in 0..3 {
        assert!(ch.try_send(i).is_ok());
    }
    assert_eq!(
        (first.poll(), second.poll(), third.poll()),
        (Poll::Ready(Some(0)), Poll::Ready(1), Poll::Ready(Some(2)))
    );
    drop(second);
    assert_eq!(all[1].received(), Some(1));
}

#[test]
fn two_selects_meet() {
    let (a, b) = (Chan::new(), Chan::new());
    let mut mine = [recv(&a), send(&b, 1)];
    let mut task = Task::parked(cases(&mut mine));
    let mut theirs = [recv(&b), send(&a, 2)];
    let chosen = now(cases(&mut theirs));
    assert_eq!(task.poll(), Poll::Ready(1 - chosen));
    drop(task);
    match chosen {
        0 => assert_eq!((theirs[0].received(), mine[0].received()), (Some(1), None)),
        _ => assert_eq!((theirs[0].received(), mine[0].received()), (None, Some(2))),
    }
    assert!(is_deserted(&a) && is_deserted(&b));
}

#[test]
fn close_serves_a_parked_select() {
    let (a, b) = (Chan::<i32>::new(), Chan::new());
    let mut all = [recv(&a), recv(&b)];
    let mut task = Task::parked(cases(&mut all));
    b.close();
    assert!(a.try_send(1).is_err());
    assert_eq!((task.wakes(), task.poll()), (1, Poll::Ready(1)));
    drop(task);
    assert_eq!(all[1].received(), None);
    assert!(is_deserted(&a));
}

#[test]
fn close_makes_a_parked_send_case_panic() {
    let (ch, other) = (Chan::new(), Chan::new());
    let mut all = [recv(&other), send(&ch, 6)];
    let line = line!() - 1;
    let mut task = Task::parked(cases(&mut all));
    ch.close();
    assert_eq!(task.wakes(), 1);
    let error = error_of(|| task.poll());
    assert_eq!((error.to_string().as_str(), error.location().line()), ("send on closed channel", line));
    drop(task);
    assert_eq!(all[1].unsent(), Some(6), "the value did not go with the panic");
    assert!(is_deserted(&ch) && is_deserted(&other));
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let (a, b) = (Chan::new(), Chan::new());
    let mut all = [recv(&a), recv(&b)];
    let mut task = Task::parked(cases(&mut all));
    let mut stale = Vec::new();
    for _ in 0..3 {
        stale.push(Arc::clone(&task.count));
        assert!(task.poll_elsewhere().is_pending());
    }
    assert_eq!(a.waiting_receivers(), 1, "a poll does not queue twice");
    now(a.send(1));
    assert_eq!(task.wakes(), 1);
    assert!(stale.iter().all(|count| count.wakes.load(Ordering::Relaxed) == 0));
    assert_eq!(task.poll_elsewhere(), Poll::Ready(0));
    assert!(catch_unwind(AssertUnwindSafe(|| task.poll())).is_err(), "a select that is over is not polled again");
}

#[test]
fn no_foreign_code_runs_under_the_locks() {
    let (a, b) = (Chan::<u32>::new(), Chan::<u32>::buffered(1));
    let looking = || {
        let (a, b) = (a.clone(), b.clone());
        // With a lock held, the look at its channel would wait for ever.
        nosy(move || assert!(a.is_empty() && b.len() <= 1))
    };
    let mut r = pin!(receive(&a));
    let mut s = pin!(sending(&b, 1));
    now(b.send(0));
    let mut select = pin!(engine::select(cases_of::<2>().case(r.as_mut()).case(s.as_mut())));
    for _ in 0..3 {
        assert!(poll_with(select.as_mut(), &looking()).is_pending());
    }
    assert_eq!(b.try_recv(), Ok(0));
    assert_eq!(poll_with(select.as_mut(), &looking()), Poll::Ready(1));
}

#[test]
fn a_panic_in_a_streams_waker_leaves_no_case_behind() {
    use std::pin::Pin;
    use std::sync::atomic::AtomicBool;

    use futures_core::Stream;

    let (a, b) = (Chan::new(), Chan::new());
    let mut stream = a.receiver();
    let armed = Arc::new(AtomicBool::new(false));
    let waker = {
        let armed = Arc::clone(&armed);
        nosy(move || assert!(!armed.swap(false, Ordering::Relaxed), "the waker's own bug"))
    };
    assert!(Pin::new(&mut stream).poll_next(&mut std::task::Context::from_waker(&waker)).is_pending());
    armed.store(true, Ordering::Relaxed);
    let mut all = [send(&a, 1), recv(&b)];
    {
        let mut select = Box::pin(cases(&mut all));
        assert!(catch_unwind(AssertUnwindSafe(|| poll_with(select.as_mut(), Waker::noop()))).is_err());
    }
    assert!(is_deserted(&a) && is_deserted(&b));
    assert_eq!(all[0].unsent(), Some(1));
}

#[test]
fn a_parked_send_case_wakes_every_stream() {
    use std::pin::Pin;

    use futures_core::Stream;

    // The streams of both channels hear of one select.
    let channels = [Chan::new(), Chan::new(), Chan::new()];
    let counts: Vec<Arc<crate::waiter::hand::Count>> = (0..3).map(|_| Arc::default()).collect();
    let mut streams: Vec<_> = channels.iter().map(Chan::receiver).collect();
    for (stream, count) in streams.iter_mut().zip(&counts) {
        let waker = Waker::from(Arc::clone(count));
        assert!(Pin::new(stream).poll_next(&mut std::task::Context::from_waker(&waker)).is_pending());
    }
    let mut all: Vec<_> = channels.iter().enumerate().map(|(i, ch)| send(ch, i)).collect();
    let mut task = Task::parked(cases(&mut all));
    let woken: Vec<usize> = counts.iter().map(|count| count.wakes.load(Ordering::Relaxed)).collect();
    assert_eq!(woken, [1, 1, 1]);
    let mut cx = std::task::Context::from_waker(Waker::noop());
    assert_eq!(Pin::new(&mut streams[1]).poll_next(&mut cx), Poll::Ready(Some(1)));
    assert!(Pin::new(&mut streams[0]).poll_next(&mut cx).is_pending());
    assert_eq!(task.poll(), Poll::Ready(1));
}
