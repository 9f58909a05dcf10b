//! Unit tests of the locks and wait groups: polled by hand, and hammered by threads.

use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use super::{Cond, Locker, Mutex, Once, RawMutex, RawRwMutex, RwMutex, WaitGroup};
use crate::rt::{self, TestOptions};
use crate::runtime;
use crate::waiter::block_on;

/// Counts how often it was woken.
#[derive(Default)]
struct Count {
    /// The number of wakes.
    wakes: AtomicUsize,
}

impl Wake for Count {
    fn wake(self: Arc<Count>) {
        self.wakes.fetch_add(1, Ordering::Relaxed);
    }
}

/// A future on the heap and the waker it is polled with.
struct Task<F: Future> {
    /// The future.
    future: Pin<Box<F>>,
    /// Counts the wakes.
    count: Arc<Count>,
}

impl<F: Future> Task<F> {
    /// A task that was polled once and has to wait.
    #[track_caller]
    fn parked(future: F) -> Task<F> {
        let mut task = Task { future: Box::pin(future), count: Arc::default() };
        assert!(task.poll().is_pending(), "the operation should have had to wait");
        task
    }

    /// Polls once.
    fn poll(&mut self) -> Poll<F::Output> {
        let waker = Waker::from(Arc::clone(&self.count));
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Whether it was woken.
    fn woken(&self) -> bool {
        self.count.wakes.load(Ordering::Relaxed) > 0
    }
}

/// The output of a future that needs no waiting.
#[track_caller]
fn now<F: Future>(future: F) -> F::Output {
    match Box::pin(future).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the operation should not have had to wait"),
    }
}

/// The text that `f` panics with.
fn panic_text(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("it should panic");
    (*payload.downcast_ref::<&'static str>().expect("a text")).to_owned()
}

#[test]
fn a_wait_ends_when_the_counter_is_zero() {
    let wg = WaitGroup::new();
    now(wg.wait());
    wg.add(2);
    let (mut one, mut two) = (Task::parked(wg.wait()), Task::parked(wg.wait()));
    wg.done();
    assert!(!one.woken() && one.poll().is_pending());
    wg.clone().done();
    assert!(one.woken() && two.woken());
    assert!(one.poll().is_ready() && two.poll().is_ready());
    now(wg.wait());
}

#[test]
fn a_wait_group_reports_its_misuse() {
    let wg = WaitGroup::new();
    assert_eq!(panic_text(|| wg.done()), "sync: negative WaitGroup counter");
    let wg = WaitGroup::new();
    wg.add(1);
    assert_eq!(panic_text(|| wg.add(-2)), "sync: negative WaitGroup counter");
    assert_eq!(panic_text(|| WaitGroup::new().add(1 << 31)), "sync: negative WaitGroup counter");

    let wg = WaitGroup::new();
    wg.add(1);
    let mut task = Task::parked(wg.wait());
    wg.done();
    wg.add(1);
    let text = panic_text(|| assert!(task.poll().is_ready()));
    assert_eq!(text, "sync: WaitGroup is reused before previous Wait has returned");
}

#[test]
fn a_dropped_wait_does_not_count_as_waiting() {
    let wg = WaitGroup::new();
    wg.add(1);
    let (one, mut two) = (Task::parked(wg.wait()), Task::parked(wg.wait()));
    drop(one);
    wg.done();
    assert!(two.poll().is_ready());
    wg.add(1);
    drop(Task::parked(wg.wait()));
    wg.done();
    wg.add(1);
    wg.done();
}

#[test]
fn a_mutex_wakes_in_order_and_lets_others_barge_in() {
    let mu = RawMutex::new();
    now(mu.lock());
    assert!(!mu.try_lock());
    let (mut one, two) = (Task::parked(mu.lock()), Task::parked(mu.lock()));
    mu.unlock();
    assert!(one.woken() && !two.woken());
    assert!(mu.try_lock(), "the lock is free until the one that was woken looks");
    assert!(one.poll().is_pending());
    mu.unlock();
    assert!(one.poll().is_ready(), "it kept its place");
    assert!(!two.woken());
    mu.unlock();
    assert!(two.woken());
}

#[test]
fn whoever_starves_is_handed_the_lock() {
    let mu = RawMutex::new();
    now(mu.lock());
    let (mut one, mut two) = (Task::parked(mu.lock()), Task::parked(mu.lock()));
    std::thread::sleep(std::time::Duration::from_millis(3));
    mu.unlock();
    assert!(mu.try_lock(), "barging");
    assert!(one.poll().is_pending(), "from now on it asks for the lock");
    mu.unlock();
    assert!(!mu.try_lock(), "the lock was handed over");
    assert!(one.poll().is_ready());
    mu.unlock();
    assert!(!mu.try_lock() && two.poll().is_ready(), "it has starved as well");
    mu.unlock();
    assert!(mu.try_lock(), "and the last one ends the hand-over");
    mu.unlock();
}

#[test]
fn a_dropped_lock_passes_its_turn_on() {
    let mu = RawMutex::new();
    now(mu.lock());
    let (mut one, two, mut three) = (Task::parked(mu.lock()), Task::parked(mu.lock()), Task::parked(mu.lock()));
    mu.unlock();
    assert!(one.woken());
    let held = mu.try_lock();
    std::thread::sleep(std::time::Duration::from_millis(3));
    assert!(held && one.poll().is_pending());
    mu.unlock();
    // `one` was handed the lock and does not know it.
    drop(one);
    assert!(two.woken() && !mu.try_lock());
    drop(two);
    assert!(three.woken() && three.poll().is_ready());
    mu.unlock();
    assert!(mu.try_lock());
}

#[test]
fn a_guard_may_be_released_on_another_thread() {
    let mu = Arc::new(Mutex::new(1));
    let guard = block_on(Arc::clone(&mu).lock_owned());
    assert!(mu.try_lock().is_none());
    std::thread::spawn(move || drop(guard)).join().expect("no panic");
    *now(mu.lock()) += 1;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _guard = now(mu.lock());
        panic!("with the lock held");
    }));
    assert!(outcome.is_err());
    assert_eq!(*now(mu.lock()), 2, "no poisoning");
    assert_eq!(format!("{mu:?}"), "Mutex { value: 2 }");
}

