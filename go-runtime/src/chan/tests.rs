//! Unit tests of the channels, polled by hand: no runtime, no threads, every step in the order written.

mod dropped;
mod foreign;

use std::collections::{BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use super::{Chan, Receiver, Sender, TryRecvError, TrySendError};
use crate::waiter::hand::{Count, Task, error_of, now};

#[test]
fn values_come_out_in_the_order_sent() {
    let ch = Chan::buffered(5);
    for i in 0..5 {
        now(ch.send(i));
    }
    for i in 0..5 {
        assert_eq!(now(ch.recv()), Some(i));
    }
}

#[test]
fn parked_receives_are_served_in_their_order() {
    let ch = Chan::new();
    let mut tasks: Vec<_> = (0..4).map(|_| Task::parked(ch.recv())).collect();
    for i in 0..4 {
        assert_eq!(ch.try_send(i), Ok(()));
    }
    assert_eq!(ch.try_send(9), Err(TrySendError { value: 9 }), "nobody is left");
    // Polled in another order, each still has its own value.
    for i in [2, 0, 3, 1] {
        assert_eq!(tasks[i].wakes(), 1);
        assert_eq!(tasks[i].poll(), Poll::Ready(Some(i)));
    }
}

#[test]
fn parked_sends_are_served_in_their_order() {
    let ch = Chan::new();
    let mut tasks: Vec<_> = (0..4).map(|i| Task::parked(ch.send(i))).collect();
    for (i, task) in tasks.iter().enumerate() {
        assert_eq!(ch.try_recv(), Ok(i));
        assert_eq!(task.wakes(), 1);
    }
    assert_eq!(ch.try_recv(), Err(TryRecvError::Empty));
    for task in &mut tasks {
        assert_eq!(task.poll(), Poll::Ready(()));
    }
}

#[test]
fn a_value_for_a_parked_receive_is_nobody_elses() {
    for capacity in [0, 1, 3] {
        let ch = Chan::buffered(capacity);
        let mut parked = Task::parked(ch.recv());
        now(ch.send('a'));
        // It has not run yet, but nobody can steal the value.
        assert_eq!(ch.len(), 0);
        assert_eq!(ch.try_recv(), Err(TryRecvError::Empty));
        if capacity == 0 {
            assert!(ch.try_send('b').is_err());
        } else {
            assert!(ch.try_send('b').is_ok());
        }
        assert_eq!(parked.poll(), Poll::Ready(Some('a')));
    }
}

#[test]
fn a_receive_from_a_full_buffer_moves_the_parked_send_in() {
    let ch = Chan::buffered(2);
    now(ch.send(1));
    now(ch.send(2));
    let mut third = Task::parked(ch.send(3));
    let fourth = Task::parked(ch.send(4));
    assert_eq!(ch.len(), 2, "parked sends do not count");
    assert_eq!(now(ch.recv()), Some(1));
    assert_eq!((ch.len(), third.wakes(), fourth.wakes()), (2, 1, 0));
    assert_eq!(third.poll(), Poll::Ready(()));
    assert_eq!([now(ch.recv()), now(ch.recv()), now(ch.recv())], [Some(2), Some(3), Some(4)]);
    assert_eq!(fourth.wakes(), 1);
}

#[test]
fn close_drains_then_yields_nothing_for_ever() {
    let ch = Chan::buffered(2);
    now(ch.send(1));
    now(ch.send(2));
    ch.close();
    assert_eq!(now(ch.recv()), Some(1));
    assert_eq!(ch.try_recv(), Ok(2));
    for _ in 0..3 {
        assert_eq!(now(ch.recv()), None);
        assert_eq!(ch.try_recv(), Err(TryRecvError::Closed));
    }
}

#[test]
fn close_wakes_every_receive() {
    let ch: Chan<u8> = Chan::new();
    let mut tasks: Vec<_> = (0..3).map(|_| Task::parked(ch.recv())).collect();
    ch.close();
    for task in &mut tasks {
        assert_eq!(task.wakes(), 1);
        assert_eq!(task.poll(), Poll::Ready(None));
    }
}

#[test]
fn close_makes_parked_sends_panic_and_drops_their_values() {
    let value = Arc::new(());
    for capacity in [0, 1] {
        let ch = Chan::buffered(capacity);
        for _ in 0..capacity {
            now(ch.send(Arc::clone(&value)));
        }
        let mut first = Task::parked(ch.send(Arc::clone(&value)));
        let second = Task::parked(ch.send(Arc::clone(&value)));
        ch.close();
        assert_eq!((first.wakes(), second.wakes()), (1, 1));
        assert_eq!(error_of(|| first.poll()).to_string(), "send on closed channel");
        // A future that is dropped instead of polled does not panic.
        drop((first, second));
        assert_eq!(Arc::strong_count(&value), 1 + capacity);
        drop(ch);
        assert_eq!(Arc::strong_count(&value), 1);
    }
}

#[test]
fn misuse_panics_with_gos_texts_at_the_callers_place() {
    let ch = Chan::buffered(1);
    let (tx, nil): (Sender<i32>, Chan<i32>) = (ch.sender(), Chan::nil());
    ch.close();
    let line = line!();
    let errors = [
        error_of(|| ch.close()),
        error_of(|| tx.close()),
        error_of(|| nil.close()),
        error_of(|| ch.try_send(1)),
        error_of(|| now(ch.send(2))),
        error_of(|| now(tx.send(3))),
        error_of(|| ch.send_blocking(4)),
    ];
    let texts = [
        "close of closed channel",
        "close of closed channel",
        "close of nil channel",
        "send on closed channel",
        "send on closed channel",
        "send on closed channel",
        "send on closed channel",
    ];
    for (i, (error, text)) in errors.iter().zip(texts).enumerate() {
        assert_eq!(error.to_string(), text);
        assert_eq!(error.location().file(), file!());
        assert_eq!(error.location().line(), line + 2 + i as u32, "number {i}");
    }
}

#[test]
fn nil_waits_for_ever() {
    let nil: Chan<i32> = Chan::nil();
    assert!(nil.is_nil() && nil.is_empty());
    assert_eq!((nil.len(), nil.cap()), (0, 0));
    assert_eq!(nil.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(nil.try_send(1), Err(TrySendError { value: 1 }));
    let mut recv = Task::parked(nil.recv());
    let mut send = Task::parked(nil.send(1));
    assert!(recv.poll().is_pending() && send.poll().is_pending());
    assert_eq!((recv.wakes(), send.wakes()), (0, 0));
    assert!(!Chan::<i32>::new().is_nil());
    assert_eq!(format!("{nil:?}"), "Chan(nil)");
}

#[test]
fn len_and_cap() {
    let ch = Chan::buffered(3);
    assert_eq!((ch.len(), ch.cap()), (0, 3));
    now(ch.send(1));
    now(ch.send(2));
    assert_eq!((ch.len(), ch.sender().len(), ch.receiver().len()), (2, 2, 2));
    assert_eq!((ch.cap(), ch.sender().cap(), ch.receiver().cap()), (3, 3, 3));
    ch.close();
    assert_eq!(ch.len(), 2, "close leaves what is buffered");
    let unbuffered = Chan::new();
    let _parked = Task::parked(unbuffered.send(1));
    assert_eq!((unbuffered.len(), unbuffered.cap()), (0, 0));
}

#[test]
#[allow(clippy::mutable_key_type, reason = "a handle's address, which is its key, never changes")]
fn handles_compare_and_hash_by_identity() {
    let (a, b): (Chan<i32>, Chan<i32>) = (Chan::new(), Chan::new());
    assert_eq!(a, a.clone());
    assert_ne!(a, b);
    assert_eq!(a, a.sender());
    assert_eq!(a, a.receiver());
    assert_ne!(a, b.receiver());
    assert_eq!(a.sender(), Sender::from(&a));
    assert_eq!(a.receiver(), Receiver::from(a.clone()));
    assert_eq!(Chan::<i32>::nil(), Chan::default());
    assert_ne!(Chan::<i32>::nil(), a);
    let set: HashSet<Chan<i32>> = [a.clone(), b.clone(), a.clone(), Chan::nil()].into_iter().collect();
    assert_eq!(set.len(), 3);
    let ordered: BTreeSet<Chan<i32>> = [b.clone(), a.clone(), b.clone()].into_iter().collect();
    assert_eq!(ordered.len(), 2);
    assert!(set.contains(&a) && ordered.contains(&b));
}

#[test]
fn a_handle_is_one_word() {
    assert_eq!(size_of::<Chan<[u64; 9]>>(), size_of::<usize>());
    assert_eq!(size_of::<Sender<()>>(), size_of::<usize>());
    assert_eq!(size_of::<Receiver<String>>(), size_of::<usize>());
}

#[test]
fn dropping_handles_neither_closes_nor_fails_anything() {
    let ch: Chan<i32> = Chan::new();
    let rx = ch.receiver();
    drop(ch);
    let mut recv = Task::parked(rx.recv());
    assert!(recv.poll().is_pending());
    assert_eq!(recv.wakes(), 0);
}

#[test]
fn values_that_nobody_received_are_dropped_with_the_channel() {
    let value = Arc::new(());
    let ch = Chan::buffered(3);
    now(ch.send(Arc::clone(&value)));
    now(ch.send(Arc::clone(&value)));
    assert_eq!(Arc::strong_count(&value), 3);
    drop(ch);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let ch = Chan::new();
    let mut recv = Task::parked(ch.recv());
    let first = Arc::clone(&recv.count);
    assert!(recv.poll_elsewhere().is_pending());
    now(ch.send(1));
    assert_eq!((first.wakes.load(Ordering::Relaxed), recv.wakes()), (0, 1));
    assert_eq!(recv.poll_elsewhere(), Poll::Ready(Some(1)));

    let mut send = Task::parked(ch.send(2));
    let first = Arc::clone(&send.count);
    assert!(send.poll_elsewhere().is_pending());
    assert_eq!(now(ch.recv()), Some(2));
    assert_eq!((first.wakes.load(Ordering::Relaxed), send.wakes()), (0, 1));
    assert_eq!(send.poll(), Poll::Ready(()));
}

#[test]
fn a_poll_too_many_is_an_error() {
    let ch = Chan::buffered(1);
    let mut send = Box::pin(ch.send(1));
    let mut recv = Box::pin(ch.recv());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(send.as_mut().poll(&mut cx).is_ready());
    assert!(recv.as_mut().poll(&mut cx).is_ready());
    assert!(catch_unwind(AssertUnwindSafe(|| send.as_mut().poll(&mut cx).is_ready())).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| recv.as_mut().poll(&mut cx).is_ready())).is_err());
}

