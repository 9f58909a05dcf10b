//! Go's `runtime/chan_test.go` and `runtime/chanbarrier_test.go`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use go::prelude::*;

/// Gives the others time to get where they wait.
async fn settle() {
    for _ in 0..20 {
        runtime::gosched().await;
    }
}

/// The properties of one capacity.
async fn check_capacity(capacity: usize) {
    // A receive from an empty channel waits; so does one in a select.
    let c = chan!(usize, capacity);
    let woken = Arc::new(AtomicUsize::new(0));
    go! {
        <-c;
        woken.fetch_add(1, Ordering::Relaxed);
    }
    go! {
        select! {
        case <-c: {
            woken.fetch_add(1, Ordering::Relaxed);
        }
        }
    }
    settle().await;
    assert_eq!(woken.load(Ordering::Relaxed), 0);
    select! {
    case <-c: panic!("received from an empty channel");
    default:
    }
    chan!(c <- 0);
    chan!(c <- 0);
    settle().await;
    assert_eq!(woken.load(Ordering::Relaxed), 2);

    // A send to a full channel waits.
    let c = chan!(usize, capacity);
    for i in 0..capacity {
        chan!(c <- i);
    }
    let sent = Arc::new(AtomicUsize::new(0));
    go! {
        c <- 0;
        sent.fetch_add(1, Ordering::Relaxed);
    }
    settle().await;
    assert_eq!(sent.load(Ordering::Relaxed), 0);
    select! {
    case c <- 0: panic!("sent to a full channel");
    default:
    }
    chan!(<-c);
    settle().await;
    assert_eq!(sent.load(Ordering::Relaxed), 1);

    // A close lets what is buffered through and then yields zeros.
    let c = chan!(usize, capacity);
    for i in 0..capacity {
        chan!(c <- i + 40);
    }
    c.close();
    for i in 0..capacity {
        chan!(v := <-c);
        assert_eq!(v, i + 40);
    }
    assert_eq!(chan!(<-c), 0);
    chan!(v, ok := <-c);
    assert!(v == 0 && !ok);

    // A close wakes a receive that waits.
    let c = chan!(usize, capacity);
    let done = chan!(bool);
    go! {
        v, ok := <-c;
        done <- v == 0 && !ok;
    }
    settle().await;
    c.close();
    assert!(chan!(<-done));

    // The order is kept.
    let c = chan!(usize, capacity);
    go! {
        for i in 0..80 {
            c <- i;
        }
    }
    for i in 0..80 {
        assert_eq!(chan!(<-c), i);
    }

    // Four senders, four receivers, every value once.
    check_crowd(chan!(usize, capacity)).await;

    // The length and the capacity.
    let c = chan!(usize, capacity);
    assert_eq!((c.len(), c.cap()), (0, capacity));
    for i in 0..capacity {
        chan!(c <- i);
    }
    assert_eq!((c.len(), c.cap()), (capacity, capacity));
}

/// Four senders and four receivers.
async fn check_crowd(c: Chan<usize>) {
    /// How many values each of them handles.
    const L: usize = 60;
    for _ in 0..4 {
        go! {
            for i in 0..L {
                c <- i;
            }
        }
    }
    let done = chan!(Vec<usize>);
    for _ in 0..4 {
        go! {
            let mut received = vec![0; L];
            for _ in 0..L {
                v := <-c;
                received[v] += 1;
            }
            done <- received;
        }
    }
    let mut total = vec![0; L];
    for _ in 0..4 {
        for (sum, n) in total.iter_mut().zip(chan!(<-done)) {
            *sum += n;
        }
    }
    assert_eq!(total, vec![4; L]);
}

#[go::test]
async fn TestChan() {
    for capacity in 0..=20 {
        check_capacity(capacity).await;
    }
}

