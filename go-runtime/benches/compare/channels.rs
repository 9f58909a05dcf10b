//! Channels: pairs, pipes, pools, a semaphore, a ring and the prime sieve.

use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::Uint64;

use crate::suite::{Clock, n, report};

/// A number there and back again over two unbuffered channels.
pub(crate) async fn pingpong() {
    let count = n(1_000_000);
    let (a, b) = (chan!(u64), chan!(u64));
    let clock = Clock::start();
    go! {
        while let Some(v) = a.recv().await {
            b <- v + 1;
        }
        b.close();
    }
    let mut v = 0;
    for _ in 0..count {
        chan!(a <- v);
        v = chan!(<-b);
    }
    a.close();
    assert_eq!(v, count as u64);
    report("pingpong_unbuf", clock, count, "");
}

/// A few microseconds of arithmetic, each step on the last one's result: the work of one job.
fn spin(mut x: u64) -> u64 {
    for _ in 0..3000 {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    x
}

/// One producer, eight workers with real work, one collector: it must use every processor.
pub(crate) async fn worker_pool(workload: &str, cap: usize) {
    let count = n(100_000);
    let (jobs, results) = (chan!(u64, cap), chan!(u64, cap));
    let wg = sync::WaitGroup::new();
    let clock = Clock::start();
    for _ in 0..8 {
        wg.add(1);
        go! {
            defer!(wg.done());
            while let Some(v) = jobs.recv().await {
                results <- spin(v);
            }
        }
    }
    go! {
        for i in 1..=count {
            jobs <- i as u64;
        }
        jobs.close();
        wg.wait().await;
        results.close();
    }
    let (mut sum, mut got) = (0_u64, 0);
    while let Some(v) = results.recv().await {
        sum = sum.wrapping_add(v);
        got += 1;
    }
    assert_eq!(got, count);
    report(workload, clock, count, &format!("sum={}", sum % 1_000_003));
}

/// Numbers from `producers` to `consumers` through one channel.
pub(crate) async fn pipe(workload: &str, producers: usize, consumers: usize, cap: usize, base: usize) {
    let total = n(base);
    let ch = chan!(u64, cap);
    let sum = Arc::new(Uint64::new(0));
    let (sending, receiving) = (sync::WaitGroup::new(), sync::WaitGroup::new());
    let clock = Clock::start();
    for _ in 0..consumers {
        receiving.add(1);
        go! {
            defer!(receiving.done());
            let mut s = 0;
            while let Some(v) = ch.recv().await {
                s += v;
            }
            sum.add(s);
        }
    }
    let per = total / producers;
    for _ in 0..producers {
        sending.add(1);
        go! {
            defer!(sending.done());
            for _ in 0..per {
                ch <- 1;
            }
        }
    }
    sending.wait().await;
    ch.close();
    receiving.wait().await;
    assert_eq!(sum.load(), (per * producers) as u64);
    report(workload, clock, per * producers, "");
}

/// A buffered channel as a semaphore, held across a yield.
pub(crate) async fn semaphore() {
    let (waves, per) = (n(30), 10_000);
    let sem = chan!((), 3);
    let clock = Clock::start();
    for _ in 0..waves {
        let wg = sync::WaitGroup::new();
        wg.add(per as i64);
        for _ in 0..per {
            go! {
                sem <- ();
                runtime::gosched().await;
                <-sem;
                wg.done();
            }
        }
        wg.wait().await;
    }
    report("sem_chan", clock, waves * per, "");
}

/// A countdown that goes round a thousand goroutines.
pub(crate) async fn token_ring() {
    const SIZE: usize = 1000;
    let hops = n(1_000_000);
    let chans: Vec<_> = (0..SIZE).map(|_| chan!(usize)).collect();
    let done = chan!(());
    let clock = Clock::start();
    for i in 0..SIZE {
        let (input, output) = (chans[i].clone(), chans[(i + 1) % SIZE].clone());
        go! {
            loop {
                v := <-input;
                if v == 0 {
                    done.close();
                    return;
                }
                output <- v - 1;
            }
        }
    }
    chan!(chans[0] <- hops);
    chan!(<-done);
    report("token_ring", clock, hops, "");
}

/// The receives of all stages of the sieve.
fn sieve_ops(primes: usize) -> usize {
    let (mut ops, mut found, mut x) = (0, Vec::new(), 2);
    while found.len() < primes {
        ops += 1;
        let divisor = found.iter().position(|p| x % p == 0);
        // A stage that divides ends the number's way; a prime has passed every stage.
        ops += divisor.unwrap_or(found.len());
        if divisor.is_none() {
            found.push(x);
        }
        x += 1;
    }
    ops
}

/// The prime sieve: one goroutine a prime, each a filter before the next.
pub(crate) async fn sieve() {
    let primes = n(2000);
    let clock = Clock::start();
    let mut ch = chan!(usize);
    go! {
        for i in 2.. {
            ch <- i;
        }
    }
    let mut last = 0;
    for _ in 0..primes {
        let prime = chan!(<-ch);
        last = prime;
        let next = chan!(usize);
        go! {
            loop {
                v := <-ch;
                if v % prime != 0 {
                    next <- v;
                }
            }
        }
        ch = next;
    }
    assert!(primes != 2000 || last == 17389, "{last} is the prime number {primes}");
    let total = clock.wall();
    report("sieve", clock, sieve_ops(primes), &format!("total_ms={:.1}", total.as_secs_f64() * 1e3));
}
