//! Selects that are dropped or leaked, and cases that are used again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;

use super::super::{cases, recv, send};
use super::is_deserted;
use crate::chan::{Chan, TryRecvError};
use crate::waiter::hand::{Task, now};

#[test]
fn a_select_dropped_before_it_was_polled_does_nothing() {
    let (a, b) = (super::holding(&[1]), Chan::buffered(1));
    let mut all = [recv(&a), send(&b, 2)];
    drop(cases(&mut all));
    assert_eq!((all[0].received(), all[1].unsent()), (None, Some(2)));
    assert_eq!((a.len(), b.len()), (1, 0));
}

#[test]
fn a_select_dropped_while_parked_leaves_every_queue() {
    let (a, b) = (Chan::new(), Chan::new());
    let mut all = [recv(&a), send(&b, 2), recv(&b)];
    drop(Task::parked(cases(&mut all)));
    assert!(is_deserted(&a) && is_deserted(&b));
    assert!(a.try_send(1).is_err());
    assert_eq!(b.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(all[1].unsent(), Some(2));
}

#[test]
fn a_select_dropped_after_it_was_served_gives_the_value_to_the_next() {
    let (ch, other) = (Chan::new(), Chan::<&str>::new());
    let mut all = [recv(&other), recv(&ch)];
    let task = Task::parked(cases(&mut all));
    let mut next = Task::parked(ch.recv());
    now(ch.send("kept"));
    assert_eq!((task.wakes(), next.wakes()), (1, 0));
    drop(task);
    assert_eq!((next.wakes(), next.poll()), (1, Poll::Ready(Some("kept"))));
    assert_eq!(all[1].received(), None, "a dropped select has received nothing");
    assert!(is_deserted(&ch) && is_deserted(&other));
}

#[test]
fn values_given_back_by_selects_keep_their_order() {
    let (ch, other) = (Chan::new(), Chan::new());
    let mut first = [recv(&ch), recv(&other)];
    let mut second = [recv(&other), recv(&ch)];
    let one = Task::parked(cases(&mut first));
    let plain = Task::parked(ch.recv());
    let two = Task::parked(cases(&mut second));
    for i in 0..3 {
        now(ch.send(i));
    }
    drop(plain);
    drop(one);
    drop(two);
    assert_eq!([ch.try_recv(), ch.try_recv(), ch.try_recv()], [Ok(0), Ok(1), Ok(2)]);
}

#[test]
fn a_select_dropped_after_its_send_was_taken_has_sent() {
    let (a, b) = (Chan::new(), Chan::new());
    let mut all = [send(&a, 1), send(&b, 2)];
    let task = Task::parked(cases(&mut all));
    assert_eq!(b.try_recv(), Ok(2));
    drop(task);
    assert_eq!([all[0].unsent(), all[1].unsent()], [Some(1), None]);
    assert!(is_deserted(&a) && is_deserted(&b));
}

#[test]
fn unsent_values_are_dropped_with_their_cases() {
    let value = Arc::new(());
    let (a, b) = (Chan::new(), Chan::new());
    {
        let mut all = [send(&a, Arc::clone(&value)), send(&b, Arc::clone(&value))];
        drop(Task::parked(cases(&mut all)));
        assert_eq!(Arc::strong_count(&value), 3);
    }
    assert_eq!(Arc::strong_count(&value), 1);
    assert!(is_deserted(&a) && is_deserted(&b));
}

#[test]
fn a_loser_may_be_used_again() {
    let (a, b) = (Chan::new(), super::holding(&[1, 2]));
    let mut all = [recv(&a), recv(&b), send(&a, 9)];
    assert_eq!(now(cases(&mut all)), 1);
    assert_eq!(all[1].received(), Some(1));
    // A receive may be used again even if it was chosen, and what it received before does not come back.
    assert_eq!(now(cases(&mut all)), 1);
    let mut task = Task::parked(cases(&mut all));
    assert_eq!(a.try_recv(), Ok(9));
    assert_eq!(task.poll(), Poll::Ready(2));
    drop(task);
    assert_eq!(all[1].received(), None);
}

#[test]
fn a_send_without_its_value_is_refused() {
    let (a, b) = (Chan::buffered(1), Chan::<i32>::new());
    let mut all = [send(&a, 1), recv(&b)];
    assert_eq!(now(cases(&mut all)), 0);
    let refused = |all: &mut [_; 2]| {
        let panic = catch_unwind(AssertUnwindSafe(|| drop(cases(all)))).expect_err("refused");
        *panic.downcast_ref::<&str>().expect("a text")
    };
    assert_eq!(refused(&mut all), "a send that has sent its value is a case of another select");
    // Taken while parked, and the select dropped before it knew.
    assert_eq!(a.try_recv(), Ok(1));
    let mut all = [send(&b, 2), recv(&a)];
    let task = Task::parked(cases(&mut all));
    assert_eq!(b.try_recv(), Ok(2));
    drop(task);
    assert_eq!(refused(&mut all), "a send that has sent its value is a case of another select");
}

#[test]
fn what_was_not_taken_is_not_dropped_under_a_lock() {
    /// Looks at its own channel when it goes.
    struct Nosy {
        ch: Option<Chan<Nosy>>,
    }
    impl Drop for Nosy {
        fn drop(&mut self) {
            if let Some(ch) = &self.ch {
                assert!(ch.len() <= 2);
            }
        }
    }
    let ch = Chan::buffered(2);
    for _ in 0..2 {
        assert!(ch.try_send(Nosy { ch: Some(ch.clone()) }).is_ok());
    }
    let mut all = [recv(&ch)];
    for _ in 0..2 {
        // The second round drops what the first one received and nobody took.
        assert_eq!(now(cases(&mut all)), 0);
    }
    let mut unsent = [send(&ch, Nosy { ch: Some(ch.clone()) })];
    assert_eq!(now(cases(&mut unsent)), 0);
    drop(ch.try_recv());
    ch.close();
    assert!(catch_unwind(AssertUnwindSafe(|| now(cases(&mut [send(&ch, Nosy { ch: Some(ch.clone()) })])))).is_err());
}

#[test]
fn a_leaked_select_keeps_no_case() {
    let (a, b) = (Chan::new(), Chan::new());
    let mut all = [recv(&a), send(&b, 1), recv(&b)];
    // Safe code may do so: the select's memory stays, its queues hold it for ever, and the cases are free again.
    std::mem::forget(Task::parked(cases(&mut all)));
    let mut task = Task::parked(cases(&mut all));
    assert!(!is_deserted(&a));
    assert_eq!(a.waiting_receivers(), 1, "queued once");
    now(a.send(5));
    assert_eq!(task.poll(), Poll::Ready(0));
    drop(task);
    assert_eq!(all[0].received(), Some(5));
    assert!(is_deserted(&a) && is_deserted(&b));
    // Served while leaked: the value goes on.
    std::mem::forget(Task::parked(cases(&mut all)));
    now(a.send(6));
    drop(all);
    assert_eq!(a.try_recv(), Ok(6));
    assert!(is_deserted(&a) && is_deserted(&b));
}
