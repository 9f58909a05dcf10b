//! Go's `test/chan/sendstmt.go`: how `<-` binds on both sides of a send.

use go::prelude::*;

#[go::test]
async fn chancell() {
    // `case <-cc <- 2` sends 2 on the channel that `cc` yields.
    let ch = chan!(i32, 1);
    let cc = chan!(Chan<i32>, 1);
    chan!(cc <- ch.clone());
    select! {
    case <-cc <- 2:
    default: panic!("the channel has room");
    }
    assert_eq!(chan!(<-ch), 2);
    chan!(cc <- ch.clone());
    chan!(<-cc <- 3);
    assert_eq!(chan!(<-ch), 3);
}

#[go::test]
async fn chanlast() {
    // The whole of the right side is sent.
    let ch = chan!(bool, 1);
    let (yes, no) = (true, false);
    chan!(ch <- no || yes);
    assert!(chan!(<-ch));
    select! {
    case ch <- yes && no:
    default: panic!("the channel has room");
    }
    assert!(!chan!(<-ch));
    let numbers = chan!(i32, 1);
    chan!(numbers <- 1 + 2 * 3);
    assert_eq!(chan!(<-numbers), 7);
}