#[test]
fn values_without_size() {
    let ch = Chan::buffered(4);
    for _ in 0..4 {
        now(ch.send(()));
    }
    let mut fifth = Task::parked(ch.send(()));
    assert_eq!((ch.len(), ch.cap()), (4, 4));
    assert_eq!(now(ch.recv()), Some(()));
    assert_eq!(fifth.poll(), Poll::Ready(()));
    assert_eq!(ch.len(), 4);
    let rendezvous: Chan<[u8; 0]> = Chan::new();
    let mut recv = Task::parked(rendezvous.recv());
    now(rendezvous.send([]));
    assert_eq!(recv.poll(), Poll::Ready(Some([])));
}

#[test]
fn a_huge_capacity_is_not_allocated_and_an_absurd_one_panics() {
    let ch: Chan<u8> = Chan::buffered(1 << 47);
    assert_eq!((ch.len(), ch.cap()), (0, 1 << 47));
    now(ch.send(7));
    assert_eq!(ch.try_recv(), Ok(7));
    let unsized_values: Chan<()> = Chan::buffered(1 << 40);
    now(unsized_values.send(()));
    assert_eq!((unsized_values.len(), unsized_values.cap()), (1, 1 << 40));
    for absurd in [(1 << 47) + 1, usize::MAX] {
        assert!(catch_unwind(|| Chan::<u8>::buffered(absurd)).is_err());
    }
    assert!(catch_unwind(|| Chan::<u64>::buffered((1 << 44) + 1)).is_err());
    assert_eq!(Chan::<u64>::buffered(1 << 44).cap(), 1 << 44);
}

