//! Selects: over two and eight channels, with a default, and with sends and receives that meet other selects.

use go::prelude::*;

use crate::suite::{Clock, n, report};

/// Sends `per` ones and closes the channel.
pub(crate) async fn produce(ch: Sender<u64>, per: usize) {
    for _ in 0..per {
        chan!(ch <- 1);
    }
    ch.close();
}

/// A select over two channels until both are closed.
pub(crate) async fn select2(workload: &str, cap: usize, base: usize) {
    let per = n(base) / 2;
    let (mut a, mut b) = (chan!(u64, cap), chan!(u64, cap));
    let clock = Clock::start();
    go!(produce(a.sender(), per));
    go!(produce(b.sender(), per));
    let mut got = 0;
    while !a.is_nil() || !b.is_nil() {
        select! {
        case v, ok := <-a:
            if !ok {
                a = Chan::nil();
            }
            got += v;
        case v, ok := <-b:
            if !ok {
                b = Chan::nil();
            }
            got += v;
        }
    }
    report(workload, clock, per * 2, &format!("lost={}", (per * 2) as u64 - got));
}

/// A select over eight channels until all are closed.
pub(crate) async fn select8(workload: &str, cap: usize, base: usize) {
    let per = n(base) / 8;
    let mut c: [Chan<u64>; 8] = std::array::from_fn(|_| chan!(u64, cap));
    let clock = Clock::start();
    for ch in &c {
        go!(produce(ch.sender(), per));
    }
    let mut open = 8;
    let mut got = 0;
    while open > 0 {
        let (v, ok): (u64, bool);
        let i = select! {
            case v, ok = <-c[0]: 0
            case v, ok = <-c[1]: 1
            case v, ok = <-c[2]: 2
            case v, ok = <-c[3]: 3
            case v, ok = <-c[4]: 4
            case v, ok = <-c[5]: 5
            case v, ok = <-c[6]: 6
            case v, ok = <-c[7]: 7
        };
        if !ok {
            c[i] = Chan::nil();
            open -= 1;
        }
        got += v;
    }
    report(workload, clock, per * 8, &format!("lost={}", (per * 8) as u64 - got));
}

/// A select that finds nothing ready.
pub(crate) async fn default() {
    let count = n(50_000_000);
    let ch = chan!(u64, 1);
    let (mut hit, mut miss) = (0, 0);
    let clock = Clock::start();
    for _ in 0..count {
        select! {
            case <-ch: hit += 1
            default: miss += 1
        }
    }
    assert_eq!((hit, miss), (0, count));
    report("select_default", clock, count, "");
}

/// Two goroutines, each of which offers a send and a receive to the other.
pub(crate) async fn send_and_receive() {
    let count = n(1_000_000);
    let (c1, c2) = (chan!(u64), chan!(u64));
    let wg = sync::WaitGroup::new();
    wg.add(2);
    let clock = Clock::start();
    go! {
        defer!(wg.done());
        let mut x = 0_u64;
        for _ in 0..count {
            select! {
                case c1 <- x:
                case v := <-c2: x = x.wrapping_add(v)
            }
        }
        c1.close();
    }
    go! {
        defer!(wg.done());
        let mut x = 0_u64;
        loop {
            select! {
            case c2 <- x:
            case v, ok := <-c1:
                if !ok {
                    return;
                }
                x = x.wrapping_add(v);
            }
        }
    }
    wg.wait().await;
    report("select_sendrecv", clock, count, "");
}
