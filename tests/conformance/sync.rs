//! `sync/*_test.go`: wait groups, locks, conditions, once, maps, pools.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::{Bool, Int32, Int64};
use go::sync::{Cond, Locker, Map, Once, Pool, RawMutex, RawRwMutex, WaitGroup};
use go_tests::harness::{Child, End};

/// The text that `f` panics with.
fn panic_text(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("it should panic");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast_ref::<&'static str>().expect("a text")).to_owned(),
    }
}

// ---- waitgroup_test.go ----

#[go::test]
async fn TestWaitGroup() {
    const N: i64 = 12;
    let (one, two) = (WaitGroup::new(), WaitGroup::new());
    for _round in 0..6 {
        one.add(N);
        two.add(N);
        let exited = chan!(bool, 12);
        for _ in 0..N {
            go! {
                one.done();
                two.wait().await;
                exited <- true;
            }
        }
        one.wait().await;
        for _ in 0..N {
            assert!(exited.try_recv().is_err(), "the second group has let one go too early");
            two.done();
        }
        for _ in 0..N {
            assert!(chan!(<-exited));
        }
    }
}

#[go::test]
async fn TestWaitGroupMisuse() {
    let text = panic_text(|| {
        let wg = WaitGroup::new();
        wg.add(2);
        wg.done();
        wg.done();
        wg.done();
    });
    assert_eq!(text, "sync: negative WaitGroup counter");
}

#[go::test]
async fn TestWaitGroupGo() {
    let wg = WaitGroup::new();
    let sum = Arc::new(Int32::new(0));
    for i in 1..=5 {
        let sum = sum.clone();
        wg.go(async move {
            runtime::gosched().await;
            sum.add(i);
        });
    }
    wg.wait().await;
    assert_eq!(sum.load(), 15);
    // A goroutine that exits is done as well.
    wg.go(async { runtime::goexit() });
    wg.wait().await;
}

// ---- once_test.go ----

#[go::test]
async fn TestOnce() {
    let once = Once::new();
    let ran = Arc::new(Int32::new(0));
    let met = chan!(bool);
    for _ in 0..9 {
        go! {
            once.call(|| { ran.add(1); }).await;
            met <- ran.load() == 1;
        }
    }
    for _ in 0..9 {
        assert!(chan!(<-met), "a call returned before the function had run");
    }
    assert_eq!(ran.load(), 1);
}

#[go::test]
async fn TestOncePanic() {
    let once = Once::new();
    let call = go_catch(once.call(|| panic!("failed"))).await;
    assert_eq!(call, Some("failed".to_owned()));
    once.call(|| panic!("it ran again")).await;
}

/// Awaits `future`; the text that it panics with.
async fn go_catch<F: Future>(future: F) -> Option<String> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(polled) => polled.map(|_| None),
        Err(payload) => std::task::Poll::Ready(Some(panic_text(|| std::panic::resume_unwind(payload)))),
    })
    .await
}

// ---- oncefunc_test.go ----

#[go::test]
async fn TestOnceFunc() {
    let calls = Arc::new(Int32::new(0));
    let counter = calls.clone();
    let f = sync::once_func(move || {
        counter.add(1);
    });
    f().await;
    f().await;
    assert_eq!(calls.load(), 1);
}

#[go::test]
async fn TestOnceValue() {
    let calls = Arc::new(Int32::new(0));
    let counter = calls.clone();
    let f = sync::once_value(move || counter.add(1) * 10);
    assert_eq!((f().await, f().await, calls.load()), (10, 10, 1));
}

#[go::test]
async fn TestOnceValues() {
    let calls = Arc::new(Int32::new(0));
    let counter = calls.clone();
    let f = sync::once_value(move || (counter.add(1), "two"));
    assert_eq!((f().await, f().await, calls.load()), ((1, "two"), (1, "two"), 1));
}

#[go::test]
async fn TestOnceFuncPanic() {
    let calls = Arc::new(Int32::new(0));
    let counter = calls.clone();
    let f = sync::once_func(move || {
        counter.add(1);
        panic!("no luck");
    });
    for _ in 0..3 {
        assert_eq!(go_catch(f()).await.as_deref(), Some("no luck"));
    }
    assert_eq!(calls.load(), 1);
}