#[test]
fn a_waiting_writer_keeps_new_readers_out() {
    let mu = RawRwMutex::new();
    now(mu.rlock());
    now(mu.rlock());
    let mut writer = Task::parked(mu.lock());
    assert!(!mu.try_rlock() && !mu.try_lock());
    let (mut reader, mut second) = (Task::parked(mu.rlock()), Task::parked(mu.lock()));
    mu.runlock();
    assert!(!writer.woken());
    mu.runlock();
    assert!(writer.poll().is_ready() && !reader.woken());
    mu.unlock();
    assert!(reader.poll().is_ready(), "readers come before the next writer");
    assert!(second.poll().is_pending());
    mu.runlock();
    assert!(second.poll().is_ready());
    mu.unlock();
    assert!(mu.try_lock());
}

#[test]
fn a_dropped_writer_lets_the_readers_in() {
    let mu = RawRwMutex::new();
    now(mu.rlock());
    let writer = Task::parked(mu.lock());
    let mut reader = Task::parked(mu.rlock());
    drop(writer);
    assert!(reader.poll().is_ready());
    // A writer that has the lock and does not know it.
    let writer = Task::parked(mu.lock());
    mu.runlock();
    mu.runlock();
    assert!(writer.woken());
    let reader = Task::parked(mu.rlock());
    drop(writer);
    assert!(reader.woken());
    // A reader that is in and does not know it.
    let mut writer = Task::parked(mu.lock());
    drop(reader);
    assert!(writer.poll().is_ready());
    mu.unlock();
    assert!(mu.try_lock());
}

#[test]
fn an_rw_mutex_holds_data() {
    let names = RwMutex::new(vec![1]);
    now(names.lock()).push(2);
    let (one, two) = (now(names.rlock()), names.try_rlock().expect("two may read"));
    assert_eq!((one.len(), two.len()), (2, 2));
    assert!(names.try_lock().is_none());
    drop((one, two));
    names.try_lock().expect("nobody reads").clear();
    assert!(names.into_inner().is_empty());
}

#[test]
fn a_condition_wakes_in_order_and_forgets_signals() {
    let cond = Cond::new(RawMutex::new());
    cond.signal();
    let mut waits: Vec<_> = (0..3)
        .map(|_| {
            now(cond.l.lock());
            Task::parked(cond.wait())
        })
        .collect();
    assert!(cond.l.try_lock(), "a wait gives the lock back");
    cond.signal();
    assert_eq!(waits.iter().map(Task::woken).collect::<Vec<_>>(), [true, false, false]);
    assert!(waits[0].poll().is_pending(), "the lock is not free");
    cond.l.unlock();
    assert!(waits[0].poll().is_ready());
    cond.l.unlock();
    // A signal of one that is dropped goes to the next.
    cond.signal();
    drop(waits.remove(1));
    assert!(waits[1].woken() && waits[1].poll().is_ready());
}

#[test]
fn a_once_runs_once_and_a_panic_counts() {
    let once = Once::new();
    let runs = AtomicUsize::new(0);
    let run = || {
        runs.fetch_add(1, Ordering::Relaxed);
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| now(once.call(|| panic!("inside")))));
    assert!(outcome.is_err());
    now(once.call(run));
    assert_eq!(runs.load(Ordering::Relaxed), 0);

    let once = Once::new();
    now(once.call(run));
    now(once.clone().call(run));
    assert_eq!(runs.load(Ordering::Relaxed), 1);

    // One that waits inside keeps the others waiting; if it is dropped, it has run.
    let once = Once::new();
    let inside = Task::parked(once.call(std::future::pending::<()>));
    let mut other = Task::parked(once.call(run));
    drop(inside);
    assert!(other.poll().is_ready());
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}

