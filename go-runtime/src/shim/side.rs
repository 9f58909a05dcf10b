//! Which gates a thread is inside of that lean towards it; see [`Gate`](super::Gate).
//!
//! A side outlives its thread and then is another thread's, so that whoever holds the number of one may look at it at any
//! time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{AtomicU64, Ordering, gate};

/// How many leaning gates a thread may be inside of at once; it takes any others as every thread does.
const PLACES: usize = if cfg!(go_loom) { 2 } else { 15 };
/// The number of the side of all threads that have none of their own: towards it no gate leans.
const NOBODY: u32 = gate::MOST_NUMBER;

/// A thread, as the gates that lean towards it see it.
#[repr(align(64))]
pub(crate) struct Side {
    /// The addresses of the leaning gates that the thread is inside of; 0 for an empty place. Only the thread writes.
    places: [AtomicU64; PLACES],
    /// The word of a gate that leans towards the thread.
    word: u32,
    /// By which a gate remembers who went in last; nearly every thread has another one.
    mark: u32,
}

impl Side {
    /// The side `number` of a thread that is in no gate.
    pub(crate) const fn new(number: u32) -> Side {
        Side {
            places: [const { AtomicU64::new(0) }; PLACES],
            word: gate::leaning_to(number),
            mark: gate::mark_of(number),
        }
    }

    /// The word of a gate that leans towards the thread.
    #[inline]
    pub(super) fn word(&self) -> u32 {
        self.word
    }

    /// By which a gate remembers who went in last.
    #[inline]
    pub(super) fn mark(&self) -> u32 {
        self.mark
    }

    /// Whether this is some thread's own.
    pub(super) fn is_own(&self) -> bool {
        self.word != gate::leaning_to(NOBODY)
    }

    /// Notes that the thread goes into the gate at `address`, if this place is there and empty.
    #[inline(always)]
    pub(super) fn note_at(&self, place: usize, address: u64) -> bool {
        self.places.get(place).is_some_and(|place| replace(place, 0, address))
    }

    /// Takes back what [`Side::note_at`] noted, if it did.
    #[inline(always)]
    pub(super) fn erase_at(&self, place: usize, address: u64) -> bool {
        self.places.get(place).is_some_and(|place| replace(place, address, 0))
    }

    /// Notes that the thread goes into the gate at `address`, if there is a place left.
    pub(super) fn note(&self, address: u64) -> bool {
        self.places.iter().any(|place| replace(place, 0, address))
    }

    /// Takes back what was noted.
    pub(super) fn erase(&self, address: u64) {
        let erased = self.places.iter().any(|place| replace(place, address, 0));
        debug_assert!(erased, "a thread left a gate that it was not inside of");
    }

    /// Whether the thread is inside of the gate at `address`; for another thread.
    pub(crate) fn is_inside(&self, address: u64) -> bool {
        // Acquire: pairs with the release in `erase`.
        self.places.iter().any(|place| place.load(Ordering::Acquire) == address)
    }
}

/// Writes `new` into a place that holds `old`; for the side's thread.
#[inline(always)]
fn replace(place: &AtomicU64, old: u64, new: u64) -> bool {
    // Relaxed: only this thread writes.
    let holds = place.load(Ordering::Relaxed) == old;
    if holds {
        // Release: pairs with the acquire in `is_inside`; what the thread did inside is seen.
        place.store(new, Ordering::Release);
    }
    holds
}

/// The side of threads that have none of their own.
static NO_SIDE: Side = Side::new(NOBODY);
/// Every side ever made, and the numbers of those whose threads are gone.
static SIDES: Mutex<Sides> = Mutex::new(Sides { all: Vec::new(), free: Vec::new() });

/// What [`SIDES`] guards.
struct Sides {
    /// The sides by their numbers.
    all: Vec<&'static Side>,
    /// The numbers that no thread uses.
    free: Vec<u32>,
}

/// Gives the thread's side back when the thread ends.
struct Keeper;

impl Drop for Keeper {
    fn drop(&mut self) {
        let side = MINE.replace(&NO_SIDE);
        if side.is_own() {
            sides().free.push(gate::number_of(side.word));
        }
    }
}

thread_local! {
    /// The thread's side.
    static MINE: std::cell::Cell<&'static Side> = const { std::cell::Cell::new(&NO_SIDE) };
    /// Made with the thread's own side.
    static KEEPER: Keeper = const { Keeper };
}

/// All sides.
fn sides() -> MutexGuard<'static, Sides> {
    // Nothing panics while it is locked.
    SIDES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread's side.
#[inline]
pub(super) fn mine() -> &'static Side {
    MINE.get()
}

/// The thread's own side, made now if need be; that of all if the thread is at its end.
#[cold]
pub(super) fn own() -> &'static Side {
    let side = mine();
    if side.is_own() || KEEPER.try_with(|_| ()).is_err() {
        return side;
    }
    let mut sides = sides();
    let side = match sides.free.pop() {
        Some(number) => sides.all[number as usize],
        None => {
            let side: &'static Side = Box::leak(Box::new(Side::new(sides.all.len() as u32)));
            sides.all.push(side);
            side
        }
    };
    MINE.set(side);
    side
}

/// The side with this number.
#[cold]
pub(super) fn of(number: u32) -> &'static Side {
    sides().all[number as usize]
}
