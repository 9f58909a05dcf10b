//! The state of one goroutine's task: queued, running, done, and how many references there are.
//!
//! # Invariants
//! 1. The count of wakes is 0 while the task waits, and positive while it is in a queue or runs. Whoever raises it from 0
//!    queues the task; so a task is in at most one queue, once.
//! 2. Whoever took the task out of a queue polls it and then lowers the count to 0 if it has not risen meanwhile; if it
//!    has, the task is queued again. Only they touch the future.
//! 3. References are: one for the queue (or whoever runs the task), one a waker. The memory is freed when there are none
//!    *and* the task is done: a goroutine that nobody can wake any more stays, as in Go, and nothing of it is dropped.
//! 4. Whoever runs the task may lend its reference to a waker ([`Reference::Lent`]), which saves counting it up and down.
//!    Until the end of the poll the task is not done, so it is not freed even if that waker goes at once.
//! 5. If the word is one reference and nothing else, then whoever has it is the only one to touch the word: others would
//!    need a reference to get another. The exception is whoever finds tasks by their records; they do it inside the
//!    sections of all drains.

use crate::shim::{AtomicU64, Ordering};

/// One wake.
const WAKE: u64 = 1;
/// The bits that count wakes.
const WAKES: u64 = (1 << 40) - 1;
/// Over; the future was dropped.
const DONE: u64 = 1 << 40;
/// One reference; the bits above count them.
const REFERENCE: u64 = 1 << 41;

/// See the module's text.
pub(crate) struct State {
    /// The bits above.
    word: AtomicU64,
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

/// What became of the reference of whoever runs the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reference {
    /// It is still there.
    Held,
    /// A waker has it.
    Lent,
}

/// What follows a poll that ended pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parked {
    /// Nothing: a waker will queue the task.
    Waiting,
    /// Queue it again: it was woken meanwhile.
    Again,
}

/// The wakes that a poll answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    /// How many there were when it began.
    wakes: u64,
}

impl State {
    /// A task that is about to be queued for the first time.
    pub(crate) fn new() -> State {
        State { word: AtomicU64::new(WAKE + REFERENCE) }
    }

