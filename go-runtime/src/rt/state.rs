//! The state of one goroutine's task: queued, running, done, and how many references there are.
//!
//! # Invariants
//! 1. `SCHEDULED` is set while the task is in a queue, and while it runs if it was woken meanwhile. Whoever sets it on a
//!    task that neither runs nor is done queues the task; so a task is in at most one queue, once.
//! 2. `RUNNING` is set and cleared by whoever took the task out of a queue; only they touch the future.
//! 3. References are: one for the queue (or whoever runs the task), one a waker. The memory is freed when there are none
//!    *and* the task is done: a goroutine that nobody can wake any more stays, as in Go, and nothing of it is dropped.

use crate::shim::{AtomicU32, Ordering};

/// In a queue, or woken while it runs.
const SCHEDULED: u32 = 1;
/// Being polled.
const RUNNING: u32 = 2;
/// Over; the future was dropped.
const DONE: u32 = 4;
/// One reference.
const REFERENCE: u32 = 8;

/// See the module's text.
pub(crate) struct State {
    /// The bits above; the number of references above them.
    word: AtomicU32,
}

/// What a waker that was used has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Woken {
    /// Put the task into a queue, which takes over the waker's reference.
    Queue,
    /// Nothing.
    Nothing,
    /// Free the memory.
    Free,
}

/// What follows a poll that ended pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parked {
    /// Nothing: a waker will queue the task.
    Waiting,
    /// Queue it again: it was woken meanwhile.
    Again,
}

impl State {
    /// A task that is about to be queued for the first time.
    pub(crate) fn new() -> State {
        State { word: AtomicU32::new(SCHEDULED + REFERENCE) }
    }

    /// There is another waker.
    #[inline]
    pub(crate) fn add_reference(&self) {
        // Relaxed: whoever adds a reference has one, which keeps the memory.
        let before = self.word.fetch_add(REFERENCE, Ordering::Relaxed);
        if before > u32::MAX / 2 {
            // Half a billion wakers of one goroutine are a leak; before the count overflows there is nothing else to do.
            std::process::abort();
        }
    }

    /// A waker is gone: whether the memory is to be freed.
    #[inline]
    pub(crate) fn drop_reference(&self) -> bool {
        // Release: what was done with the task before comes before the freeing. Acquire: pairs with the others' release.
        let before = self.word.fetch_sub(REFERENCE, Ordering::AcqRel);
        before / REFERENCE == 1 && before & DONE != 0
    }

    /// A waker is used and gone with it.
    #[inline]
    pub(crate) fn wake(&self) -> Woken {
        if self.set_scheduled() {
            return Woken::Queue;
        }
        if self.drop_reference() { Woken::Free } else { Woken::Nothing }
    }

    /// A waker is used and stays.
    #[inline]
    pub(crate) fn wake_by_ref(&self) -> Woken {
        if self.set_scheduled() {
            self.add_reference();
            return Woken::Queue;
        }
        Woken::Nothing
    }

    /// Marks the task as woken; whether it has to be queued.
    #[inline]
    fn set_scheduled(&self) -> bool {
        // Release: what the waker did before is seen by the poll that follows (pairs with the acquire in `begin`, or in
        // `park` if the task runs). A read-modify-write even if the bit is set already, for the same reason.
        let before = self.word.fetch_or(SCHEDULED, Ordering::AcqRel);
        before & (SCHEDULED | RUNNING | DONE) == 0
    }

    /// The task was taken out of its queue and will be polled.
    #[inline]
    pub(crate) fn begin(&self) {
        // Acquire: pairs with the release in `set_scheduled` and in `park`. Adding 1 turns `SCHEDULED` into `RUNNING`.
        let before = self.word.fetch_add(RUNNING - SCHEDULED, Ordering::Acquire);
        debug_assert_eq!(before & (SCHEDULED | RUNNING | DONE), SCHEDULED);
    }

    /// The poll ended pending.
    #[inline]
    pub(crate) fn park(&self) -> Parked {
        let mut before = self.word.load(Ordering::Relaxed);
        loop {
            let (after, parked) = if before & SCHEDULED == 0 {
                (before - RUNNING - REFERENCE, Parked::Waiting)
            } else {
                (before - RUNNING, Parked::Again)
            };
            // Release: the poll comes before the next one. Acquire: pairs with the release in `set_scheduled`.
            match self.word.compare_exchange_weak(before, after, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return parked,
                Err(now) => before = now,
            }
        }
    }

    /// The task is over and its future dropped: whether the memory is to be freed.
    #[inline]
    pub(crate) fn finish(&self) -> bool {
        // AcqRel: as in `drop_reference`.
        let before = self.word.fetch_add(DONE.wrapping_sub(RUNNING).wrapping_sub(REFERENCE), Ordering::AcqRel);
        debug_assert_eq!(before & (RUNNING | DONE), RUNNING);
        before / REFERENCE == 1
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use super::{Parked, State, Woken};

    #[test]
    fn a_task_is_queued_once_however_often_it_is_woken() {
        let state = State::new();
        state.begin();
        state.add_reference();
        assert_eq!(state.park(), Parked::Waiting);
        assert_eq!(state.wake_by_ref(), Woken::Queue);
        assert_eq!(state.wake_by_ref(), Woken::Nothing);
        state.begin();
        assert_eq!(state.wake_by_ref(), Woken::Nothing);
        assert_eq!(state.park(), Parked::Again);
        state.begin();
        assert!(!state.finish(), "a waker is left");
        assert_eq!(state.wake(), Woken::Free);
    }

    #[test]
    fn a_task_that_nobody_can_wake_is_not_freed() {
        let state = State::new();
        state.begin();
        state.add_reference();
        assert_eq!(state.park(), Parked::Waiting);
        assert!(!state.drop_reference());
    }

    #[test]
    fn a_done_task_is_freed_with_its_last_reference() {
        let state = State::new();
        state.begin();
        state.add_reference();
        state.add_reference();
        assert!(!state.finish());
        assert!(!state.drop_reference());
        assert!(state.drop_reference());
    }
}
