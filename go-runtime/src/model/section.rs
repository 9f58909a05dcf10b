//! A drain's section: the owner and others are never inside at once, and a task woken there is woken once.

use std::sync::Arc;

use loom::cell::UnsafeCell;
use loom::thread;

use super::explore;
use crate::rt::section::Section;
use crate::rt::state::{Parked, Reference, State, Woken};

/// A drain in small.
struct Drain {
    /// The section under test.
    section: Section,
    /// The next slot: empty, or which goroutine; loom checks that nobody looks while somebody writes.
    next: UnsafeCell<Option<u32>>,
}

// SAFETY: the slot is touched inside the section only; that this is enough is what the models check.
unsafe impl Sync for Drain {}

impl Drain {
    /// A drain whose section loom has seen.
    fn new() -> Arc<Drain> {
        let drain = Arc::new(Drain { section: Section::new(), next: UnsafeCell::new(None) });
        drain.section.enter(|| ());
        drain.section.visit(|| ());
        drain
    }

    /// What the slot holds, which is empty afterwards. Inside the section.
    fn take(&self) -> Option<u32> {
        // SAFETY: loom checks it.
        self.next.with_mut(|next| unsafe { (*next).take() })
    }

    /// Fills the slot. Inside the section.
    fn set(&self, goroutine: u32) {
        // SAFETY: loom checks it.
        self.next.with_mut(|next| unsafe { *next = Some(goroutine) });
    }
}

#[test]
fn what_lies_in_the_next_slot_is_taken_once() {
    explore(3, || {
        let drain = Drain::new();
        let monitor = {
            let drain = Arc::clone(&drain);
            thread::spawn(move || drain.section.visit(|| drain.take()))
        };
        drain.section.enter(|| drain.set(1));
        let mine = drain.section.enter(|| drain.take());
        let theirs = monitor.join().expect("the monitor ends");
        assert_eq!(u32::from(mine == Some(1)) + u32::from(theirs == Some(1)), 1, "{mine:?} {theirs:?}");
    });
}

#[test]
fn the_owner_comes_back_after_a_visit() {
    explore(3, || {
        let drain = Drain::new();
        let monitor = {
            let drain = Arc::clone(&drain);
            thread::spawn(move || drain.section.visit(|| drain.take()))
        };
        let mut mine = 0;
        for goroutine in 1..=2 {
            drain.section.enter(|| drain.set(goroutine));
            mine += drain.section.enter(|| drain.take()).is_some() as u32;
        }
        let theirs = monitor.join().expect("the monitor ends").is_some() as u32;
        assert_eq!(mine + theirs, 2);
    });
}

#[test]
fn a_task_is_woken_once_by_its_only_waker_and_by_whoever_finds_it() {
    explore(3, || {
        let (drain, state) = (Drain::new(), Arc::new(State::new()));
        // Parked, with its only reference in a waker.
        let begun = state.begin();
        assert_eq!(state.park(begun, Reference::Lent), Parked::Waiting);
        let finder = {
            let (drain, state) = (Arc::clone(&drain), Arc::clone(&state));
            thread::spawn(move || {
                drain.section.visit(|| state.add_reference());
                state.wake() == Woken::Queue
            })
        };
        let alone = drain.section.enter(|| state.wake_alone());
        let mine = alone || state.wake() == Woken::Queue;
        let theirs = finder.join().expect("the finder ends");
        assert_eq!(u32::from(mine) + u32::from(theirs), 1, "queued once");
        // Whoever runs it has the only reference that is left.
        let begun = state.begin();
        assert_eq!(state.wakers(begun, Reference::Held).unwrap_or(0), 0);
        assert!(state.finish(Reference::Held), "no reference is left over");
    });
}
