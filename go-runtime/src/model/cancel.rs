//! Futures dropped while a peer serves them.

use loom::thread;

use super::chan::channel;
use super::{block_on, block_on_changing, explore, parked, poll_and_drop};
use crate::select;

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

#[test]
fn a_value_given_back_meets_a_new_receive() {
    for through_select in [false, true] {
        explore(5, move || {
            let ch = channel(0);
            let receiver = {
                let ch = ch.clone();
                thread::spawn(move || {
                    if through_select {
                        let mut cases = [select::recv(&ch)];
                        block_on_changing(select::cases(&mut cases));
                        cases[0].received()
                    } else {
                        block_on(ch.recv())
                    }
                })
            };
            // Served by this thread's own send or, if the other receive came first, still waiting.
            let mine = parked(ch.recv());
            let sent = ch.try_send(4);
            drop(mine);
            assert!(sent.is_ok(), "two receives wait or one");
            assert_eq!(receiver.join().expect("the receiver ends"), Some(4));
        });
    }
}

#[test]
fn two_values_given_back_at_once_keep_their_order() {
    explore(5, || {
        let ch = channel(0);
        // Futures that own their handles, to be dropped on two threads.
        let [first, second] = [ch.clone(), ch.clone()].map(|ch| parked(async move { ch.recv().await }));
        assert!(ch.try_send(1).is_ok() && ch.try_send(2).is_ok());
        let dropper = thread::spawn(move || drop(second));
        drop(first);
        dropper.join().expect("the dropper ends");
        assert_eq!([ch.try_recv(), ch.try_recv()], [Ok(1), Ok(2)]);
    });
}

#[test]
fn a_select_dropped_while_one_channel_closes_and_another_sends() {
    explore(3, || {
        let (a, b) = (channel(0), channel(0));
        let closer = {
            let b = b.clone();
            thread::spawn(move || b.close())
        };
        let sender = {
            let a = a.clone();
            thread::spawn(move || a.try_send(7).is_ok())
        };
        let selected = poll_and_drop(async {
            let mut cases = [select::recv(&a), select::recv(&b)];
            let chosen = select::cases(&mut cases).await;
            (chosen, cases[chosen].received())
        });
        closer.join().expect("the closer ends");
        let sent = sender.join().expect("the sender ends");
        // A select that was served by the close has taken nothing; one that was served by the send gives it back.
        assert!(matches!(selected, None | Some((1, None))));
        assert_eq!(a.try_recv().ok(), sent.then_some(7));
    });
}