    /// There is another waker.
    #[inline]
    pub(crate) fn add_reference(&self) {
        // Relaxed: whoever adds a reference has one, which keeps the memory.
        let before = self.word.fetch_add(REFERENCE, Ordering::Relaxed);
        if before > u64::MAX / 2 {
            // Millions of wakers of one goroutine are a leak; before the count overflows there is nothing else to do.
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
        if self.count_wake() {
            return Woken::Queue;
        }
        if self.drop_reference() { Woken::Free } else { Woken::Nothing }
    }

    /// A waker is used and gone with it, if nobody else can do anything to the task; whether it has to be queued. If not,
    /// nothing was done.
    ///
    /// Called inside the section of a drain that runs such tasks: see the fifth invariant.
    #[inline]
    pub(crate) fn wake_alone(&self) -> bool {
        // Acquire: pairs with the release in `park`.
        let alone = self.word.load(Ordering::Acquire) == REFERENCE;
        if alone {
            // Relaxed: whoever polls the task next gets it through a queue.
            self.word.store(WAKE + REFERENCE, Ordering::Relaxed);
        }
        alone
    }

    /// A waker is used and stays.
    #[inline]
    pub(crate) fn wake_by_ref(&self) -> Woken {
        if self.count_wake() {
            self.add_reference();
            return Woken::Queue;
        }
        Woken::Nothing
    }

    /// Counts a wake; whether the task has to be queued.
    #[inline]
    fn count_wake(&self) -> bool {
        // Release: what the waker did before is seen by the poll that follows (pairs with the acquire in `begin`, or with
        // the one in `park`, which fails then).
        let before = self.word.fetch_add(WAKE, Ordering::AcqRel);
        if before & (WAKES | DONE) == 0 {
            return true;
        }
        if before & DONE != 0 || before & WAKES > WAKES / 2 {
            // Nobody will ever lower the count, or it has come far: it must not reach the other bits.
            self.word.fetch_sub(WAKE, Ordering::Relaxed);
        }
        false
    }

    /// The task was taken out of its queue and will be polled.
    #[inline]
    pub(crate) fn begin(&self) -> Begun {
        // Acquire: pairs with the release in `count_wake` and in `park`.
        let wakes = self.word.load(Ordering::Acquire) & WAKES;
        debug_assert_ne!(wakes, 0);
        Begun { wakes }
    }

    /// Whether the task is queued or runs.
    pub(crate) fn is_woken(&self) -> bool {
        self.word.load(Ordering::Relaxed) & WAKES != 0
    }

    /// How many wakers there are when a poll has ended pending; `None` if the task was woken meanwhile.
    pub(crate) fn wakers(&self, begun: Begun, reference: Reference) -> Option<usize> {
        let word = self.word.load(Ordering::Acquire);
        let own = reference.held() / REFERENCE;
        (word & WAKES == begun.wakes).then(|| (word / REFERENCE - own) as usize)
    }

    /// The poll ended pending. If the task is to be queued again, the queue has a reference.
    #[inline]
    pub(crate) fn park(&self, begun: Begun, reference: Reference) -> Parked {
        let mut before = self.word.load(Ordering::Relaxed);
        while before & WAKES == begun.wakes {
            let after = before - begun.wakes - reference.held();
            // Release: the poll comes before the next one. Acquire: pairs with the release in `count_wake`.
            match self.word.compare_exchange_weak(before, after, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return Parked::Waiting,
                Err(now) => before = now,
            }
        }
        if reference == Reference::Lent {
            self.add_reference();
        }
        Parked::Again
    }

    /// The task is over and its future dropped: whether the memory is to be freed.
    #[inline]
    pub(crate) fn finish(&self, reference: Reference) -> bool {
        // AcqRel: as in `drop_reference`.
        let before = self.word.fetch_add(DONE.wrapping_sub(reference.held()), Ordering::AcqRel);
        debug_assert_eq!(before & DONE, 0);
        before / REFERENCE == reference.held() / REFERENCE
    }
}

impl Reference {
    /// What it counts for.
    fn held(self) -> u64 {
        match self {
            Reference::Held => REFERENCE,
            Reference::Lent => 0,
        }
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use super::{Parked, Reference, State, Woken};

    #[test]
    fn a_task_is_queued_once_however_often_it_is_woken() {
        let state = State::new();
        let begun = state.begin();
        state.add_reference();
        assert_eq!(state.park(begun, Reference::Held), Parked::Waiting);
        assert_eq!(state.wake_by_ref(), Woken::Queue);
        assert_eq!(state.wake_by_ref(), Woken::Nothing);
        let begun = state.begin();
        assert_eq!(state.wake_by_ref(), Woken::Nothing);
        assert_eq!(state.park(begun, Reference::Held), Parked::Again);
        let begun = state.begin();
        assert_eq!(state.park(begun, Reference::Held), Parked::Waiting);
        assert_eq!(state.wake_by_ref(), Woken::Queue);
        state.begin();
        assert!(!state.finish(Reference::Held), "a waker is left");
        assert_eq!(state.wake(), Woken::Free);
    }

    #[test]
    fn a_task_that_nobody_can_wake_is_not_freed() {
        let state = State::new();
        let begun = state.begin();
        state.add_reference();
        assert_eq!(state.park(begun, Reference::Held), Parked::Waiting);
        assert!(!state.drop_reference());
    }

    #[test]
    fn a_done_task_is_freed_with_its_last_reference() {
        let state = State::new();
        state.begin();
        state.add_reference();
        state.add_reference();
        assert!(!state.finish(Reference::Held));
        assert!(!state.drop_reference());
        assert!(state.drop_reference());
    }

    #[test]
    fn a_lent_reference_is_the_wakers() {
        let state = State::new();
        let begun = state.begin();
        assert_eq!(state.park(begun, Reference::Lent), Parked::Waiting);
        assert_eq!(state.wake(), Woken::Queue);
        let begun = state.begin();
        // The waker that has the reference is used before the poll ends.
        assert_eq!(state.wake(), Woken::Nothing);
        assert_eq!(state.park(begun, Reference::Lent), Parked::Again);
        state.begin();
        assert!(state.finish(Reference::Held), "the queue's reference was the last");

        let state = State::new();
        state.begin();
        assert!(!state.drop_reference(), "the waker goes while the task runs");
        assert!(state.finish(Reference::Lent), "nobody else is left");
    }

    #[test]
    fn wakes_of_a_done_task_leave_no_trace() {
        let state = State::new();
        state.begin();
        state.add_reference();
        assert!(!state.finish(Reference::Held));
        for _ in 0..1000 {
            assert_eq!(state.wake_by_ref(), Woken::Nothing);
        }
        assert_eq!(state.wake(), Woken::Free);
    }
}
