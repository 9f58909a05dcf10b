//! The monitor: a grant is never lost.

use std::panic::Location;
use std::sync::Arc;

use loom::thread;

use super::{block_on, block_on_changing, explore, poll_and_drop};
use crate::goroutine::WaitReason;
use crate::waiter::{Inside, Monitor, WaitOp};

/// A semaphore in small: the state is the number of permits.
fn acquire() -> WaitOp<u32> {
    WaitOp {
        reason: WaitReason::MutexLock,
        place: Location::caller(),
        tag: 0,
        front: false,
        attempt: |inside| {
            let free = **inside > 0;
            if free {
                **inside -= 1;
            }
            free
        },
        undo: release,
    }
}

/// Gives a permit to the first that waits, or back.
fn release(inside: &mut Inside<'_, u32>) {
    if !inside.grant_first() {
        **inside += 1;
    }
}

/// A monitor that loom knows before the threads start.
fn monitor(permits: u32) -> Arc<Monitor<u32>> {
    let monitor = Arc::new(Monitor::new(permits));
    monitor.with(|inside| assert!(!inside.has_waiting()));
    monitor
}

#[test]
fn a_wait_is_granted() {
    explore(8, || {
        let monitor = monitor(0);
        let releaser = {
            let monitor = Arc::clone(&monitor);
            thread::spawn(move || monitor.with(release))
        };
        block_on_changing(monitor.wait(acquire()));
        releaser.join().expect("the releaser ends");
        monitor.with(|inside| assert_eq!(**inside, 0));
    });
}

#[test]
fn two_exclude_each_other() {
    explore(4, || {
        let monitor = monitor(1);
        let inside = Arc::new(loom::cell::UnsafeCell::new(0));
        let other = {
            let (monitor, inside) = (Arc::clone(&monitor), Arc::clone(&inside));
            thread::spawn(move || {
                block_on(monitor.wait(acquire()));
                // SAFETY: the permit keeps the other thread out; loom checks it.
                inside.with_mut(|n| unsafe { *n += 1 });
                monitor.with(release);
            })
        };
        block_on_changing(monitor.wait(acquire()));
        // SAFETY: as above.
        inside.with_mut(|n| unsafe { *n += 1 });
        monitor.with(release);
        other.join().expect("the other ends");
        // SAFETY: the other thread is over.
        assert_eq!(inside.with_mut(|n| unsafe { *n }), 2);
        monitor.with(|inside| assert_eq!(**inside, 1));
    });
}

#[test]
fn a_dropped_wait_passes_its_grant_on() {
    explore(4, || {
        let monitor = monitor(0);
        let other = {
            let monitor = Arc::clone(&monitor);
            thread::spawn(move || block_on(monitor.wait(acquire())))
        };
        let releaser = {
            let monitor = Arc::clone(&monitor);
            thread::spawn(move || monitor.with(release))
        };
        if poll_and_drop(monitor.wait(acquire())).is_some() {
            // This thread got the permit: the other one waits for it.
            monitor.with(release);
        }
        other.join().expect("the other is granted");
        releaser.join().expect("the releaser ends");
        monitor.with(|inside| {
            assert_eq!(**inside, 0);
            assert!(!inside.has_waiting());
        });
    });
}

#[test]
fn grant_all_reaches_everybody() {
    explore(2, || {
        let monitor = monitor(0);
        // A wait group in small: the state is 1 once it is over.
        fn over() -> WaitOp<u32> {
            WaitOp {
                reason: WaitReason::WaitGroupWait,
                place: Location::caller(),
                tag: 0,
                front: false,
                attempt: |inside| **inside == 1,
                undo: |_| {},
            }
        }
        let other = {
            let monitor = Arc::clone(&monitor);
            thread::spawn(move || block_on(monitor.wait(over())))
        };
        let ender = {
            let monitor = Arc::clone(&monitor);
            thread::spawn(move || {
                monitor.with(|inside| {
                    **inside = 1;
                    inside.grant_all();
                });
            })
        };
        block_on_changing(monitor.wait(over()));
        other.join().expect("the other is granted");
        ender.join().expect("the ender ends");
    });
}
