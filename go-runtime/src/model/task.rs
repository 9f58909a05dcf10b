//! The state of a goroutine's task: no wake is lost, the task is polled by one thread at a time and freed once.

use std::sync::Arc;

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

use super::explore;
use crate::rt::state::{Parked, Reference, State, Woken};

/// A task in small.
struct Task {
    /// The state under test.
    state: State,
    /// How many times the task is in the queue.
    queued: AtomicUsize,
    /// What the waker has to tell.
    told: AtomicBool,
    /// What the last poll saw; loom checks that polls exclude each other.
    seen: loom::cell::UnsafeCell<bool>,
    /// How often the memory was freed.
    freed: AtomicUsize,
}

impl Task {
    /// A task in the queue, with one waker beside.
    fn queued() -> Arc<Task> {
        let task = Arc::new(Task {
            state: State::new(),
            queued: AtomicUsize::new(1),
            told: AtomicBool::new(false),
            seen: loom::cell::UnsafeCell::new(false),
            freed: AtomicUsize::new(0),
        });
        task.state.add_reference();
        task
    }

    /// Does what a wake asks for.
    fn after(&self, woken: Woken) {
        match woken {
            Woken::Queue => assert_eq!(self.queued.fetch_add(1, Ordering::AcqRel), 0, "queued twice"),
            Woken::Nothing => {}
            Woken::Free => self.free(),
        }
    }

    /// The memory is given back.
    fn free(&self) {
        assert_eq!(self.freed.fetch_add(1, Ordering::Relaxed), 0, "freed twice");
    }

    /// Polls the task if it is queued; whether it was. `last` ends it.
    fn run(&self, last: bool) -> bool {
        if self.queued.compare_exchange(1, 0, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            return false;
        }
        let begun = self.state.begin();
        // SAFETY: this is the right to poll; loom checks it.
        self.seen.with_mut(|seen| unsafe { *seen = self.told.load(Ordering::Relaxed) });
        if last {
            if self.state.finish(Reference::Held) {
                self.free();
            }
        } else if self.state.park(begun, Reference::Held) == Parked::Again {
            self.after(Woken::Queue);
        }
        true
    }
}

#[test]
fn a_wake_is_seen_by_the_poll_that_follows() {
    explore(6, || {
        let task = Task::queued();
        let waker = {
            let task = Arc::clone(&task);
            thread::spawn(move || {
                task.told.store(true, Ordering::Relaxed);
                task.after(task.state.wake());
            })
        };
        task.run(false);
        waker.join().expect("the waker ends");
        while task.run(false) {}
        // SAFETY: the other thread is over.
        assert!(task.seen.with(|seen| unsafe { *seen }), "the wake was lost");
    });
}

#[test]
fn two_wakers_and_two_workers() {
    explore(3, || {
        let task = Task::queued();
        let waker = {
            let task = Arc::clone(&task);
            thread::spawn(move || {
                task.told.store(true, Ordering::Relaxed);
                task.after(task.state.wake_by_ref());
                task.after(task.state.wake());
            })
        };
        let worker = {
            let task = Arc::clone(&task);
            thread::spawn(move || {
                task.run(false);
            })
        };
        task.run(false);
        waker.join().expect("the waker ends");
        worker.join().expect("the worker ends");
        while task.run(false) {}
        // SAFETY: the other threads are over.
        assert!(task.seen.with(|seen| unsafe { *seen }), "the wake was lost");
    });
}

#[test]
fn the_last_reference_frees_a_task_that_is_done() {
    explore(6, || {
        let task = Task::queued();
        let waker = {
            let task = Arc::clone(&task);
            thread::spawn(move || task.after(task.state.wake()))
        };
        let dropper = {
            let task = Arc::clone(&task);
            task.state.add_reference();
            thread::spawn(move || {
                if task.state.drop_reference() {
                    task.free();
                }
            })
        };
        task.run(true);
        waker.join().expect("the waker ends");
        dropper.join().expect("the dropper ends");
        assert_eq!(task.freed.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_lent_reference_keeps_the_task_until_its_waker_is_used() {
    explore(6, || {
        let task = Task::queued();
        // The waker beside is not needed here.
        assert!(!task.state.drop_reference());
        assert!(task.queued.compare_exchange(1, 0, Ordering::AcqRel, Ordering::Relaxed).is_ok());
        let begun = task.state.begin();
        // The poll hands its own reference to a waker, which is used at once on another thread.
        let waker = {
            let task = Arc::clone(&task);
            thread::spawn(move || {
                task.told.store(true, Ordering::Relaxed);
                task.after(task.state.wake());
            })
        };
        if task.state.park(begun, Reference::Lent) == Parked::Again {
            task.after(Woken::Queue);
        }
        waker.join().expect("the waker ends");
        assert!(task.run(true), "the wake was lost");
        assert_eq!(task.freed.load(Ordering::Relaxed), 1);
        // SAFETY: the other thread is over.
        assert!(task.seen.with(|seen| unsafe { *seen }), "the wake was not seen");
    });
}

#[test]
fn a_task_that_ends_after_it_lent_its_reference_is_freed_once() {
    explore(6, || {
        let task = Task::queued();
        assert!(!task.state.drop_reference());
        assert!(task.queued.compare_exchange(1, 0, Ordering::AcqRel, Ordering::Relaxed).is_ok());
        let _begun = task.state.begin();
        let dropper = {
            let task = Arc::clone(&task);
            thread::spawn(move || {
                if task.state.drop_reference() {
                    task.free();
                }
            })
        };
        if task.state.finish(Reference::Lent) {
            task.free();
        }
        dropper.join().expect("the dropper ends");
        assert_eq!(task.freed.load(Ordering::Relaxed), 1);
    });
}
