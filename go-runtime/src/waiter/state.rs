//! One waiting operation and the compare-and-swap that claims it.
//!
//! # Invariants
//! 1. Only the operation's owner moves `WAITING -> BUSY -> WAITING`; only a peer moves `WAITING -> CLAIMED -> DONE`, or
//!    `WAITING -> DONE` at once where the operation has one node (see [`ONLY`](super::ONLY)).
//! 2. A peer claims only through a node of the waiter, and holds that node's lock from before the claim until after
//!    `DONE`. So an owner that takes the lock of every node it queued sees no claim half done, and one that reads
//!    `DONE` (acquire) may touch the nodes without a lock.
//! 3. The waker and the chosen index belong to whoever holds `BUSY` or `CLAIMED`; to the owner also before the waiter is
//!    queued, after `DONE`, and while it holds the locks of all its nodes.
//! 4. A peer that meets `BUSY` does not wait: it leaves `MISSED` behind and goes on as if the operation were not
//!    there; the owner, when it gives `BUSY` back, finds the mark and looks at its channels again. So no partner is
//!    missed, and a foreign future polled under `BUSY` may use the same channels. Only a select with a future is ever
//!    `BUSY`; any other operation changes its waker under the locks, and nobody passes it by.

use std::fmt;
use std::marker::PhantomPinned;
use std::task::Waker;

use crate::shim::{AtomicU32, Ordering, Slot};

/// Nobody has claimed the operation.
const WAITING: u32 = 0;
/// The owner is looking at its other cases.
const BUSY: u32 = 1;
/// As `BUSY`, and a peer came by meanwhile.
const MISSED: u32 = 2;
/// A peer is handing over.
const CLAIMED: u32 = 3;
/// A peer has handed over; everything is the owner's again.
const DONE: u32 = 4;

/// One waiting operation.
pub struct Waiter {
    /// One of the states above.
    state: AtomicU32,
    /// Wakes the owner; taken by the claimer.
    waker: Slot<Option<Waker>>,
    /// Which of the owner's nodes was claimed.
    chosen: Slot<u32>,
    /// The nodes that are queued point at their waiter, so whatever contains it must not move.
    _pinned: PhantomPinned,
}

// SAFETY: the two slots are handed over by the state's acquire and release operations, see the invariants.
unsafe impl Sync for Waiter {}
// SAFETY: as above; a `Waker` is `Send`.
unsafe impl Send for Waiter {}

/// What an owner that was polled finds.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Poke {
    /// A peer has served the operation.
    Done,
    /// Nothing has happened; the owner now holds `BUSY`.
    Busy,
    /// A peer is serving the operation: once the owner has held the locks of all its nodes, it is done.
    Claimed,
}

impl fmt::Debug for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiter { .. }")
    }
}

impl Waiter {
    /// A waiter that nobody knows of.
    pub(crate) fn new() -> Waiter {
        Waiter { state: AtomicU32::new(WAITING), waker: Slot::new(None), chosen: Slot::new(0), _pinned: PhantomPinned }
    }

    /// A waiter that can be queued.
    #[inline]
    pub(crate) fn armed(waker: Waker) -> Waiter {
        let waiter = Waiter { waker: Slot::new(Some(waker)), ..Waiter::new() };
        if cfg!(go_loom) {
            // loom's atomic is made by whoever touches it first, which must be the owner.
            waiter.state.store(WAITING, Ordering::Relaxed);
        }
        waiter
    }

    /// Prepares the waiter for being queued.
    ///
    /// # Safety
    /// No node of the waiter is queued.
    pub(crate) unsafe fn arm(&self, waker: Waker) {
        // SAFETY: nobody else knows of the waiter.
        let old = unsafe { self.waker.with_mut(|slot| slot.replace(waker)) };
        drop(old);
        // Relaxed: the lock under which the nodes are queued publishes it.
        self.state.store(WAITING, Ordering::Relaxed);
    }

