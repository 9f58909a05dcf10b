//! Locks and wait groups whose waiters are dropped: no lock is lost, none is held twice.

use std::sync::atomic::{AtomicBool, Ordering};

use go::sync::{Mutex, RawMutex, WaitGroup};

use crate::poll::{block_on, poll_at_most};
use crate::random::{Random, rounds};

#[test]
fn a_lock_is_neither_lost_nor_held_twice() {
    rounds(20, |random| {
        let (lock, inside) = (RawMutex::new(), AtomicBool::new(false));
        let seeds: Vec<u64> = (0..3).map(|_| random.below(1 << 30) as u64).collect();
        std::thread::scope(|scope| {
            for seed in seeds {
                let (lock, inside) = (&lock, &inside);
                scope.spawn(move || {
                    let mut random = Random::new(seed);
                    for _ in 0..1000 {
                        if poll_at_most(lock.lock(), random.below(4)).is_some() {
                            assert!(!inside.swap(true, Ordering::SeqCst), "two hold the lock");
                            inside.store(false, Ordering::SeqCst);
                            lock.unlock();
                        }
                    }
                });
            }
        });
        assert!(lock.try_lock(), "the lock was lost with a waiter");
    });
}

#[test]
fn a_guard_that_nobody_took_is_given_back() {
    rounds(20, |random| {
        let total = Mutex::new(0);
        let seeds: Vec<u64> = (0..3).map(|_| random.below(1 << 30) as u64).collect();
        let added: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = seeds
                .into_iter()
                .map(|seed| {
                    let total = &total;
                    scope.spawn(move || {
                        let mut random = Random::new(seed);
                        (0..1000)
                            .filter(|_| {
                                let guard = poll_at_most(total.lock(), random.below(4));
                                guard.map(|mut guard| *guard += 1).is_some()
                            })
                            .count()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("a thread ends")).sum()
        });
        assert_eq!(block_on(async { *total.lock().await }), added);
    });
}

#[test]
fn waits_that_are_dropped_do_not_hold_up_the_others() {
    rounds(50, |random| {
        let group = WaitGroup::new();
        group.add(20);
        let polls: Vec<usize> = (0..2).map(|_| random.below(3)).collect();
        std::thread::scope(|scope| {
            for polls in polls {
                let group = &group;
                scope.spawn(move || {
                    for _ in 0..20 {
                        let _ = poll_at_most(group.wait(), polls);
                    }
                });
            }
            let patient = scope.spawn(|| block_on(group.wait()));
            for _ in 0..20 {
                group.done();
            }
            patient.join().expect("the wait ends");
        });
    });
}
