//! Selects that face each other, other operations, and a drop.

use loom::thread;

use super::chan::channel;
use super::{block_on, block_on_changing, explore, poll_and_drop};
use crate::chan::Chan;
use crate::select;

/// A select that receives from `from` or sends `value` to `to`: what it received, or `None` if it sent.
async fn exchange(from: Chan<u32>, to: Chan<u32>, value: u32, send_first: bool) -> Option<u32> {
    let mut cases = if send_first {
        [select::send(&to, value), select::recv(&from)]
    } else {
        [select::recv(&from), select::send(&to, value)]
    };
    let chosen = select::cases(&mut cases).await;
    let received = cases[chosen].received();
    assert_eq!(received.is_none(), (chosen == 0) == send_first, "only a receive receives");
    received
}

#[test]
fn two_selects_facing_each_other() {
    for send_first in [false, true] {
        explore(4, move || {
            let (a, b) = (channel(0), channel(0));
            let other = {
                let (a, b) = (a.clone(), b.clone());
                thread::spawn(move || block_on(exchange(b, a, 1, false)))
            };
            let mine = block_on(exchange(a.clone(), b.clone(), 2, send_first));
            let theirs = other.join().expect("the other select ends");
            // One sent and the other received that very value.
            assert!(matches!((mine, theirs), (Some(1), None) | (None, Some(2))), "mine {mine:?}, theirs {theirs:?}");
        });
    }
}

#[test]
fn two_selects_facing_each_other_with_changing_wakers() {
    explore(4, || {
        let (a, b) = (channel(0), channel(0));
        let other = {
            let (a, b) = (a.clone(), b.clone());
            thread::spawn(move || block_on(exchange(b, a, 1, false)))
        };
        let mine = block_on_changing(exchange(a.clone(), b.clone(), 2, false));
        let theirs = other.join().expect("the other select ends");
        assert!(matches!((mine, theirs), (Some(1), None) | (None, Some(2))), "mine {mine:?}, theirs {theirs:?}");
    });
}

#[test]
fn one_of_two_senders_is_chosen() {
    explore(4, || {
        let (a, b) = (channel(0), channel(0));
        let senders: Vec<_> = [(a.clone(), 1), (b.clone(), 2)]
            .into_iter()
            .map(|(ch, value)| thread::spawn(move || ch.try_send(value).is_ok()))
            .collect();
        let selected = poll_and_drop(async {
            let mut cases = [select::recv(&a), select::recv(&b)];
            let chosen = select::cases(&mut cases).await;
            cases[chosen].received()
        });
        let sent: Vec<bool> = senders.into_iter().map(|sender| sender.join().expect("a sender ends")).collect();
        // At most one send met the select, and its value is with the select or, after the drop, in its channel.
        assert!(!(sent[0] && sent[1]), "one select served two sends");
        let left = [a.try_recv().ok(), b.try_recv().ok()];
        match selected {
            Some(value) => assert_eq!((value, left), (None, [None, None]), "nobody sends to a select that just came"),
            None => {
                assert_eq!(left[0].is_some(), sent[0]);
                assert_eq!(left[1].is_some(), sent[1]);
            }
        }
    });
}

#[test]
fn a_select_and_a_waiting_sender() {
    explore(4, || {
        let (a, b) = (channel(0), channel(1));
        let sender = {
            let a = a.clone();
            thread::spawn(move || block_on(a.send(5)))
        };
        let got = block_on_changing(async {
            let mut cases = [select::recv(&b), select::recv(&a)];
            let chosen = select::cases(&mut cases).await;
            (chosen, cases[chosen].received())
        });
        assert_eq!(got, (1, Some(5)));
        sender.join().expect("the sender ends");
    });
}

#[test]
fn close_ends_a_select() {
    explore(4, || {
        let (a, b) = (channel(0), channel(0));
        let closer = {
            let b = b.clone();
            thread::spawn(move || b.close())
        };
        let got = block_on_changing(async {
            let mut cases = [select::recv(&a), select::recv(&b)];
            let chosen = select::cases(&mut cases).await;
            (chosen, cases[chosen].received())
        });
        assert_eq!(got, (1, None));
        closer.join().expect("the closer ends");
    });
}

#[test]
fn a_select_does_not_meet_itself() {
    explore(4, || {
        let a = channel(0);
        let other = {
            let a = a.clone();
            thread::spawn(move || a.try_send(9).is_ok())
        };
        let got = poll_and_drop(exchange(a.clone(), a.clone(), 1, false));
        let sent = other.join().expect("the other ends");
        assert_eq!(got, None, "the select sent to itself");
        assert_eq!(a.try_recv().ok(), sent.then_some(9));
    });
}
