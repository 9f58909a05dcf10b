//! Unit tests of the queues and the monitor, polled by hand.

use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};

use super::hand::{Task, nosy, now, poll_with};
use super::{Inside, Monitor, WaitOp};
use crate::goroutine::WaitReason;

/// Takes a permit; `undo` gives it to the next.
fn acquire(front: bool) -> WaitOp<u32> {
    WaitOp {
        reason: WaitReason::MutexLock,
        place: Location::caller(),
        tag: 0,
        front,
        attempt: |inside| {
            let free = **inside > 0;
            **inside -= u32::from(free);
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

/// How many wait, and how many permits are left.
fn state(monitor: &Monitor<u32>) -> (usize, u32) {
    monitor.with(|inside| (inside.waiting(), **inside))
}

#[test]
fn permits_go_to_those_that_wait_in_their_order() {
    let monitor = Monitor::new(1);
    now(monitor.wait(acquire(false)));
    let mut second = Task::parked(monitor.wait(acquire(false)));
    let mut third = Task::parked(monitor.wait(acquire(false)));
    let mut first = Task::parked(monitor.wait(acquire(true)));
    assert_eq!(state(&monitor), (3, 0));
    for task in [&mut first, &mut second, &mut third] {
        monitor.with(release);
        assert_eq!(task.wakes(), 1);
        assert!(task.poll().is_ready());
    }
    monitor.with(release);
    assert_eq!(state(&monitor), (0, 1));
}

#[test]
fn a_dropped_wait_leaves_the_queue_or_passes_its_grant_on() {
    let monitor = Monitor::new(0);
    let first = Task::parked(monitor.wait(acquire(false)));
    let second = Task::parked(monitor.wait(acquire(false)));
    let mut third = Task::parked(monitor.wait(acquire(false)));
    drop(second);
    assert_eq!(state(&monitor), (2, 0));
    monitor.with(release);
    drop(first);
    assert_eq!((third.wakes(), state(&monitor)), (1, (0, 0)));
    assert!(third.poll().is_ready());
    monitor.with(release);
    assert_eq!(state(&monitor), (0, 1));
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let monitor = Monitor::new(0);
    let mut task = Task::parked(monitor.wait(acquire(false)));
    let stale = Arc::clone(&task.count);
    assert!(task.poll_elsewhere().is_pending());
    assert_eq!(state(&monitor).0, 1, "a poll does not queue twice");
    monitor.with(release);
    assert_eq!((stale.wakes.load(Ordering::Relaxed), task.wakes()), (0, 1));
    assert!(task.poll_elsewhere().is_ready());
}

#[test]
fn everybody_is_granted_at_once() {
    let monitor = Monitor::new(0);
    let mut tasks: Vec<_> = (0..5).map(|_| Task::parked(monitor.wait(acquire(false)))).collect();
    monitor.with(|inside| inside.grant_all());
    for task in &mut tasks {
        assert_eq!((task.wakes(), task.poll().is_ready()), (1, true));
    }
}

#[test]
fn no_foreign_code_runs_under_the_lock() {
    let monitor = Arc::new(Monitor::new(0));
    let looking = || {
        let monitor = Arc::clone(&monitor);
        // With the lock held, the look would wait for ever.
        nosy(move || assert!(state(&monitor).1 == 0))
    };
    let mut wait = pin!(monitor.wait(acquire(false)));
    assert!(poll_with(wait.as_mut(), &looking()).is_pending());
    assert!(poll_with(wait.as_mut(), &looking()).is_pending());
    monitor.with(release);
    assert!(poll_with(wait.as_mut(), &looking()).is_ready());
}

#[test]
fn a_panic_in_a_waker_leaves_no_wait_behind() {
    // An attempt that grants somebody else, whose waker panics, and then has to wait itself.
    let monitor = Monitor::new(0);
    let armed = Arc::new(AtomicBool::new(false));
    let waker = {
        let armed = Arc::clone(&armed);
        nosy(move || assert!(!armed.swap(false, Ordering::Relaxed), "the waker's own bug"))
    };
    let mut victim = Box::pin(monitor.wait(acquire(false)));
    assert!(poll_with(victim.as_mut(), &waker).is_pending());
    armed.store(true, Ordering::Relaxed);
    let swap = WaitOp {
        attempt: |inside: &mut Inside<'_, u32>| {
            inside.grant_first();
            false
        },
        ..acquire(false)
    };
    let mut wait = Box::pin(monitor.wait(swap));
    assert!(catch_unwind(AssertUnwindSafe(|| poll_with(wait.as_mut(), Waker::noop()))).is_err());
    assert_eq!(state(&monitor).0, 1);
    drop(wait);
    assert_eq!(state(&monitor).0, 0, "the wait is queued, and knows it");
    assert!(matches!(poll_with(victim.as_mut(), Waker::noop()), Poll::Ready(_)));
}
