//! Unit tests of the engine, polled by hand: no runtime, no threads, every step in the order written.

mod choice;
mod dropped;
mod futures;
mod parked;

use std::future::Future;
use std::panic::Location;
use std::pin::pin;

use super::engine::{self, select_default};
use super::recv::RecvCase;
use super::send::SendCase;
use super::storage::cases_of;
use super::{Op, Selectable, cases, recv, send, try_cases};
use crate::chan::Chan;
use crate::waiter::hand::{Task, error_of, now};

/// A receive case as `select!` makes it.
#[track_caller]
fn receive<T>(ch: &Chan<T>) -> RecvCase<'_, T> {
    RecvCase::new(ch.core(), ch, Location::caller())
}

/// A send case as `select!` makes it.
#[track_caller]
fn sending<T>(ch: &Chan<T>, value: T) -> SendCase<'_, T> {
    SendCase::new(ch.core(), ch, value, Location::caller())
}

/// How many sends are queued.
fn waiting_senders<T>(ch: &Chan<T>) -> usize {
    // SAFETY: the lock is held.
    ch.core().map_or(0, |core| unsafe { core.state.lock().senders.count() })
}

/// Whether nobody is queued at `ch`.
fn is_deserted<T>(ch: &Chan<T>) -> bool {
    waiting_senders(ch) == 0 && ch.waiting_receivers() == 0
}

/// A channel with `values` in its buffer.
fn holding<T: Clone>(values: &[T]) -> Chan<T> {
    let ch = Chan::buffered(values.len());
    for value in values {
        now(ch.send(value.clone()));
    }
    ch
}

/// Needs `future` to be able to go to another thread.
fn is_send<F: Future + Send>(future: F) -> F {
    future
}

#[test]
fn exactly_one_case_is_committed() {
    for _ in 0..50 {
        let full: Vec<Chan<usize>> = (0..4).map(|i| holding(&[i])).collect();
        let room: Vec<Chan<usize>> = (0..4).map(|_| Chan::buffered(1)).collect();
        let mut all: Vec<Op<'_, usize>> = full.iter().map(recv).collect();
        all.extend(room.iter().enumerate().map(|(i, ch)| send(ch, 10 + i)));
        let chosen = now(cases(&mut all));
        let left: usize = full.iter().map(Chan::len).sum();
        let sent: usize = room.iter().map(Chan::len).sum();
        if chosen < 4 {
            assert_eq!((left, sent), (3, 0));
            assert_eq!((full[chosen].len(), all[chosen].received()), (0, Some(chosen)));
        } else {
            assert_eq!((left, sent), (4, 1));
            assert_eq!(room[chosen - 4].try_recv(), Ok(10 + chosen - 4));
        }
        for (i, op) in all.iter_mut().enumerate() {
            assert_eq!(op.received(), None, "case {i}");
            assert_eq!(op.unsent(), (i >= 4 && i != chosen).then_some(6 + i), "case {i}");
        }
        drop(all);
        assert!(full.iter().chain(&room).all(is_deserted));
    }
}

#[test]
fn the_form_of_the_macro() {
    let (full, room, nil) = (holding(&["value"]), Chan::buffered(1), Chan::<u8>::nil());
    let (mut received, mut sent) = (false, false);
    while !(received && sent) {
        let mut a = pin!(receive(&full));
        let mut b = pin!(sending(&room, 5));
        let mut c = pin!(receive(&nil));
        let storage = cases_of::<3>().case(a.as_mut()).case(b.as_mut()).case(c.as_mut());
        match now(is_send(engine::select(storage))) {
            0 => {
                assert_eq!(a.output().map(super::recv::RecvOutput::value_ok), Some(("value", true)));
                assert!(b.as_mut().output().is_none());
                received = true;
                now(full.send("value"));
            }
            1 => {
                assert_eq!(b.output(), Some(()));
                assert!(a.output().is_none());
                assert_eq!(room.try_recv(), Ok(5));
                sent = true;
            }
            other => panic!("case {other} was never ready"),
        }
        assert!(c.output().is_none());
    }
}