#[test]
fn a_static_channel() {
    static LINE: Chan<i32> = Chan::buffered(2);
    now(LINE.send(1));
    let clone = LINE.clone();
    now(clone.send(2));
    assert_eq!(clone, LINE);
    assert_eq!([now(LINE.recv()), now(clone.recv())], [Some(1), Some(2)]);
}

#[test]
fn a_timers_channel_shows_no_buffer() {
    let ch = Chan::timer();
    assert_eq!((ch.len(), ch.cap()), (0, 0));
    assert_eq!(ch.try_send(1), Ok(()));
    assert_eq!(ch.try_send(2), Err(TrySendError { value: 2 }), "one value is kept");
    assert_eq!((ch.len(), ch.is_empty()), (0, true));
    assert_eq!(ch.try_recv(), Ok(1));
}

#[test]
fn waiting_receives_are_counted() {
    let ch: Chan<i32> = Chan::new();
    let first = Task::parked(ch.recv());
    let second = Task::parked(ch.recv());
    assert_eq!(ch.waiting_receivers(), 2);
    drop(first);
    assert_eq!(ch.waiting_receivers(), 1);
    now(ch.send(1));
    assert_eq!(ch.waiting_receivers(), 0);
    drop(second);
}

/// A poll of a stream.
fn next<T>(stream: &mut Receiver<T>, count: &Arc<Count>) -> Poll<Option<T>> {
    let waker = Waker::from(Arc::clone(count));
    Pin::new(stream).poll_next(&mut Context::from_waker(&waker))
}

