//! The spin lock's flag, which leans towards a thread that goes in again and again.
//!
//! An exchange takes 20 cycles also where nobody else comes, which is more than the rest of an operation on a channel; and
//! most channels are used by the goroutines of one worker for long. So a gate through which one thread has gone many times
//! in a row leans towards that thread: it goes in and out with stores of its own. Another thread that comes takes that
//! away, and pays for it with a barrier on all threads; each time it takes the gate more turns to lean again, so that a
//! barrier costs less than what was saved.
//!
//! A thread that finds the gate taken backs off for a burst of pauses instead of hammering the cache line, and gives up its
//! time slice when that did not help, so that an interrupted holder can go on.
//!
//! # Invariants
//! 1. `word` is [`FREE`] (nobody is inside), [`TAKEN`] (whoever made it so is), or says towards which thread the gate
//!    leans: only that thread may be inside, and has noted so at its [`Side`]. With [`CLAIMED`] added, another thread
//!    waits for it to be outside and lets nobody else in.
//! 2. The thread notes the gate before it looks at `word` again, the other changes `word` before it looks at the notes, and
//!    the two halves of a barrier lie between: one of the two sees the other.
//! 3. The gate is noted at a side only while the side's thread is, or tries to be, inside of it by its leaning.

use super::barrier;
use super::lost::Waiting;
use super::side::{self, Side};
use super::{AtomicU32, Ordering, Slot};

/// Nobody is inside.
const FREE: u32 = 0;
/// Somebody is inside.
const TAKEN: u32 = 1;
/// Set while the gate leans; the thread's number is above.
const LEANING: u32 = 2;
/// Set, too, while somebody takes that away.
const CLAIMED: u32 = 1;
/// Where the number is.
const NUMBER: u32 = 2;

/// Turns in a row after which a gate leans for the first time, as a power of two.
const PATIENCE: u32 = 8;
/// The same when the leaning was taken away often.
const MOST_PATIENCE: u32 = 15;

/// In `turns`: how many more turns in a row it takes.
const LEFT: u32 = 0xFFFF;
/// In `turns`: the mark of the last thread.
const LAST: u32 = 0x0FFF_0000;
/// In `turns`: where the patience is.
const PATIENCE_AT: u32 = 28;

/// Pauses after a failed attempt before the next one.
#[cfg(not(go_loom))]
const PAUSES: u32 = 200;
/// Failed attempts before the thread gives up its time slice.
#[cfg(not(go_loom))]
const ATTEMPTS: u32 = 16;

/// Lets one thread in at a time.
pub(crate) struct Gate {
    /// See the first invariant.
    word: AtomicU32,
    /// Who went in last and how often it has to before the gate leans; guarded by the gate, of no use while it leans.
    turns: Slot<u32>,
}

/// The greatest number of a side.
pub(super) const MOST_NUMBER: u32 = u32::MAX >> NUMBER;

/// The word of a gate that leans towards the thread with this number.
pub(super) const fn leaning_to(number: u32) -> u32 {
    (number << NUMBER) | LEANING
}

/// The number of the thread towards which a gate with this word leans.
pub(super) const fn number_of(word: u32) -> u32 {
    word >> NUMBER
}

/// The mark of the thread with this number.
pub(super) const fn mark_of(number: u32) -> u32 {
    (number << LEFT.count_ones()) & LAST
}

/// The turns of a gate that the thread of `mark` went into for the first time.
const fn first_turn(mark: u32, patience: u32) -> u32 {
    (patience << PATIENCE_AT) | mark | (1 << patience)
}

impl Gate {
    /// A gate with nobody inside.
    pub(crate) const fn new() -> Gate {
        Gate { word: AtomicU32::new(FREE), turns: Slot::new(first_turn(mark_of(MOST_NUMBER), PATIENCE)) }
    }

    /// Goes in; the thread is inside of so many others, as far as they count.
    #[inline]
    pub(crate) fn enter(&self, others: usize) {
        debug_assert!(!side::mine().is_inside(self.address()), "a thread waits for itself");
        self.enter_as(others, side::mine(), side::own, side::of);
    }

    /// Goes out, having gone in with so many `others`.
    ///
    /// # Safety
    /// The caller is inside.
    #[inline]
    pub(crate) unsafe fn leave(&self, others: usize) {
        // SAFETY: the caller's promise.
        unsafe { self.leave_as(others, side::mine()) };
    }

    /// What others know the gate by.
    #[inline]
    fn address(&self) -> u64 {
        std::ptr::from_ref(self).addr() as u64
    }

