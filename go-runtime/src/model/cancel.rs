//! Futures dropped while a peer serves them.

use loom::thread;

use super::chan::channel;
use super::{block_on, explore, poll_and_drop};

#[test]
fn a_dropped_receive_gives_its_value_back() {
    explore(8, || {
        let ch = channel(0);
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || block_on(ch.send(5)))
        };
        let received = match poll_and_drop(ch.recv()) {
            Some(value) => value,
            // The value, if it was handed over between the poll and the drop, goes to the next receive.
            None => block_on(ch.recv()),
        };
        assert_eq!(received, Some(5));
        sender.join().expect("the sender ends");
    });
}

#[test]
fn a_dropped_receive_passes_its_value_to_a_parked_one() {
    explore(4, || {
        let ch = channel(0);
        let other = {
            let ch = ch.clone();
            thread::spawn(move || block_on(ch.recv()))
        };
        let sender = {
            let ch = ch.clone();
            thread::spawn(move || block_on(ch.send(6)))
        };
        let mine = poll_and_drop(ch.recv());
        sender.join().expect("the sender ends");
        if mine == Some(Some(6)) {
            // The other receive still waits.
            ch.close();
            assert_eq!(other.join().expect("the other receive ends"), None);
        } else {
            assert_eq!(mine, None);
            assert_eq!(other.join().expect("the other receive ends"), Some(6));
        }
    });
}

#[test]
fn a_dropped_send_has_sent_or_not() {
    explore(8, || {
        let ch = channel(0);
        let receiver = {
            let ch = ch.clone();
            thread::spawn(move || [block_on(ch.recv()), ch.try_recv().ok()])
        };
        let sent = poll_and_drop(ch.send(1)).is_some();
        // The receive must still be reachable, whether it took the dropped send's value or not: if it did, this value
        // is not needed and the channel is closed instead.
        let again = ch.try_send(2).is_ok();
        ch.close();
        let [first, second] = receiver.join().expect("the receiver ends");
        assert_eq!(second, None);
        match first {
            Some(1) => assert!(!again, "the only receive was served twice"),
            Some(2) => assert!(again && !sent),
            None => assert!(!again && !sent),
            Some(other) => panic!("nobody sent {other}"),
        }
    });
}

#[test]
fn a_send_dropped_behind_a_full_buffer() {
    explore(8, || {
        let ch = channel(1);
        assert!(ch.try_send(1).is_ok());
        let receiver = {
            let ch = ch.clone();
            thread::spawn(move || block_on(ch.recv()))
        };
        let sent = poll_and_drop(ch.send(2)).is_some();
        assert_eq!(receiver.join().expect("the receiver ends"), Some(1));
        match ch.try_recv() {
            Ok(value) => assert_eq!(value, 2),
            Err(_) => assert!(!sent, "a send that ended has sent"),
        }
        assert!(ch.try_recv().is_err());
    });
}
