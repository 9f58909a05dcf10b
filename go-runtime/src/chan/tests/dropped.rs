//! Futures that are dropped: nothing is lost, doubled or out of order.

use std::sync::Arc;
use std::task::Poll;

use crate::chan::{Chan, TryRecvError, TrySendError};
use crate::waiter::hand::{Task, now};

/// Every order of `n` things.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in orders(n - 1) {
        for at in 0..n {
            let mut longer = shorter.clone();
            longer.insert(at, n - 1);
            all.push(longer);
        }
    }
    all
}

#[test]
fn a_receive_dropped_before_it_was_polled_does_nothing() {
    let ch = Chan::buffered(1);
    now(ch.send(1));
    drop(ch.recv());
    assert_eq!(ch.try_recv(), Ok(1));
}

#[test]
fn a_receive_dropped_while_parked_leaves_the_queue() {
    let ch = Chan::new();
    let mut first = Task::parked(ch.recv());
    let second = Task::parked(ch.recv());
    let mut third = Task::parked(ch.recv());
    drop(second);
    assert_eq!((ch.try_send(1), ch.try_send(2)), (Ok(()), Ok(())));
    assert!(ch.try_send(3).is_err());
    assert_eq!((first.poll(), third.poll()), (Poll::Ready(Some(1)), Poll::Ready(Some(2))));
}

#[test]
fn a_receive_dropped_after_it_was_served_gives_the_value_to_the_next() {
    let ch = Chan::new();
    let first = Task::parked(ch.recv());
    let mut second = Task::parked(ch.recv());
    now(ch.send("kept"));
    assert_eq!((first.wakes(), second.wakes()), (1, 0));
    drop(first);
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.poll(), Poll::Ready(Some("kept")));
}

#[test]
fn a_value_given_back_comes_before_what_was_sent_later() {
    for capacity in [0, 1, 2] {
        let ch = Chan::buffered(capacity);
        let parked = Task::parked(ch.recv());
        now(ch.send(1));
        let mut later = Vec::new();
        for i in 0..capacity {
            now(ch.send(2 + i));
        }
        later.push(Task::parked(ch.send(2 + capacity)));
        drop(parked);
        for i in 0..capacity + 2 {
            assert_eq!(ch.try_recv(), Ok(1 + i));
        }
        assert_eq!(ch.try_recv(), Err(TryRecvError::Empty));
        assert_eq!(later[0].poll(), Poll::Ready(()));
    }
}

#[test]
fn a_value_given_back_after_the_close_still_arrives() {
    let ch = Chan::new();
    let parked = Task::parked(ch.recv());
    now(ch.send(1));
    ch.close();
    drop(parked);
    assert_eq!(now(ch.recv()), Some(1));
    assert_eq!(now(ch.recv()), None);
}

#[test]
fn a_send_dropped_before_it_was_polled_sends_nothing() {
    let ch = Chan::buffered(1);
    drop(ch.send(1));
    assert_eq!(ch.try_recv(), Err(TryRecvError::Empty));
}

#[test]
fn a_send_dropped_while_parked_takes_its_value_along() {
    let value = Arc::new(());
    let ch = Chan::new();
    let first = Task::parked(ch.send(Arc::clone(&value)));
    let mut second = Task::parked(ch.send(Arc::clone(&value)));
    drop(first);
    assert_eq!(Arc::strong_count(&value), 2);
    assert!(ch.try_recv().is_ok());
    assert_eq!(second.poll(), Poll::Ready(()));
    assert_eq!(ch.try_recv(), Err(TryRecvError::Empty));
}

#[test]
fn a_send_dropped_after_it_was_served_has_sent() {
    let ch = Chan::buffered(1);
    now(ch.send(1));
    let parked = Task::parked(ch.send(2));
    assert_eq!(ch.try_recv(), Ok(1));
    drop(parked);
    assert_eq!(ch.try_recv(), Ok(2));
}

#[test]
fn values_given_back_keep_their_order_however_they_come_back() {
    for capacity in [0, 1, 2, 5] {
        for order in orders(4) {
            let ch = Chan::buffered(capacity);
            let mut parked: Vec<_> = (0..4).map(|_| Some(Task::parked(ch.recv()))).collect();
            for i in 0..4 + capacity {
                now(ch.send(i));
            }
            let later = Task::parked(ch.send(4 + capacity));
            for at in &order {
                parked[*at] = None;
            }
            for i in 0..5 + capacity {
                assert_eq!(ch.try_recv(), Ok(i), "capacity {capacity}, dropped in the order {order:?}");
            }
            assert_eq!(later.wakes(), 1);
            assert_eq!(ch.try_recv(), Err(TryRecvError::Empty));
        }
    }
}

#[test]
fn a_value_given_back_between_others_that_were_received() {
    let ch = Chan::new();
    let mut parked: Vec<_> = (0..5).map(|_| Some(Task::parked(ch.recv()))).collect();
    for i in 0..5 {
        now(ch.send(i));
    }
    parked[3] = None;
    parked[1] = None;
    assert_eq!(ch.try_recv(), Ok(1));
    parked[4] = None;
    parked[0] = None;
    assert_eq!([ch.try_recv(), ch.try_recv(), ch.try_recv()], [Ok(0), Ok(3), Ok(4)]);
    // What was returned is forgotten: the next value is an ordinary one.
    let again = Task::parked(ch.recv());
    now(ch.send(5));
    drop(again);
    let mut waiting = Task::parked(ch.send(6));
    assert_eq!([ch.try_recv(), ch.try_recv()], [Ok(5), Ok(6)]);
    assert_eq!(waiting.poll(), Poll::Ready(()));
    assert_eq!(parked[2].as_mut().map(Task::poll), Some(Poll::Ready(Some(2))));
}

#[test]
fn a_value_handed_on_keeps_its_place() {
    let ch = Chan::new();
    let first = Task::parked(ch.recv());
    let second = Task::parked(ch.recv());
    now(ch.send(0));
    now(ch.send(1));
    let third = Task::parked(ch.recv());
    // The second value goes to the third receive and comes back from there, before the first one does.
    drop(second);
    assert_eq!(third.wakes(), 1);
    drop(third);
    drop(first);
    assert_eq!([ch.try_recv(), ch.try_recv()], [Ok(0), Ok(1)]);
}

#[test]
fn a_value_given_back_takes_its_place_in_the_buffer() {
    let ch = Chan::buffered(2);
    let parked = Task::parked(ch.recv());
    now(ch.send(0));
    now(ch.send(1));
    assert_eq!(ch.len(), 1);
    drop(parked);
    assert_eq!(ch.len(), 2);
    assert_eq!(ch.try_send(2), Err(TrySendError { value: 2 }), "two values fill the buffer");
    let unbuffered = Chan::new();
    let parked = Task::parked(unbuffered.recv());
    now(unbuffered.send(0));
    drop(parked);
    assert_eq!((unbuffered.len(), unbuffered.cap()), (0, 0), "an unbuffered channel shows no buffer");
    assert_eq!(unbuffered.try_recv(), Ok(0));
}