    /// A peer's attempt to serve this operation, made under the lock of one of its nodes.
    pub(crate) fn claim(&self) -> bool {
        loop {
            // Acquire: pairs with the owner's release of `BUSY`, which hands the waker over.
            match self.state.compare_exchange(WAITING, CLAIMED, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(BUSY) => {
                    // Release: what the peer did before it came by is seen by the owner that finds the mark.
                    if self.state.compare_exchange(BUSY, MISSED, Ordering::Release, Ordering::Relaxed).is_ok() {
                        return false;
                    }
                }
                Err(_) => return false,
            }
        }
    }

    /// Ends a claim: the node `index` was served. The waker is to be woken once all locks are given back.
    ///
    /// # Safety
    /// The caller's [`Waiter::claim`] returned true, or it holds the lock of the operation's only node; it does not touch
    /// the waiter or its nodes afterwards.
    pub(crate) unsafe fn complete(&self, index: u32) -> Option<Waker> {
        // SAFETY: the slots belong to the claimer.
        let waker = unsafe {
            self.chosen.with_mut(|chosen| *chosen = index);
            self.waker.with_mut(Option::take)
        };
        // Release: pairs with the acquire in `poke` and `is_done`.
        self.state.store(DONE, Ordering::Release);
        waker
    }

    /// Whether a peer has served the operation.
    pub(crate) fn is_done(&self) -> bool {
        // Acquire: pairs with the release in `complete`.
        self.state.load(Ordering::Acquire) == DONE
    }

    /// Which node was served.
    ///
    /// # Safety
    /// [`Waiter::is_done`] was true, and the caller is the owner.
    pub(crate) unsafe fn chosen(&self) -> u32 {
        // SAFETY: after `DONE` the slot is the owner's.
        unsafe { self.chosen.with_mut(|chosen| *chosen) }
    }

    /// The owner was polled while queued: either it was served, or it holds `BUSY` now.
    pub(crate) fn poke(&self) -> Poke {
        // Acquire: pairs with the release in `complete`.
        match self.state.compare_exchange(WAITING, BUSY, Ordering::Acquire, Ordering::Acquire) {
            Ok(_) => Poke::Busy,
            Err(DONE) => Poke::Done,
            Err(_) => Poke::Claimed,
        }
    }

    /// The owner was polled with another waker while queued: swaps it with the one in place; false if a peer has served
    /// the operation.
    ///
    /// # Safety
    /// The caller is the owner, holds the locks of all nodes, and not `BUSY`.
    pub(crate) unsafe fn swap_waker(&self, waker: &mut Waker) -> bool {
        if self.is_done() {
            return false;
        }
        // SAFETY: nobody claims the operation while all locks are held, so the slot is the owner's.
        unsafe {
            self.waker.with_mut(|slot| {
                if let Some(stored) = slot {
                    std::mem::swap(stored, waker);
                }
            });
        }
        true
    }

    /// Puts another waker in place.
    ///
    /// # Safety
    /// The caller is the owner and holds `BUSY`.
    pub(crate) unsafe fn set_waker(&self, waker: Waker) {
        // SAFETY: the slot belongs to the holder of `BUSY`.
        let old = unsafe { self.waker.with_mut(|slot| slot.replace(waker)) };
        drop(old);
    }

    /// The owner gives `BUSY` back and waits on. False if a peer came by meanwhile: the owner still holds `BUSY` and
    /// must look at its channels again.
    pub(crate) fn resume(&self) -> bool {
        // Release: hands the waker to the next claimer. Acquire on failure: pairs with the release of the peer that
        // left the mark.
        self.state.compare_exchange(BUSY, WAITING, Ordering::Release, Ordering::Acquire).is_ok()
    }

    /// The owner gives `BUSY` back although a peer came by: it has looked at its channels under their locks.
    pub(crate) fn resume_checked(&self) {
        // Release: hands the waker to the next claimer.
        self.state.store(WAITING, Ordering::Release);
    }
}