/// A small generator of numbers, the same each run.
struct Numbers(u64);

impl Numbers {
    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % bound
    }
}

/// Polls `future` up to `polls` times and then drops it; whether it ended.
fn try_for<F: Future>(future: F, polls: u64) -> Option<F::Output> {
    let mut task = Task { future: Box::pin(future), count: Arc::default() };
    for _ in 0..polls {
        if let Poll::Ready(output) = task.poll() {
            return Some(output);
        }
        std::thread::yield_now();
    }
    None
}

#[test]
fn threads_that_hammer_a_mutex_exclude_each_other() {
    const THREADS: u64 = 6;
    let (mu, inside) = (RawMutex::new(), AtomicBool::new(false));
    let total = AtomicUsize::new(0);
    std::thread::scope(|s| {
        for thread in 0..THREADS {
            let (mu, inside, total) = (mu.clone(), &inside, &total);
            s.spawn(move || {
                let mut numbers = Numbers(thread);
                let mut done = 0;
                while done < 3_000 {
                    let locked = match numbers.below(4) {
                        0 => mu.try_lock(),
                        1 => try_for(mu.lock(), numbers.below(3)).is_some(),
                        _ => {
                            block_on(mu.lock());
                            true
                        }
                    };
                    if locked {
                        assert!(!inside.swap(true, Ordering::Relaxed));
                        if numbers.below(64) == 0 {
                            std::thread::yield_now();
                        }
                        inside.store(false, Ordering::Relaxed);
                        done += 1;
                        total.fetch_add(1, Ordering::Relaxed);
                        mu.unlock();
                    }
                }
            });
        }
    });
    assert_eq!(total.into_inner(), 3_000 * THREADS as usize);
    assert!(mu.try_lock(), "nothing is left behind");
}

#[test]
fn threads_that_hammer_an_rw_mutex_exclude_each_other() {
    const THREADS: u64 = 6;
    let mu = RawRwMutex::new();
    // Readers count ones, a writer counts a thousand.
    let inside = AtomicUsize::new(0);
    std::thread::scope(|s| {
        for thread in 0..THREADS {
            let (mu, inside) = (mu.clone(), &inside);
            s.spawn(move || {
                let mut numbers = Numbers(thread);
                for _ in 0..3_000 {
                    if numbers.below(3) == 0 {
                        let locked = match numbers.below(3) {
                            0 => try_for(mu.lock(), numbers.below(3)).is_some(),
                            1 => mu.try_lock(),
                            _ => {
                                block_on(mu.lock());
                                true
                            }
                        };
                        if locked {
                            assert_eq!(inside.fetch_add(1_000, Ordering::Relaxed), 0);
                            inside.fetch_sub(1_000, Ordering::Relaxed);
                            mu.unlock();
                        }
                    } else {
                        let locked = match numbers.below(3) {
                            0 => try_for(mu.rlock(), numbers.below(3)).is_some(),
                            1 => mu.try_rlock(),
                            _ => {
                                block_on(mu.rlocker().lock());
                                true
                            }
                        };
                        if locked {
                            assert!(inside.fetch_add(1, Ordering::Relaxed) < 1_000);
                            inside.fetch_sub(1, Ordering::Relaxed);
                            mu.runlock();
                        }
                    }
                }
            });
        }
    });
    assert!(mu.try_lock(), "nothing is left behind");
}

#[test]
fn threads_that_hammer_a_wait_group_all_go_on() {
    for round in 0..2_000 {
        let wg = WaitGroup::new();
        wg.add(3);
        std::thread::scope(|s| {
            if round % 4 == 0 {
                s.spawn(|| block_on(wg.wait()));
                s.spawn(|| try_for(wg.wait(), 2));
            }
            s.spawn(|| wg.add(-2));
            s.spawn(|| wg.done());
            block_on(wg.wait());
        });
    }
}

#[test]
fn a_hog_does_not_starve_whoever_waits_for_its_lock() {
    const PATIENCE: Duration = Duration::from_secs(60);
    for workers in [1, 2] {
        let options = TestOptions { real_time: true, allow_leaks: false, workers: Some(workers) };
        rt::test("main.main", Location::caller(), options, async {
            let (lock, over) = (Arc::new(Mutex::new(0u64)), Arc::new(AtomicBool::new(false)));
            let (wg, since) = (WaitGroup::new(), Instant::now());
            let (theirs, end) = (Arc::clone(&lock), Arc::clone(&over));
            wg.go(async move {
                while !end.load(Ordering::Relaxed) && since.elapsed() < PATIENCE {
                    // Others run only while it has the lock, which it takes again at once.
                    let mut guard = theirs.lock().await;
                    runtime::gosched().await;
                    *guard += 1;
                }
            });
            for _ in 0..20 {
                *lock.lock().await += 1;
            }
            over.store(true, Ordering::Relaxed);
            assert!(since.elapsed() < PATIENCE, "it was not handed the lock");
            wg.wait().await;
        });
    }
}