#[go::test(real_time, workers = 4)]
async fn TestChan_on_four_workers() {
    for capacity in [0, 1, 2, 9] {
        for _ in 0..10 {
            check_crowd(chan!(usize, capacity)).await;
        }
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNonblockRecvRace() {
    for i in 0..4000 {
        let (c, done) = (chan!(i32, 1), chan!(bool));
        chan!(c <- 8);
        go! {
            let ready = select! {
            case <-c: true
            default: false
            };
            done <- ready;
        }
        c.close();
        chan!(<-c);
        assert!(chan!(<-done), "round {i}: a channel with a value or a close is ready");
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNonblockSelectRace() {
    // One of the two channels is ready at every instant, so the default is never taken.
    for closing in [false, true] {
        for i in 0..4000 {
            let (c1, c2, done) = (chan!(i32, 1), chan!(i32, 1), chan!(bool));
            chan!(c1 <- 1);
            go! {
                let ready = select! {
                case <-c1: true
                case <-c2: true
                default: false
                };
                done <- ready;
            }
            if closing {
                c2.close();
            } else {
                chan!(c2 <- 1);
            }
            select! {
            case <-c1:
            default:
            }
            assert!(chan!(<-done), "round {i}");
        }
    }
}

#[go::test(real_time, workers = 2)]
async fn TestSelfSelect() {
    // Two goroutines that each select to send and to receive on the same channel never meet themselves.
    for capacity in [0, 8] {
        let c = chan!(usize, capacity);
        let wg = sync::WaitGroup::new();
        for p in 0..2 {
            wg.add(1);
            go! {
                for i in 0..800 {
                    if p == 0 || i % 2 == 0 {
                        select! {
                        case c <- p:
                        case v := <-c: assert!(capacity != 0 || v != p, "goroutine {p} received its own value");
                        }
                    } else {
                        select! {
                        case v := <-c: assert!(capacity != 0 || v != p, "goroutine {p} received its own value");
                        case c <- p:
                        }
                    }
                }
                wg.done();
            }
        }
        // What is left when one of them is done first.
        let waited = chan!(bool);
        go! {
            wg.wait().await;
            waited.close();
        }
        'waiting: loop {
            select! {
            case <-waited: break 'waiting;
            case <-time::after(5 * time::MILLISECOND):
                // One goroutine may be left without a partner.
                select! {
                case <-c:
                default:
                }
            }
        }
    }
}

#[go::test(real_time, workers = 4)]
async fn TestSelectStress() {
    /// How many values each channel carries.
    const N: usize = 2500;
    let c: [Chan<usize>; 4] = [chan!(usize), chan!(usize), chan!(usize, 2), chan!(usize, 3)];
    let wg = sync::WaitGroup::new();
    // A plain sender and a plain receiver on each channel.
    for ch in &c {
        for sending in [true, false] {
            wg.add(1);
            go! {
                for i in 0..N {
                    if sending {
                        ch <- i;
                    } else {
                        <-ch;
                    }
                    if i % 64 == 0 {
                        runtime::gosched().await;
                    }
                }
                wg.done();
            }
        }
    }
    // One goroutine that sends with a select, one that receives; a channel that is done becomes nil.
    wg.add(2);
    go! {
        let mut left = c.clone();
        let mut n = [0; 4];
        for i in 0..4 * N {
            let at = select! {
            case left[0] <- i: 0
            case left[1] <- i: 1
            case left[2] <- i: 2
            case left[3] <- i: 3
            };
            n[at] += 1;
            if n[at] == N {
                left[at] = Chan::nil();
            }
        }
        assert_eq!(n, [N; 4]);
        wg.done();
    }
    go! {
        let mut left = c.clone();
        let mut n = [0; 4];
        for _ in 0..4 * N {
            let at = select! {
            case <-left[0]: 0
            case <-left[1]: 1
            case <-left[2]: 2
            case <-left[3]: 3
            };
            n[at] += 1;
            if n[at] == N {
                left[at] = Chan::nil();
            }
        }
        assert_eq!(n, [N; 4]);
        wg.done();
    }
    wg.wait().await;
    assert!(c.iter().all(Chan::is_empty));
}

#[go::test]
async fn TestSelectFairness() {
    /// How many choices are made.
    const TRIALS: usize = 12_000;
    let (c1, c2) = (chan!(u8, TRIALS + 1), chan!(u8, TRIALS + 1));
    for _ in 0..=TRIALS {
        chan!(c1 <- 1);
        chan!(c2 <- 2);
    }
    let (c3, c4) = (chan!(u8), chan!(u8));
    let (done, counts) = (chan!(bool), [AtomicUsize::new(0), AtomicUsize::new(0)]);
    for _ in 0..TRIALS {
        let b = select! {
        case b := <-c3: b
        case b := <-c4: b
        case b := <-c1: b
        case b := <-c2: b
        case <-done: 3
        };
        assert!(b == 1 || b == 2);
        counts[usize::from(b - 1)].fetch_add(1, Ordering::Relaxed);
    }
    // Within six standard deviations.
    let first = counts[0].load(Ordering::Relaxed);
    let off = first.abs_diff(TRIALS / 2);
    assert!(off * off < 9 * TRIALS, "{first} of {TRIALS} choices fell on the first");
}

#[go::test]
async fn TestChanSendInterface() {
    let c: Chan<Option<Arc<str>>> = chan!(Option<Arc<str>>, 1);
    let value = || Some(Arc::from("value"));
    chan!(c <- value());
    select! {
    case c <- value(): panic!("the buffer is full");
    default:
    }
    select! {
    case c <- value(): panic!("the buffer is full");
    case c <- None: panic!("the buffer is full");
    default:
    }
}

#[go::test]
async fn TestPseudoRandomSend() {
    /// How many values are sent.
    const N: usize = 120;
    for capacity in [0, N] {
        let c = chan!(usize, capacity);
        let (m, l) = (chan!(bool), chan!(Vec<usize>));
        go! {
            let mut received = Vec::new();
            for _ in 0..N {
                runtime::gosched().await;
                v := <-c;
                received.push(v);
            }
            m <- true;
            l <- received;
        }
        for _ in 0..N {
            select! {
            case c <- 0:
            case c <- 1:
            }
        }
        chan!(<-m);
        let zeros = chan!(<-l).iter().filter(|v| **v == 0).count();
        assert!((N / 10..=9 * N / 10).contains(&zeros), "{zeros} of {N} with capacity {capacity}");
    }
}

#[go::test(real_time, workers = 4)]
async fn TestMultiConsumer() {
    /// How many goroutines work.
    const WORKERS: usize = 23;
    /// How many items there are.
    const ITEMS: usize = 150_000;
    let primes = [2, 3, 7, 11, 13, 19, 31];
    let q = chan!(usize, WORKERS * 3);
    let r = chan!(usize, WORKERS * 3);
    let wg = sync::WaitGroup::new();
    for i in 0..WORKERS {
        wg.add(1);
        let w = primes[i % primes.len()];
        go! {
            while let Some(v) = q.recv().await {
                // Differently many turns lead to differently many items a worker.
                if w % 4 == v % 4 {
                    runtime::gosched().await;
                }
                r <- v;
            }
            wg.done();
        }
    }
    let expected = Arc::new(AtomicU64::new(0));
    go! {
        for i in 0..ITEMS {
            expected.fetch_add(i as u64, Ordering::Relaxed);
            q <- i;
        }
        q.close();
        wg.wait().await;
        r.close();
    }
    let (mut n, mut sum) = (0, 0);
    while let Some(v) = r.recv().await {
        n += 1;
        sum += v as u64;
    }
    assert_eq!((n, sum), (ITEMS, expected.load(Ordering::Relaxed)));
}

#[go::test]
async fn TestSelectDuplicateChannel() {
    // A select that is in one queue twice leaves it entirely when it is served.
    let (c, d, e) = (chan!(i32), chan!(i32), chan!(i32));
    go! {
        select! {
        case <-c:
        case <-d:
        case <-c:
        }
        e <- 9;
    }
    settle().await;
    go! {
        <-c;
    }
    settle().await;
    chan!(d <- 7);
    assert_eq!(chan!(<-e), 9);
    chan!(c <- 8);
}

/// What the barrier tests send: a value whose use after its end would show.
fn answer(i: usize) -> String {
    format!("answer number {i}")
}

/// Receives some of what many goroutines send, then leaves.
async fn barrier(with_select: bool) {
    /// How many goroutines send.
    const SENDERS: usize = 60;
    for round in 0..20 {
        let (values, done) = (chan!(String), chan!(bool));
        let wg = sync::WaitGroup::new();
        for i in 0..SENDERS {
            wg.add(1);
            go! {
                defer!(wg.done());
                for n in 0..10 {
                    let v = answer(i * 10 + n);
                    if with_select {
                        select! {
                        case values <- v:
                        case <-done: return;
                        }
                    } else {
                        values <- v;
                    }
                }
            }
        }
        let received = if with_select { SENDERS * 5 + round } else { SENDERS * 10 };
        for _ in 0..received {
            let v = chan!(<-values);
            let number: usize = v.strip_prefix("answer number ").and_then(|n| n.parse().ok()).expect("an intact value");
            assert!(number < SENDERS * 10);
        }
        done.close();
        wg.wait().await;
    }
}

#[go::test(real_time, workers = 4)]
async fn TestChanSendSelectBarrier() {
    barrier(true).await;
}

#[go::test(real_time, workers = 4)]
async fn TestChanSendBarrier() {
    barrier(false).await;
}