    /// The thread whose side is `me` goes in. `others` is where it looks first for an empty place to note that. `own` gives
    /// it a side of its own, `of` finds one by its number.
    #[inline(always)]
    pub(crate) fn enter_as<'a>(
        &self,
        others: usize,
        me: &'a Side,
        own: impl FnOnce() -> &'a Side,
        of: impl Fn(u32) -> &'a Side,
    ) {
        // Relaxed: looked at again inside.
        if self.word.load(Ordering::Relaxed) == me.word() {
            if !me.note_at(others, self.address()) || !self.still_leans(me) {
                self.enter_slowly(me, of);
            }
            return;
        }
        // Acquire: pairs with the release in `leave_as`.
        if self.word.compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed).is_err() {
            return self.enter_slowly(me, of);
        }
        // SAFETY: this thread is inside.
        let leans = unsafe {
            self.turns.with_mut(|turns| {
                *turns -= 1;
                let left = (*turns ^ me.mark()) & (LEFT | LAST);
                if left.wrapping_sub(1) < LEFT {
                    return false;
                }
                // None is left, or another thread went in before.
                *turns = first_turn(me.mark(), *turns >> PATIENCE_AT);
                left == 0
            })
        };
        if leans && barrier::is_split() {
            self.lean(own());
        }
    }

    /// Whether the gate leans towards `me`, by which it has been noted: then the thread is inside. Otherwise the note goes.
    #[inline(always)]
    fn still_leans(&self, me: &Side) -> bool {
        barrier::light();
        // Acquire: it is an atomic operation in a model only, where it pairs with what made the gate lean.
        let leans = self.word.load(Ordering::Acquire) == me.word();
        if !leans {
            me.erase(self.address());
        }
        leans
    }

    /// The thread of `me`, which is inside, lets the gate lean towards itself, if it has a side of its own. The system has
    /// the barrier for it.
    #[cold]
    pub(crate) fn lean(&self, me: &Side) {
        // Relaxed: inside, only the thread itself makes it so.
        let taken = self.word.load(Ordering::Relaxed) == TAKEN;
        if taken && me.is_own() && me.note(self.address()) {
            // Release: whoever takes it away sees the note.
            self.word.store(me.word(), Ordering::Release);
        }
    }

    /// The slow path of [`Gate::enter_as`]: somebody else is there, or this thread is inside of another leaning gate.
    #[cold]
    #[inline(never)]
    fn enter_slowly<'a>(&self, me: &'a Side, of: impl Fn(u32) -> &'a Side) {
        let mut attempts = 0;
        let mut waiting = Waiting::new();
        loop {
            // Relaxed: each way in has its own order.
            let word = self.word.load(Ordering::Relaxed);
            let inside = if word == FREE {
                // Acquire: pairs with the release in `leave_as`.
                self.word.compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed).is_ok()
            } else if word == me.word() {
                if me.note(self.address()) {
                    if self.still_leans(me) {
                        return;
                    }
                    false
                } else {
                    // There is no place left at this side.
                    self.claim(me, me, word)
                }
            } else if word & LEANING != 0 && word & CLAIMED == 0 {
                waiting.begins();
                self.claim(me, of(number_of(word)), word)
            } else {
                false
            };
            if inside {
                // SAFETY: this thread is inside.
                unsafe { self.turns.with_mut(|turns| *turns = first_turn(me.mark(), *turns >> PATIENCE_AT)) };
                return;
            }
            attempts += 1;
            waiting.begins();
            pause(attempts);
        }
    }

    /// The thread of `me` takes the gate from that of `side`, towards which it leans as `word` says, and goes in; false if
    /// another one was faster.
    #[cold]
    fn claim(&self, me: &Side, side: &Side, word: u32) -> bool {
        // Acquire: pairs with the release in `lean`.
        if self.word.compare_exchange(word, word | CLAIMED, Ordering::Acquire, Ordering::Relaxed).is_err() {
            return false;
        }
        if !std::ptr::eq(me, side) {
            barrier::heavy();
            let mut attempts = 0;
            while side.is_inside(self.address()) {
                attempts += 1;
                pause(attempts);
            }
        }
        // Relaxed: nobody goes in by a word of this kind.
        self.word.store(TAKEN, Ordering::Relaxed);
        // SAFETY: this thread is inside.
        unsafe {
            self.turns.with_mut(|turns| {
                let patience = MOST_PATIENCE.min((*turns >> PATIENCE_AT) + 1);
                *turns = patience << PATIENCE_AT;
            });
        }
        true
    }

    /// The thread whose side is `me` goes out.
    ///
    /// # Safety
    /// It is inside.
    #[inline(always)]
    pub(crate) unsafe fn leave_as(&self, others: usize, me: &Side) {
        if me.erase_at(others, self.address()) {
            return;
        }
        // Relaxed: inside, only the thread itself makes it so.
        if self.word.load(Ordering::Relaxed) == TAKEN {
            // Release: pairs with the acquire of those who go in.
            self.word.store(FREE, Ordering::Release);
        } else {
            me.erase(self.address());
        }
    }
}

/// Lets whoever is inside go on, after so many failed attempts.
#[cfg(not(go_loom))]
fn pause(attempts: u32) {
    if attempts.is_multiple_of(ATTEMPTS) {
        std::thread::yield_now();
    }
    for _ in 0..PAUSES {
        std::hint::spin_loop();
    }
}

/// Lets the other threads of the model go on.
#[cfg(go_loom)]
fn pause(_attempts: u32) {
    loom::thread::yield_now();
}
