//! Selects with a future, which are busy while they poll it: whoever passes by is found.

use std::future::{Future, pending, poll_fn};
use std::panic::Location;
use std::pin::pin;
use std::task::Poll;

use loom::thread;

use super::chan::channel;
use super::{block_on, block_on_changing, explore, next, poll_and_drop};
use crate::chan::Chan;
use crate::select::engine::select;
use crate::select::future::FutureCase;
use crate::select::recv::{RecvCase, RecvOutput};
use crate::select::send::SendCase;
use crate::select::storage::cases_of;

/// A select that receives from `ch` and waits for a future that never ends.
async fn receive(ch: Chan<u32>) -> Option<u32> {
    let place = Location::caller();
    let mut recv = pin!(RecvCase::new(ch.core(), &ch, place));
    let mut never = pin!(FutureCase::new(pending::<()>(), place));
    let chosen = select(cases_of::<2>().case(recv.as_mut()).case(never.as_mut())).await;
    assert_eq!(chosen, 0);
    recv.output().and_then(RecvOutput::received)
}

/// A select that sends to `ch` and waits for a future that never ends.
async fn send(ch: Chan<u32>, value: u32) {
    let place = Location::caller();
    let mut send = pin!(SendCase::new(ch.core(), &ch, value, place));
    let mut never = pin!(FutureCase::new(pending::<()>(), place));
    let chosen = select(cases_of::<2>().case(never.as_mut()).case(send.as_mut())).await;
    assert_eq!((chosen, send.output()), (1, Some(())));
}

#[test]
fn a_busy_receive_finds_a_sender() {
    for capacity in [0, 1] {
        explore(4, move || {
            let ch = channel(capacity);
            let sender = {
                let ch = ch.clone();
                thread::spawn(move || block_on(ch.send(5)))
            };
            assert_eq!(block_on_changing(receive(ch)), Some(5));
            sender.join().expect("the sender ends");
        });
    }
}

#[test]
fn a_busy_receive_finds_a_close() {
    explore(4, || {
        let ch = channel(0);
        let closer = {
            let ch = ch.clone();
            thread::spawn(move || ch.close())
        };
        assert_eq!(block_on_changing(receive(ch)), None);
        closer.join().expect("the closer ends");
    });
}

#[test]
fn a_busy_send_finds_a_receiver() {
    explore(4, || {
        let ch = channel(0);
        let receiver = {
            let ch = ch.clone();
            thread::spawn(move || block_on(ch.recv()))
        };
        block_on_changing(send(ch, 6));
        assert_eq!(receiver.join().expect("the receiver ends"), Some(6));
    });
}

#[test]
fn a_busy_send_finds_a_stream() {
    explore(3, || {
        let ch = channel(0);
        let receiver = {
            let mut stream = ch.receiver();
            thread::spawn(move || block_on(next(&mut stream)))
        };
        block_on_changing(send(ch, 7));
        assert_eq!(receiver.join().expect("the receiver ends"), Some(7));
    });
}

#[test]
fn two_busy_selects_meet() {
    explore(3, || {
        let ch = channel(0);
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || block_on_changing(send(ch, 8)))
        };
        assert_eq!(block_on_changing(receive(ch)), Some(8));
        sender.join().expect("the sender ends");
    });
}

#[test]
fn a_busy_select_that_is_dropped_holds_nothing() {
    explore(4, || {
        let ch = channel(0);
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || ch.try_send(9).is_ok())
        };
        let received = poll_and_drop(async {
            // Pending once, so that the select is queued and then busy.
            let mut select = pin!(receive(ch.clone()));
            let mut polls = 0;
            poll_fn(|cx| {
                polls += 1;
                let polled = select.as_mut().poll(cx);
                if polls < 3 && polled.is_pending() { select.as_mut().poll(cx) } else { polled }
            })
            .await
        });
        let sent = sender.join().expect("the sender ends");
        match received {
            Some(value) => assert_eq!((value, sent), (Some(9), true)),
            None => assert_eq!(ch.try_recv().ok(), sent.then_some(9)),
        }
    });
}

#[test]
fn a_future_that_ends_leaves_the_value_to_others() {
    explore(4, || {
        let ch = channel(0);
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || ch.try_send(3).is_ok())
        };
        let place = Location::caller();
        let mut polls = 0;
        let (chosen, received) = block_on_changing(async {
            let mut recv = pin!(RecvCase::new(ch.core(), &ch, place));
            let mut second = pin!(FutureCase::new(
                poll_fn(|cx| {
                    polls += 1;
                    if polls == 2 {
                        return Poll::Ready(());
                    }
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }),
                place,
            ));
            let chosen = select(cases_of::<2>().case(recv.as_mut()).case(second.as_mut())).await;
            (chosen, recv.output().and_then(RecvOutput::received))
        });
        let sent = sender.join().expect("the sender ends");
        // Either the select was served, or the send found nobody: no value is left in between.
        assert_eq!((chosen == 0, received), (sent, sent.then_some(3)));
        assert!(ch.try_recv().is_err());
    });
}
