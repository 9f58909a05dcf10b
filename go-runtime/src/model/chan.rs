//! Values through a channel.

use loom::thread;

use super::{block_on, block_on_changing, explore};
use crate::chan::Chan;

/// A channel that loom knows before the threads start.
pub(super) fn channel(capacity: usize) -> Chan<u32> {
    let ch = Chan::buffered(capacity);
    assert_eq!((ch.len(), ch.waiting_receivers()), (0, 0));
    ch
}

#[test]
fn unbuffered_hand_off() {
    explore(8, || {
        let ch = channel(0);
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || block_on(ch.send(41)))
        };
        assert_eq!(block_on(ch.recv()), Some(41));
        sender.join().expect("the sender ends");
    });
}

#[test]
fn unbuffered_two_values_in_order() {
    explore(4, || {
        let ch = channel(0);
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || {
                block_on(ch.send(1));
                block_on(ch.send(2));
            })
        };
        assert_eq!(block_on(ch.recv()), Some(1));
        assert_eq!(block_on(ch.recv()), Some(2));
        sender.join().expect("the sender ends");
    });
}

#[test]
fn the_waker_changes_while_a_peer_comes() {
    explore(8, || {
        let ch = channel(0);
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || block_on(ch.send(7)))
        };
        assert_eq!(block_on_changing(ch.recv()), Some(7));
        sender.join().expect("the sender ends");
    });
    explore(8, || {
        let ch = channel(0);
        let receiver = {
            let ch = ch.clone();
            thread::spawn(move || block_on(ch.recv()))
        };
        block_on_changing(ch.send(8));
        assert_eq!(receiver.join().expect("the receiver ends"), Some(8));
    });
}

#[test]
fn both_wakers_change() {
    explore(4, || {
        let ch = channel(0);
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || block_on_changing(ch.send(9)))
        };
        assert_eq!(block_on_changing(ch.recv()), Some(9));
        sender.join().expect("the sender ends");
    });
}

#[test]
fn buffered_with_two_senders() {
    explore(4, || {
        let ch = channel(1);
        let senders: Vec<_> = [10, 20]
            .into_iter()
            .map(|value| {
                let ch = ch.clone();
                thread::spawn(move || block_on(ch.send(value)))
            })
            .collect();
        let mut sum = 0;
        for _ in 0..2 {
            sum += block_on(ch.recv()).expect("the channel is open");
        }
        assert_eq!(sum, 30);
        for sender in senders {
            sender.join().expect("a sender ends");
        }
        assert_eq!((ch.len(), ch.waiting_receivers()), (0, 0));
    });
}

#[test]
fn one_sender_two_receivers() {
    explore(3, || {
        let ch = channel(0);
        let receiver = {
            let ch = ch.clone();
            thread::spawn(move || block_on(ch.recv()).expect("the channel is open"))
        };
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || {
                block_on(ch.send(3));
                block_on(ch.send(4));
            })
        };
        let mine = block_on(ch.recv()).expect("the channel is open");
        let theirs = receiver.join().expect("the receiver ends");
        assert_eq!(mine + theirs, 7);
        sender.join().expect("the sender ends");
    });
}

#[test]
fn a_try_send_reaches_a_parked_receive_or_nobody() {
    explore(8, || {
        let ch = channel(0);
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || {
                let tried = ch.try_send(5).is_ok();
                if !tried {
                    block_on(ch.send(6));
                }
                tried
            })
        };
        let got = block_on_changing(ch.recv());
        let tried = sender.join().expect("the sender ends");
        assert_eq!(got, Some(if tried { 5 } else { 6 }));
    });
}