#[go::test]
async fn TestOnceValuePanic() {
    let f = sync::once_value(|| -> i32 { panic!("no {}", "value") });
    for _ in 0..3 {
        assert_eq!(go_catch(f()).await.as_deref(), Some("no value"));
    }
}

#[go::test]
async fn TestOnceValuesPanic() {
    let f = sync::once_value(|| -> (i32, String) { panic!("no values") });
    for _ in 0..3 {
        assert_eq!(go_catch(f()).await.as_deref(), Some("no values"));
    }
}

// ---- cond_test.go ----

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

// ---- mutex_test.go ----

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
        let child = Child::new(&binary).arg("--ignored").arg("--exact").arg("sync::mutex_misuse").arg("--nocapture");
        let outcome = child.env("GO_TEST_MISUSE", name).run();
        assert_eq!(outcome.end, End::Code(2), "{name}: {outcome:?}");
        let first = outcome.stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with("fatal error: sync: ") && first.contains("unlocked"), "{name}: {outcome:?}");
        assert!(!outcome.stdout.contains("survived"), "{name}: {outcome:?}");
    }
}

// ---- rwmutex_test.go ----

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

// ---- map_test.go ----

/// A generator of numbers, the same each run.
struct Numbers(u64);

impl Numbers {
    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % bound
    }
}

#[go::test]
async fn TestMapMatchesRWMutex() {
    // The same calls on the map and on a plain one behind a lock.
    let (map, model) = (Map::<u64, u64>::new(), sync::RwMutex::new(std::collections::HashMap::new()));
    let mut numbers = Numbers(7);
    for _ in 0..20_000 {
        let (key, value) = (numbers.below(12), numbers.below(4));
        let mut model = model.lock().await;
        match numbers.below(8) {
            0 => assert_eq!(map.load(&key), model.get(&key).copied()),
            1 => {
                map.store(key, value);
                model.insert(key, value);
            }
            2 => {
                let was = model.get(&key).copied();
                model.entry(key).or_insert(value);
                assert_eq!(map.load_or_store(key, value), (was.unwrap_or(value), was.is_some()));
            }
            3 => assert_eq!(map.load_and_delete(&key), model.remove(&key)),
            4 => {
                map.delete(&key);
                model.remove(&key);
            }
            5 => assert_eq!(map.swap(key, value), model.insert(key, value)),
            6 => {
                let same = model.get(&key) == Some(&1);
                if same {
                    model.insert(key, value);
                }
                assert_eq!(map.compare_and_swap(&key, &1, value), same);
            }
            _ => {
                let same = model.get(&key) == Some(&2);
                if same {
                    model.remove(&key);
                }
                assert_eq!(map.compare_and_delete(&key, &2), same);
            }
        }
    }
    let mut seen = std::collections::HashMap::new();
    map.range(|key, value| seen.insert(*key, value).is_none());
    assert_eq!(seen, *model.rlock().await);
    map.clear();
    map.range(|_, _| panic!("the map is empty"));
}

#[go::test]
async fn TestMapRangeNestedCall() {
    let map = Map::<i32, &str>::new();
    for (i, text) in ["hello", "world", "go"].into_iter().enumerate() {
        map.store(i as i32, text);
    }
    map.range(|key, value| {
        map.range(|key, value| {
            assert_eq!(map.load(key), Some(value));
            assert_eq!(map.load_or_store(42, "dummy").0, "dummy");
            assert_eq!(map.load_or_store(42, "other"), ("dummy", true));
            map.delete(&42);
            true
        });
        assert_eq!(map.load_and_delete(key), Some(value));
        true
    });
    let mut left = 0;
    map.range(|_, _| {
        left += 1;
        true
    });
    assert_eq!(left, 0);
}

#[go::test]
async fn TestCompareAndSwap_NonExistingKey() {
    let map = Map::<i32, i32>::new();
    assert!(!map.compare_and_swap(&1, &0, 42));
    assert_eq!(map.load(&1), None);
}

// ---- pool_test.go ----

#[go::test]
async fn TestPoolNew() {
    static MADE: Int64 = Int64::new(0);
    let pool = Pool::new(|| MADE.add(1));
    assert_eq!((pool.get(), pool.get()), (1, 2));
    pool.put(42);
    assert_eq!((pool.get(), pool.get()), (42, 3));
}
