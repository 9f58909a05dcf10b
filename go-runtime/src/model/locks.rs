//! The locks and the wait group: exclusion, and no lost wake-up, whatever barges in, is handed over or given up.

use std::sync::Arc;

use loom::thread;

use super::{block_on, block_on_changing, explore, poll_and_drop};
use crate::sync::{Cond, RawMutex, RawRwMutex, WaitGroup, hand_over_at_once};

/// Something that only one thread at a time may touch; loom checks it.
#[derive(Clone)]
struct Inside {
    /// How often it was touched.
    touched: Arc<loom::cell::UnsafeCell<u32>>,
}

impl Inside {
    /// Untouched.
    fn new() -> Inside {
        Inside { touched: Arc::new(loom::cell::UnsafeCell::new(0)) }
    }

    /// Touches it.
    fn touch(&self) {
        // SAFETY: the lock keeps the others out, which is what the model checks.
        self.touched.with_mut(|n| unsafe { *n += 1 });
    }

    /// How often it was touched.
    fn count(&self) -> u32 {
        // SAFETY: as above.
        self.touched.with_mut(|n| unsafe { *n })
    }
}

/// A mutex that loom knows before the threads start.
fn mutex() -> RawMutex {
    let mu = RawMutex::new();
    assert!(mu.try_lock());
    mu.unlock();
    mu
}

/// A reader/writer lock that loom knows before the threads start.
fn rw_mutex() -> RawRwMutex {
    let mu = RawRwMutex::new();
    assert!(mu.try_lock());
    mu.unlock();
    mu
}

/// Two threads and this one take the lock; the last one gives up if it has to wait.
fn three_meet(hand_over: bool) {
    explore(2, move || {
        hand_over_at_once(hand_over);
        let (mu, inside) = (mutex(), Inside::new());
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (mu, inside) = (mu.clone(), inside.clone());
                thread::spawn(move || {
                    block_on(mu.lock());
                    inside.touch();
                    mu.unlock();
                })
            })
            .collect();
        let mut expected = 2;
        if poll_and_drop(mu.lock()).is_some() {
            inside.touch();
            expected += 1;
            mu.unlock();
        }
        for thread in threads {
            thread.join().expect("it got the lock");
        }
        assert_eq!(inside.count(), expected);
        assert!(mu.try_lock(), "nothing is left behind");
    });
}

#[test]
fn a_mutex_excludes_and_loses_no_wake_up() {
    three_meet(false);
}

#[test]
fn a_mutex_that_hands_over_excludes_and_loses_no_wake_up() {
    three_meet(true);
}

#[test]
fn a_lock_that_is_given_up_passes_its_turn_on() {
    explore(3, || {
        hand_over_at_once(false);
        let (mu, inside) = (mutex(), Inside::new());
        assert!(mu.try_lock());
        let giving_up = {
            let mu = mu.clone();
            thread::spawn(move || {
                if poll_and_drop(mu.lock()).is_some() {
                    mu.unlock();
                }
            })
        };
        let waiting = {
            let (mu, inside) = (mu.clone(), inside.clone());
            thread::spawn(move || {
                block_on(mu.lock());
                inside.touch();
                mu.unlock();
            })
        };
        mu.unlock();
        giving_up.join().expect("it gave up");
        waiting.join().expect("it got the lock");
        assert_eq!(inside.count(), 1);
    });
}

/// A lock that is taken twice by one thread while another waits with wakers that change.
fn two_take_turns(hand_over: bool) {
    explore(3, move || {
        hand_over_at_once(hand_over);
        let (mu, inside) = (mutex(), Inside::new());
        let other = {
            let (mu, inside) = (mu.clone(), inside.clone());
            thread::spawn(move || {
                for _ in 0..2 {
                    block_on(mu.lock());
                    inside.touch();
                    mu.unlock();
                }
            })
        };
        block_on_changing(mu.lock());
        inside.touch();
        mu.unlock();
        other.join().expect("it got the lock");
        assert_eq!(inside.count(), 3);
        assert!(mu.try_lock());
    });
}

#[test]
fn a_waker_may_change_while_the_lock_comes_free() {
    two_take_turns(false);
}

#[test]
fn a_waker_may_change_while_the_lock_is_handed_over() {
    two_take_turns(true);
}

#[test]
fn a_reader_and_two_writers_exclude_each_other() {
    explore(2, || {
        hand_over_at_once(false);
        let (mu, inside) = (rw_mutex(), Inside::new());
        let writer = {
            let (mu, inside) = (mu.clone(), inside.clone());
            thread::spawn(move || {
                block_on(mu.lock());
                inside.touch();
                mu.unlock();
            })
        };
        let reader = {
            let mu = mu.clone();
            thread::spawn(move || {
                block_on_changing(mu.rlock());
                mu.runlock();
            })
        };
        let mut expected = 1;
        // A writer that gives up lets the reader in.
        if poll_and_drop(mu.lock()).is_some() {
            inside.touch();
            expected += 1;
            mu.unlock();
        }
        writer.join().expect("it wrote");
        reader.join().expect("it read");
        assert_eq!(inside.count(), expected);
        assert!(mu.try_lock());
    });
}

#[test]
fn a_wait_group_wakes_all_that_wait() {
    explore(3, || {
        let wg = WaitGroup::new();
        wg.add(2);
        let inside = Inside::new();
        let worker = {
            let (wg, inside) = (wg.clone(), inside.clone());
            thread::spawn(move || {
                inside.touch();
                wg.done();
            })
        };
        let other = {
            let wg = wg.clone();
            thread::spawn(move || block_on_changing(wg.wait()))
        };
        // One that gives up may have been the only one that waited.
        let _ = poll_and_drop(wg.wait());
        wg.done();
        block_on(wg.wait());
        assert_eq!(inside.count(), 1, "what the worker did is seen");
        worker.join().expect("it worked");
        other.join().expect("it was woken");
    });
}

#[test]
fn a_signal_is_not_missed() {
    explore(3, || {
        hand_over_at_once(false);
        let cond = Cond::new(mutex());
        cond.signal();
        let changed = Inside::new();
        let changer = {
            let (cond, changed) = (cond.clone(), changed.clone());
            thread::spawn(move || {
                block_on(cond.l.lock());
                changed.touch();
                cond.l.unlock();
                cond.signal();
            })
        };
        block_on(async {
            cond.l.lock().await;
            while changed.count() == 0 {
                cond.wait().await;
            }
            cond.l.unlock();
        });
        changer.join().expect("it changed it");
    });
}
