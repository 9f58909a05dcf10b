//! Go's `test/typeparam/chans.go`: generic code on channels.

use go::prelude::*;

/// Values that all of this can carry.
trait Value: Clone + Default + Send + Sync + 'static {}

impl<T: Clone + Default + Send + Sync + 'static> Value for T {}

/// Everything that comes until the channel is closed.
async fn read_all<T: Value>(c: Receiver<T>) -> Vec<T> {
    let mut all = Vec::new();
    while let Some(v) = c.recv().await {
        all.push(v);
    }
    all
}

/// Both channels' values on one.
fn merge<T: Value>(c1: &Receiver<T>, c2: &Receiver<T>) -> Receiver<T> {
    let merged = chan!(T);
    let (c1, c2, out) = (c1.clone(), c2.clone(), merged.clone());
    go!(move {
        defer!(out.close());
        let (mut c1, mut c2) = (c1, c2);
        while !c1.is_nil() || !c2.is_nil() {
            select! {
            case v, ok := <-c1:
                if ok {
                    out <- v;
                } else {
                    c1 = Receiver::default();
                }
            case v, ok := <-c2:
                if ok {
                    out <- v;
                } else {
                    c2 = Receiver::default();
                }
            }
        }
    });
    merged.receiver()
}

/// The values that `keep` takes.
fn filter<T: Value>(c: &Receiver<T>, keep: impl Fn(&T) -> bool + Send + Sync + 'static) -> Receiver<T> {
    let filtered = chan!(T);
    let (c, out) = (c.clone(), filtered.clone());
    go!(move {
        while let Some(v) = c.recv().await {
            if keep(&v) {
                out <- v;
            }
        }
        out.close();
    });
    filtered.receiver()
}

/// A channel that takes everything and keeps nothing.
fn sink<T: Value>() -> Sender<T> {
    let ch = chan!(T);
    let input = ch.receiver();
    go! {
        while input.recv().await.is_some() {}
    }
    ch.sender()
}

/// A value that one goroutine at a time may have.
struct Exclusive<T> {
    /// Holds the value while nobody has it.
    c: Chan<T>,
}

impl<T: Value> Exclusive<T> {
    /// Makes `value` exclusive.
    fn new(value: T) -> Exclusive<T> {
        let c = chan!(T, 1);
        assert!(c.try_send(value).is_ok());
        Exclusive { c }
    }

    /// Takes the value, waiting for it.
    async fn acquire(&self) -> T {
        chan!(<-self.c)
    }

    /// Takes the value if nobody has it.
    async fn try_acquire(&self) -> Option<T> {
        select! {
        case v := <-self.c: Some(v)
        default: None
        }
    }

    /// Gives the value back.
    async fn release(&self, value: T) {
        select! {
        case self.c <- value:
        default: panic!("nobody had it");
        }
    }
}

/// A sender and a receiver each of which learns that the other one has gone.
fn ranger<T: Value>() -> (RangeSender<T>, RangeReceiver<T>) {
    let (c, gone) = (chan!(T), chan!(bool));
    (RangeSender { c: c.sender(), gone: gone.receiver() }, RangeReceiver { c: c.receiver(), gone: gone.sender() })
}

/// The sending side.
struct RangeSender<T> {
    /// Carries the values.
    c: Sender<T>,
    /// Closed once the receiver has gone.
    gone: Receiver<bool>,
}

impl<T: Value> RangeSender<T> {
    /// Sends, unless nobody will ever receive.
    async fn send(&self, v: T) -> bool {
        select! {
        case self.c <- v: true
        case <-self.gone: false
        }
    }
}

/// The receiving side.
struct RangeReceiver<T> {
    /// Carries the values.
    c: Receiver<T>,
    /// Closed when this goes.
    gone: Sender<bool>,
}

impl<T> Drop for RangeReceiver<T> {
    fn drop(&mut self) {
        self.gone.close();
    }
}

#[go::test]
async fn TestReadAll() {
    let c = chan!(u8);
    go! {
        for v in [4, 2, 5, 1] {
            c <- v;
        }
        c.close();
    }
    assert_eq!(read_all(c.receiver()).await, [4, 2, 5, 1]);
}

#[go::test]
async fn TestMerge() {
    let (c1, c2) = (chan!(i32), chan!(i32));
    go! {
        for v in [1, 3, 5] {
            c1 <- v;
        }
        c1.close();
    }
    go! {
        for v in [2, 4, 6, 8] {
            c2 <- v;
        }
        c2.close();
    }
    let mut all = read_all(merge(&c1.receiver(), &c2.receiver())).await;
    all.sort_unstable();
    assert_eq!(all, [1, 2, 3, 4, 5, 6, 8]);
}

#[go::test]
async fn TestFilter() {
    let c = chan!(i32);
    go! {
        for v in 0..9 {
            c <- v;
        }
        c.close();
    }
    assert_eq!(read_all(filter(&c.receiver(), |v| v % 4 == 0)).await, [0, 4, 8]);
}

#[go::test]
async fn TestSink() {
    let c = sink();
    for v in 0..20 {
        chan!(c <- v);
    }
    c.close();
}

#[go::test]
async fn TestExclusive() {
    let ex = Exclusive::new(30);
    assert_eq!(ex.acquire().await, 30);
    assert_eq!(ex.try_acquire().await, None);
    ex.release(31).await;
    assert_eq!(ex.try_acquire().await, Some(31));
    ex.release(32).await;
    assert_eq!(ex.acquire().await, 32);
}

#[go::test]
async fn TestRanger() {
    let (sender, receiver) = ranger::<String>();
    let done = chan!(usize);
    go!(move sender {
        let mut sent = 0;
        while sender.send(format!("number {sent}")).await {
            sent += 1;
        }
        done <- sent;
    });
    for i in 0..5 {
        assert_eq!(receiver.c.recv().await, Some(format!("number {i}")));
    }
    drop(receiver);
    assert_eq!(chan!(<-done), 5);
}
