//! `cond_test.go`.

use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::{Bool, Int32};
use go::sync::{Cond, RawMutex};

#[go::test]
async fn TestCondSignal() {
    const N: usize = 3;
    let cond = Cond::new(RawMutex::new());
    let (running, awake) = (chan!(bool, N), chan!(bool, N));
    for _ in 0..N {
        go! {
            cond.l.lock().await;
            running <- true;
            cond.wait().await;
            awake <- true;
            cond.l.unlock();
        }
    }
    for _ in 0..N {
        chan!(<-running);
    }
    for left in (1..=N).rev() {
        assert!(awake.is_empty(), "somebody woke without a signal");
        cond.l.lock().await;
        cond.signal();
        cond.l.unlock();
        chan!(<-awake);
        // Time stands still unless everybody waits: nobody else is about to wake.
        time::sleep(time::MILLISECOND).await;
        assert!(awake.is_empty(), "{left} were left and more than one woke");
    }
    cond.signal();
}

#[go::test]
async fn TestCondBroadcast() {
    const N: usize = 40;
    let cond = Cond::new(RawMutex::new());
    let (running, awake) = (chan!(usize, N), chan!(usize, N));
    let exit = Arc::new(Bool::new(false));
    for g in 0..N {
        go! {
            cond.l.lock().await;
            while !exit.load() {
                running <- g;
                cond.wait().await;
                awake <- g;
            }
            cond.l.unlock();
        }
    }
    for round in 0..N {
        for _ in 0..N {
            chan!(<-running);
        }
        if round == N - 1 {
            cond.l.lock().await;
            exit.store(true);
            cond.l.unlock();
        }
        assert!(awake.is_empty());
        cond.l.lock().await;
        cond.broadcast();
        cond.l.unlock();
        let mut seen = [false; N];
        for _ in 0..N {
            let g = chan!(<-awake);
            assert!(!std::mem::replace(&mut seen[g], true), "goroutine {g} woke twice");
        }
    }
    assert!(running.is_empty(), "a goroutine did not exit");
    cond.broadcast();
}

#[go::test]
async fn TestRace() {
    let x = Arc::new(Int32::new(0));
    let cond = Cond::new(RawMutex::new());
    let done = chan!(bool);
    go! {
        cond.l.lock().await;
        x.store(1);
        cond.wait().await;
        assert_eq!(x.load(), 2, "want 2");
        x.store(3);
        cond.signal();
        cond.l.unlock();
        done <- true;
    }
    go! {
        cond.l.lock().await;
        loop {
            if x.load() == 1 {
                x.store(2);
                cond.signal();
                break;
            }
            cond.l.unlock();
            runtime::gosched().await;
            cond.l.lock().await;
        }
        cond.l.unlock();
        done <- true;
    }
    go! {
        cond.l.lock().await;
        loop {
            if x.load() == 2 {
                cond.wait().await;
                assert_eq!(x.load(), 3, "want 3");
                break;
            }
            if x.load() == 3 {
                break;
            }
            cond.l.unlock();
            runtime::gosched().await;
            cond.l.lock().await;
        }
        cond.l.unlock();
        done <- true;
    }
    for _ in 0..3 {
        chan!(<-done);
    }
}
