//! Go's `test/chan/select7.go`: a send finds a receiver that has parked, whatever the forms of both.

use go::prelude::*;

/// What all of them carry.
const VALUE: i32 = 7;

/// A plain receive, a select of one case, a select of two.
async fn receive(form: usize, ch: Receiver<i32>) -> i32 {
    let other = chan!(i32);
    match form {
        0 => chan!(<-ch),
        1 => select! { case v := <-ch: v },
        _ => select! {
            case v := <-ch: v
            case v := <-other: v - 1
        },
    }
}

/// The same for a send.
async fn send(form: usize, ch: Sender<i32>) {
    let other = chan!(i32);
    match form {
        0 => chan!(ch <- VALUE),
        1 => select! { case ch <- VALUE: },
        _ => select! {
            case ch <- VALUE:
            case other <- VALUE + 1: unreachable!()
        },
    }
}

#[go::test]
async fn select7() {
    for receiving in 0..3 {
        for sending in 0..3 {
            let (ch, result) = (chan!(i32), chan!(i32));
            go! { result <- receive(receiving, ch.receiver()).await; }
            runtime::gosched().await;
            send(sending, ch.sender()).await;
            assert_eq!(chan!(<-result), VALUE, "receive {receiving}, send {sending}");
        }
    }
}