#[test]
fn nil_is_never_chosen() {
    let (nil, ready) = (Chan::nil(), Chan::buffered(1));
    for _ in 0..20 {
        now(ready.send(1));
        let mut all = [recv(&nil), send(&nil, 2), recv(&ready), recv(&nil)];
        assert_eq!(now(cases(&mut all)), 2);
    }
    let mut only_nil = [recv(&nil), send(&nil, 3)];
    assert_eq!(try_cases(&mut only_nil), None);
    let mut parked = Task::parked(cases(&mut only_nil));
    assert!(parked.poll().is_pending());
    assert_eq!(parked.wakes(), 0);
    drop(parked);
    assert_eq!(only_nil[1].unsent(), Some(3));
}

#[test]
fn no_case_at_all_waits_for_ever() {
    let mut none: [Op<'_, ()>; 0] = [];
    assert_eq!(try_cases(&mut none), None);
    let mut parked = Task::parked(cases(&mut none));
    assert!(parked.poll().is_pending());
    assert_eq!(parked.wakes(), 0);
    assert!(Task::parked(engine::forever()).poll().is_pending());
    assert_eq!(now(select_default(cases_of::<0>())), usize::MAX);
}

#[test]
fn one_channel_in_several_cases() {
    let ch = holding(&[1, 2]);
    let mut all = [recv(&ch), recv(&ch), recv(&ch)];
    let chosen = now(cases(&mut all));
    assert_eq!((all[chosen].received(), ch.len()), (Some(1), 1), "one value was taken, the first");
    assert_eq!(ch.try_recv(), Ok(2));
    let mut task = Task::parked(cases(&mut all));
    assert_eq!(ch.waiting_receivers(), 3);
    assert!(ch.try_send(3).is_ok());
    assert_eq!(ch.try_send(4).and(ch.try_send(5)), Ok(()), "they go to the buffer: the select is gone from the queue");
    assert_eq!(ch.len(), 2);
    let std::task::Poll::Ready(chosen) = task.poll() else { panic!("the select was served") };
    drop(task);
    assert!(is_deserted(&ch));
    assert_eq!(all[chosen].received(), Some(3));
}

#[test]
fn a_select_does_not_talk_to_itself() {
    // Unbuffered: neither case can go on.
    let ch = Chan::new();
    for backwards in [false, true] {
        let mut all = if backwards { [send(&ch, 1), recv(&ch)] } else { [recv(&ch), send(&ch, 1)] };
        assert_eq!(try_cases(&mut all), None);
        let mut task = Task::parked(cases(&mut all));
        assert!(task.poll_elsewhere().is_pending());
        // A partner from outside meets it, whichever side it takes.
        if backwards {
            assert_eq!(ch.try_recv(), Ok(1));
        } else {
            assert_eq!(ch.try_send(2), Ok(()));
        }
        assert_eq!(task.poll(), std::task::Poll::Ready(0));
        drop(task);
        assert!(is_deserted(&ch));
        assert_eq!(all[0].received(), (!backwards).then_some(2));
    }
    // Buffered: one of the two goes on, by way of the buffer.
    let ch = Chan::buffered(1);
    let (mut sends, mut receives) = (0, 0);
    for _ in 0..40 {
        let before = ch.len();
        let mut all = [recv(&ch), send(&ch, 7)];
        let chosen = now(cases(&mut all));
        assert_eq!(chosen, usize::from(before == 0), "an empty buffer takes, a full one gives");
        if chosen == 0 { receives += 1 } else { sends += 1 }
    }
    assert_eq!((sends, receives), (20, 20));
    let ch = Chan::buffered(2);
    now(ch.send(0));
    let mut seen = [false; 2];
    while seen != [true; 2] {
        // One value in a buffer of two: both cases are ready.
        let mut all = [recv(&ch), send(&ch, 7)];
        let chosen = now(cases(&mut all));
        seen[chosen] = true;
        if chosen == 0 {
            now(ch.send(0));
        } else {
            assert!(ch.try_recv().is_ok());
        }
    }
}

#[test]
fn default_is_taken_if_nothing_is_ready() {
    let (empty, full) = (Chan::<u8>::buffered(1), holding(&[9u8]));
    let mut a = pin!(receive(&empty));
    let mut b = pin!(sending(&full, 1));
    assert_eq!(now(is_send(select_default(cases_of::<2>().case(a.as_mut()).case(b.as_mut())))), usize::MAX);
    assert!(a.output().is_none() && b.as_mut().output().is_none());
    assert_eq!(b.unsent(), Some(1));
    assert!(is_deserted(&empty) && is_deserted(&full), "a select with a default queues nowhere");
    for _ in 0..20 {
        let mut a = pin!(receive(&empty));
        let mut b = pin!(receive(&full));
        assert_eq!(now(select_default(cases_of::<2>().case(a.as_mut()).case(b.as_mut()))), 1);
        assert_eq!(b.output().and_then(super::recv::RecvOutput::received), Some(9));
        now(full.send(9));
    }
    // A parked partner makes an unbuffered channel ready, an absent one does not.
    let rendezvous = Chan::new();
    assert_eq!(try_cases(&mut [send(&rendezvous, 1)]), None);
    let mut partner = Task::parked(rendezvous.recv());
    assert_eq!(try_cases(&mut [send(&rendezvous, 1)]), Some(0));
    assert_eq!(partner.poll(), std::task::Poll::Ready(Some(1)));
}

#[test]
fn a_closed_channel_is_always_ready_to_receive() {
    let (open, closed) = (Chan::new(), holding(&[1]));
    closed.close();
    let mut received = Vec::new();
    for _ in 0..3 {
        let mut all = [recv(&open), recv(&closed)];
        assert_eq!(now(cases(&mut all)), 1);
        received.push(all[1].received());
    }
    assert_eq!(received, [Some(1), None, None]);
    assert_eq!(try_cases(&mut [recv(&open), recv(&closed)]), Some(1));
}

#[test]
fn a_send_on_a_closed_channel_panics_at_the_cases_place() {
    let (open, closed) = (Chan::new(), Chan::buffered(1));
    closed.close();
    let mut all = [recv(&open), send(&closed, 4)];
    let line = line!() - 1;
    let errors = [
        error_of(|| now(cases(&mut all))),
        error_of(|| try_cases(&mut all)),
        error_of(|| {
            let mut a = pin!(sending(&closed, 5));
            now(select_default(cases_of::<1>().case(a.as_mut())))
        }),
    ];
    for (error, line) in errors.iter().zip([line, line, line + 6]) {
        assert_eq!((error.to_string().as_str(), error.location().line()), ("send on closed channel", line));
        assert_eq!(error.location().file(), file!());
    }
    assert_eq!(all[1].unsent(), Some(4));
    drop(all);
    assert!(is_deserted(&open) && is_deserted(&closed));
}

#[test]
fn channels_of_several_types() {
    let (numbers, words) = (Chan::<u32>::new(), holding(&["one".to_owned()]));
    let mut number = recv(&numbers);
    let mut word = recv(&words);
    let mut all: [Box<dyn Selectable + Send + '_>; 2] = [Box::new(&mut number), Box::new(&mut word)];
    assert_eq!(now(is_send(cases(&mut all))), 1);
    drop(all);
    assert_eq!((number.received(), word.received()), (None, Some("one".to_owned())));
}

#[test]
fn many_cases() {
    for n in [1, 2, 64, 65, 1000] {
        let channels: Vec<Chan<usize>> = (0..n).map(|_| Chan::new()).collect();
        for at in [0, n / 2, n - 1] {
            let mut all: Vec<_> = channels.iter().map(recv).collect();
            assert_eq!(try_cases(&mut all), None);
            let mut task = Task::parked(cases(&mut all));
            assert!(channels.iter().all(|ch| ch.waiting_receivers() == 1));
            assert!(channels[at].try_send(at).is_ok());
            assert!(channels.iter().all(|ch| ch.try_send(0).is_err()), "the select is gone from every channel");
            assert_eq!((task.wakes(), task.poll()), (1, std::task::Poll::Ready(at)));
            drop(task);
            assert_eq!(all[at].received(), Some(at));
            drop(all);
            assert!(channels.iter().all(is_deserted));
        }
        // Ready at once, once more with many senders.
        let sender = Task::parked(channels[n - 1].send(n));
        let mut all: Vec<_> = channels.iter().map(recv).collect();
        assert_eq!((now(cases(&mut all)), sender.wakes()), (n - 1, 1));
        assert_eq!(all[n - 1].received(), Some(n));
    }
}
