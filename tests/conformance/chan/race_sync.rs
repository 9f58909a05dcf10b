//! Go's `runtime/race/testdata/sync_test.go`, `mutex_test.go`, `rwmutex_test.go`, `time_test.go`: what locks, `Once` and
//! timers order. See `race_chan` for how this is tested.

use std::sync::Arc;

use go::prelude::*;
use go::sync::{Once, RawMutex, RawRwMutex};

use super::race_chan::{Plain, ROUNDS};

#[go::test(real_time, workers = 4)]
async fn TestNoRaceMutex() {
    let (mu, x, wg) = (RawMutex::new(), Plain::default(), sync::WaitGroup::new());
    for _ in 0..8 {
        wg.add(1);
        go! {
            for _ in 0..ROUNDS {
                mu.lock().await;
                x.set(x.get() + 1);
                mu.unlock();
            }
            wg.done();
        }
    }
    wg.wait().await;
    assert_eq!(x.get(), 8 * ROUNDS);
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceMutexSemaphore() {
    // Another goroutine than the one that locked unlocks: that orders too.
    for i in 1..=ROUNDS {
        let (mu, x) = (RawMutex::new(), Plain::default());
        mu.lock().await;
        go! {
            x.set(i);
            mu.unlock();
        }
        mu.lock().await;
        assert_eq!(x.get(), i);
        mu.unlock();
    }
}

#[go::test(real_time, workers = 4)]
async fn TestNoRaceRWMutex() {
    let (mu, x, y, wg) = (RawRwMutex::new(), Plain::default(), Plain::default(), sync::WaitGroup::new());
    for writer in [true, false, false, false] {
        wg.add(1);
        go! {
            for i in 1..=ROUNDS {
                if writer {
                    mu.lock().await;
                    x.set(i);
                    y.set(i);
                    mu.unlock();
                } else {
                    mu.rlock().await;
                    assert_eq!(x.get(), y.get());
                    mu.runlock();
                }
            }
            wg.done();
        }
    }
    wg.wait().await;
    assert_eq!((x.get(), y.get()), (ROUNDS, ROUNDS));
}

#[go::test(real_time, workers = 4)]
async fn TestNoRaceOnce() {
    for i in 1..=ROUNDS / 4 {
        let (once, x, wg) = (Arc::new(Once::new()), Plain::default(), sync::WaitGroup::new());
        for _ in 0..4 {
            wg.add(1);
            go! {
                once.call(|| x.set(x.get() + i)).await;
                assert_eq!(x.get(), i);
                wg.done();
            }
        }
        wg.wait().await;
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceAfterFunc() {
    for i in 1..=20 {
        let (x, c) = (Plain::default(), chan!(bool));
        {
            let (x, c) = (x.clone(), c.clone());
            drop(time::after_func(time::MICROSECOND, move || {
                x.set(i);
                c.close();
            }));
        }
        chan!(<-c);
        assert_eq!(x.get(), i);
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceAfter() {
    // What a goroutine did before it armed the timer is seen by whom the timer wakes.
    for i in 1..=20 {
        let (x, timers) = (Plain::default(), chan!(Receiver<time::Time>));
        go! {
            x.set(i);
            timers <- time::after(time::MICROSECOND);
        }
        chan!(<-<-timers);
        assert_eq!(x.get(), i);
    }
}
