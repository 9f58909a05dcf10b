//! A close against operations that wait or come.

use std::panic::{AssertUnwindSafe, catch_unwind};

use loom::thread;

use super::chan::channel;
use super::{block_on, block_on_changing, explore};
use crate::runtime::Error;

/// Whether a send panicked with Go's text.
fn panicked(send: impl FnOnce()) -> bool {
    match catch_unwind(AssertUnwindSafe(send)) {
        Ok(()) => false,
        Err(payload) => {
            let error = payload.downcast_ref::<Error>().expect("a run-time error of Go's");
            assert_eq!(error.to_string(), "send on closed channel");
            true
        }
    }
}

#[test]
fn close_ends_a_receive() {
    explore(8, || {
        let ch = channel(0);
        let closer = {
            let ch = ch.clone();
            thread::spawn(move || ch.close())
        };
        assert_eq!(block_on_changing(ch.recv()), None);
        closer.join().expect("the closer ends");
    });
}

#[test]
fn close_ends_two_receives() {
    explore(4, || {
        let ch = channel(0);
        let receiver = {
            let ch = ch.clone();
            thread::spawn(move || block_on(ch.recv()))
        };
        let closer = {
            let ch = ch.clone();
            thread::spawn(move || ch.close())
        };
        assert_eq!(block_on(ch.recv()), None);
        assert_eq!(receiver.join().expect("the receiver ends"), None);
        closer.join().expect("the closer ends");
    });
}

#[test]
fn close_ends_a_send_with_a_panic() {
    explore(8, || {
        let ch = channel(0);
        let closer = {
            let ch = ch.clone();
            thread::spawn(move || ch.close())
        };
        assert!(panicked(|| block_on_changing(ch.send(1))));
        closer.join().expect("the closer ends");
        assert!(ch.try_recv().is_err());
    });
}

#[test]
fn what_was_sent_before_the_close_arrives() {
    explore(8, || {
        let ch = channel(1);
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || {
                block_on(ch.send(77));
                ch.close();
            })
        };
        assert_eq!(block_on_changing(ch.recv()), Some(77));
        assert_eq!(block_on(ch.recv()), None);
        sender.join().expect("the sender ends");
    });
}

#[test]
fn a_value_is_received_or_its_sender_panics() {
    explore(4, || {
        let ch = channel(0);
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || panicked(|| block_on(ch.send(12))))
        };
        let closer = {
            let ch = ch.clone();
            thread::spawn(move || ch.close())
        };
        let received = block_on(ch.recv());
        let refused = sender.join().expect("the sender ends");
        closer.join().expect("the closer ends");
        assert_eq!(received, if refused { None } else { Some(12) });
    });
}
