//! `mutex_test.go`, `rwmutex_test.go`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::Int32;
use go::sync::{Locker, RawMutex, RawRwMutex};
use go_tests::harness::{Child, End};

/// Locks and unlocks `rounds` times, now and then by trying.
async fn hammer_mutex(mu: RawMutex, inside: Arc<Int32>, rounds: usize, done: Chan<bool>) {
    for i in 0..rounds {
        if i % 3 == 0 {
            if mu.try_lock() {
                mu.unlock();
            }
            continue;
        }
        mu.lock().await;
        assert_eq!(inside.add(1), 1);
        inside.add(-1);
        mu.unlock();
    }
    done.send(true).await;
}

#[go::test(real_time)]
async fn TestMutex() {
    let mu = RawMutex::new();
    mu.lock().await;
    assert!(!mu.try_lock(), "a lock was taken twice");
    mu.unlock();
    assert!(mu.try_lock(), "a free lock was not taken");
    mu.unlock();
    let (done, inside) = (chan!(bool), Arc::new(Int32::new(0)));
    for _ in 0..10 {
        go!(hammer_mutex(mu, inside, 1_000, done));
    }
    for _ in 0..10 {
        chan!(<-done);
    }
}

/// The ways to give back what nobody has.
const MISUSES: [(&str, fn()); 8] = [
    ("Mutex.Unlock", || RawMutex::new().unlock()),
    ("Mutex.Unlock2", || {
        let mu = RawMutex::new();
        assert!(mu.try_lock());
        mu.unlock();
        mu.unlock();
    }),
    ("RWMutex.Unlock", || RawRwMutex::new().unlock()),
    ("RWMutex.Unlock2", || {
        let mu = RawRwMutex::new();
        assert!(mu.try_rlock());
        mu.unlock();
    }),
    ("RWMutex.Unlock3", || {
        let mu = RawRwMutex::new();
        assert!(mu.try_lock());
        mu.unlock();
        mu.unlock();
    }),
    ("RWMutex.RUnlock", || RawRwMutex::new().runlock()),
    ("RWMutex.RUnlock2", || {
        let mu = RawRwMutex::new();
        assert!(mu.try_lock());
        mu.runlock();
    }),
    ("RWMutex.RUnlock3", || {
        let mu = RawRwMutex::new();
        assert!(mu.try_rlock());
        mu.runlock();
        mu.runlock();
    }),
];

#[test]
#[ignore = "run by TestMutexMisuse as a child process"]
fn mutex_misuse() {
    let name = std::env::var("GO_TEST_MISUSE").expect("TestMutexMisuse says which");
    let (_, misuse) = MISUSES.iter().find(|(misuse, _)| *misuse == name).expect("a known misuse");
    // Nothing recovers from it.
    let _ = catch_unwind(AssertUnwindSafe(misuse));
    println!("the misuse of {name} was survived");
}

#[test]
fn TestMutexMisuse() {
    let binary = std::env::current_exe().expect("a test knows its executable");
    for (name, _) in MISUSES {
        let child =
            Child::new(&binary).arg("--ignored").arg("--exact").arg("sync::locks::mutex_misuse").arg("--nocapture");
        let outcome = child.env("GO_TEST_MISUSE", name).run();
        assert_eq!(outcome.end, End::Code(2), "{name}: {outcome:?}");
        let first = outcome.stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with("fatal error: sync: ") && first.contains("unlocked"), "{name}: {outcome:?}");
        assert!(!outcome.stdout.contains("survived"), "{name}: {outcome:?}");
    }
}

/// Reads once, together with the others.
async fn parallel_reader(mu: RawRwMutex, locked: Chan<bool>, unlock: Chan<bool>, done: Chan<bool>) {
    mu.rlock().await;
    locked.send(true).await;
    chan!(<-unlock);
    mu.runlock();
    done.send(true).await;
}

#[go::test]
async fn TestParallelReaders() {
    for readers in [1, 3, 7] {
        let mu = RawRwMutex::new();
        let (locked, unlock, done) = (chan!(bool), chan!(bool), chan!(bool));
        for _ in 0..readers {
            go!(parallel_reader(mu, locked, unlock, done));
        }
        // All are inside at once, since none goes before it is told.
        for _ in 0..readers {
            chan!(<-locked);
        }
        for _ in 0..readers {
            chan!(unlock <- true);
        }
        for _ in 0..readers {
            chan!(<-done);
        }
    }
}

/// Counts the readers and writers that are inside, and checks that they may be.
async fn rw_reader(mu: RawRwMutex, rounds: usize, activity: Arc<Int32>, done: Chan<bool>) {
    for _ in 0..rounds {
        mu.rlock().await;
        let n = activity.add(1);
        assert!((1..10_000).contains(&n), "a reader met a writer: {n}");
        for _ in 0..20 {
            std::hint::spin_loop();
        }
        activity.add(-1);
        mu.runlock();
    }
    done.send(true).await;
}

/// As [`rw_reader`], for a writer.
async fn rw_writer(mu: RawRwMutex, rounds: usize, activity: Arc<Int32>, done: Chan<bool>) {
    for _ in 0..rounds {
        mu.lock().await;
        let n = activity.add(10_000);
        assert_eq!(n, 10_000, "a writer met somebody");
        for _ in 0..20 {
            std::hint::spin_loop();
        }
        activity.add(-10_000);
        mu.unlock();
    }
    done.send(true).await;
}

#[go::test(real_time)]
async fn TestRWMutex() {
    let mu = RawRwMutex::new();
    mu.lock().await;
    assert!(!mu.try_lock() && !mu.try_rlock());
    mu.unlock();
    assert!(mu.try_lock());
    mu.unlock();
    mu.rlock().await;
    assert!(mu.try_rlock() && !mu.try_lock());
    mu.runlock();
    mu.runlock();
    for readers in [1, 3, 10] {
        const ROUNDS: usize = 300;
        let (activity, done) = (Arc::new(Int32::new(0)), chan!(bool));
        go!(rw_writer(mu, ROUNDS, activity, done));
        for _ in 0..readers / 2 {
            go!(rw_reader(mu, ROUNDS, activity, done));
        }
        go!(rw_writer(mu, ROUNDS, activity, done));
        for _ in readers / 2..readers {
            go!(rw_reader(mu, ROUNDS, activity, done));
        }
        for _ in 0..2 + readers {
            chan!(<-done);
        }
    }
}

#[go::test]
async fn TestRLocker() {
    const N: usize = 8;
    let wl = RawRwMutex::new();
    let (wlocked, rlocked) = (chan!(bool, 1), chan!(bool, 1));
    let rl = wl.rlocker();
    go! {
        for _ in 0..N {
            rl.lock().await;
            rl.lock().await;
            rlocked <- true;
            wl.lock().await;
            wlocked <- true;
        }
    }
    for _ in 0..N {
        chan!(<-rlocked);
        rl.unlock();
        time::sleep(time::MILLISECOND).await;
        assert!(wlocked.is_empty(), "the writer did not wait for the second reader");
        rl.unlock();
        chan!(<-wlocked);
        assert!(rlocked.is_empty(), "a reader did not wait for the writer");
        wl.unlock();
    }
}