#[test]
fn a_stream_of_a_channel() {
    for capacity in [0, 1] {
        let ch = Chan::buffered(capacity);
        let mut stream = ch.receiver();
        let count = Arc::default();
        assert!(next(&mut stream, &count).is_pending());
        assert!(next(&mut stream, &count).is_pending());
        let mut send = Box::pin(ch.send(1));
        let mut cx = Context::from_waker(Waker::noop());
        assert_eq!(send.as_mut().poll(&mut cx).is_ready(), capacity == 1);
        assert_eq!(count.wakes.load(Ordering::Relaxed), 1, "one wake for two polls with one waker");
        assert_eq!(next(&mut stream, &count), Poll::Ready(Some(1)));
        if capacity == 0 {
            assert!(send.as_mut().poll(&mut cx).is_ready());
        }
        assert!(next(&mut stream, &count).is_pending());
        ch.close();
        assert_eq!(count.wakes.load(Ordering::Relaxed), 2);
        assert_eq!(next(&mut stream, &count), Poll::Ready(None));
        assert_eq!(next(&mut stream, &count), Poll::Ready(None));
    }
}

#[test]
fn the_stream_of_nil_waits_for_ever() {
    let mut stream: Receiver<i32> = Receiver::default();
    let count = Arc::default();
    assert!(next(&mut stream, &count).is_pending());
    assert_eq!(count.wakes.load(Ordering::Relaxed), 0);
}

#[test]
fn blocking_forms_meet_across_threads() {
    let (ask, answer) = (Chan::new(), Chan::buffered(1));
    let thread = {
        let (ask, answer) = (ask.receiver(), answer.sender());
        std::thread::spawn(move || {
            while let Some(n) = ask.recv_blocking() {
                answer.send_blocking(n * 3);
            }
            answer.close();
        })
    };
    for n in 0..50 {
        ask.send_blocking(n);
        assert_eq!(answer.recv_blocking(), Some(n * 3));
    }
    ask.close();
    assert_eq!(answer.recv_blocking(), None);
    thread.join().expect("the thread ends");
}

#[test]
fn an_idle_channel_and_a_waiting_receive_are_small() {
    // A channel, and the two counts of its handles.
    assert!(size_of::<super::Core<u64>>() + 2 * size_of::<usize>() <= 128);
    assert!(size_of::<super::Recv<'_, u64>>() <= 104, "{}", size_of::<super::Recv<'_, u64>>());
}
