//! A stream looks again whenever a value may be there.

use loom::thread;

use super::chan::channel;
use super::{block_on, explore, next, parked};

#[test]
fn a_stream_and_a_sender() {
    for capacity in [0, 1] {
        explore(5, move || {
            let ch = channel(capacity);
            let mut stream = ch.receiver();
            let sender = thread::spawn(move || block_on(ch.send(1)));
            assert_eq!(block_on(next(&mut stream)), Some(1));
            sender.join().expect("the sender ends");
        });
    }
}

#[test]
fn a_stream_and_a_close() {
    explore(6, || {
        let ch = channel(0);
        let mut stream = ch.receiver();
        let closer = thread::spawn(move || ch.close());
        assert_eq!(block_on(next(&mut stream)), None);
        closer.join().expect("the closer ends");
    });
}

#[test]
fn two_streams_and_one_value_each() {
    explore(2, || {
        let ch = channel(0);
        let other = {
            let mut stream = ch.receiver();
            thread::spawn(move || block_on(next(&mut stream)).expect("the channel is open"))
        };
        let mut stream = ch.receiver();
        let sender = thread::spawn(move || {
            block_on(ch.send(1));
            block_on(ch.send(2));
        });
        let mine = block_on(next(&mut stream)).expect("the channel is open");
        assert_eq!(mine + other.join().expect("the other ends"), 3);
        sender.join().expect("the sender ends");
    });
}

#[test]
fn a_stream_and_a_value_given_back() {
    explore(5, || {
        let ch = channel(0);
        let mut stream = ch.receiver();
        // The future borrows a handle that lives as long as the model's other thread.
        let giver = thread::spawn(move || {
            let recv = parked(ch.recv());
            assert!(ch.try_send(5).is_ok());
            drop(recv);
        });
        assert_eq!(block_on(next(&mut stream)), Some(5));
        giver.join().expect("the giver ends");
    });
}
