//! Go's `test/chan/nonblock.go`: a select with a default goes on exactly if a partner is there.

use std::fmt::Debug;

use go::prelude::*;

/// How often a goroutine gives way until its partner must have come.
const MAX_TRIES: usize = 10_000;

/// The element types' values.
trait Element: Clone + Default + Debug + PartialEq + Send + Sync + 'static {
    /// A value that is not zero.
    fn value() -> Self;
}

impl Element for i32 {
    fn value() -> i32 {
        321
    }
}

impl Element for i64 {
    fn value() -> i64 {
        -654_321
    }
}

impl Element for bool {
    fn value() -> bool {
        true
    }
}

impl Element for String {
    fn value() -> String {
        "good morning".to_owned()
    }
}

/// Receives one value when it is told to, and says that it did.
async fn receiver<T: Element>(ch: Receiver<T>, strobe: Chan<bool>) {
    let v = chan!(<-ch);
    assert_eq!(v, T::value());
    chan!(strobe <- true);
}

/// Sends one value, and says that it did.
async fn sender<T: Element>(ch: Sender<T>, strobe: Chan<bool>) {
    chan!(ch <- T::value());
    chan!(strobe <- true);
}

/// A receive if it can go on now.
async fn try_receive<T: Element>(ch: &Chan<T>) -> Option<T> {
    select! {
    case v := <-ch: Some(v)
    default: None
    }
}

/// A send if it can go on now.
async fn try_send<T: Element>(ch: &Chan<T>) -> bool {
    select! {
    case ch <- T::value(): true
    default: false
    }
}

/// Receives and sends for one element type.
async fn check<T: Element>(capacity: usize) {
    let ch = chan!(T, capacity);
    let strobe = chan!(bool, capacity);
    assert_eq!(try_receive(&ch).await, None, "nobody sends");
    if capacity == 0 {
        assert!(!try_send(&ch).await, "nobody receives");
    }

    go!(sender(ch.sender(), strobe));
    let mut tries = 0;
    let received = loop {
        match try_receive(&ch).await {
            Some(v) => break v,
            None => {
                tries += 1;
                assert!(tries < MAX_TRIES, "the sender does not come");
                runtime::gosched().await;
            }
        }
    };
    assert_eq!(received, T::value());
    chan!(<-strobe);

    go!(receiver(ch.receiver(), strobe));
    let mut tries = 0;
    while !try_send(&ch).await {
        tries += 1;
        assert!(tries < MAX_TRIES, "the receiver does not come");
        runtime::gosched().await;
    }
    chan!(<-strobe);
    assert_eq!(try_receive(&ch).await, None);
}

#[go::test]
async fn nonblock() {
    for capacity in [0, 1] {
        check::<i32>(capacity).await;
        check::<i64>(capacity).await;
        check::<bool>(capacity).await;
        check::<String>(capacity).await;
    }
}

#[go::test(real_time, workers = 2)]
async fn nonblock_on_two_workers() {
    for capacity in [0, 1] {
        check::<i32>(capacity).await;
        check::<String>(capacity).await;
    }
}
