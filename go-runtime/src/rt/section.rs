//! A lock with an owner: its owner enters and leaves with two stores, others pay for that when they come, rarely.
//!
//! A drain puts a goroutine into its next slot and takes it out at every switch, and wakes goroutines; only the system
//! monitor, when a goroutine computes for long, and whoever looks for leaks ever interfere. An exchange or two a switch
//! cost more than the rest of it.
//!
//! # Invariants
//! 1. The owner stores `busy` before it reads `claims`, others store `claims` before they read `busy`, and the two halves
//!    of a barrier lie between: one of the two sees the other. So they are never inside at once.
//! 2. Nothing inside blocks, panics, or enters again.

use crate::shim::{AtomicU32, Ordering, barrier, fence};

/// In `claims`: the system has no barrier in two halves, so the owner needs a fence each time.
const WHOLE: u32 = 1;
/// In `claims`: somebody else is inside or about to be; counted.
const CLAIM: u32 = 2;

/// See the module's text.
pub(crate) struct Section {
    /// Whether the owner is inside.
    busy: AtomicU32,
    /// The bits above.
    claims: AtomicU32,
}

impl Section {
    /// With nobody inside.
    pub(crate) fn new() -> Section {
        let claims = if barrier::is_split() { 0 } else { WHOLE };
        Section { busy: AtomicU32::new(0), claims: AtomicU32::new(claims) }
    }

    /// Runs `inside`; only its owner calls this, from one thread at a time.
    #[inline]
    pub(crate) fn enter<R>(&self, inside: impl FnOnce() -> R) -> R {
        self.busy.store(1, Ordering::Relaxed);
        barrier::light();
        // Acquire: pairs with the release in `visit`; what others did inside is seen.
        if self.claims.load(Ordering::Acquire) != 0 {
            self.wait();
        }
        let result = inside();
        // Release: pairs with the acquire in `visit`.
        self.busy.store(0, Ordering::Release);
        result
    }

    /// The owner enters when others are there, or when it must use a fence.
    #[cold]
    fn wait(&self) {
        loop {
            self.busy.store(1, Ordering::Relaxed);
            fence(Ordering::SeqCst);
            // Acquire: as in `enter`.
            if self.claims.load(Ordering::Acquire) < CLAIM {
                return;
            }
            self.busy.store(0, Ordering::Release);
            while self.claims.load(Ordering::Relaxed) >= CLAIM {
                pause();
            }
        }
    }

    /// Runs `inside` from a thread that is not the owner's, or from the owner's while it is not inside. Several may be
    /// inside at once.
    pub(crate) fn visit<R>(&self, inside: impl FnOnce() -> R) -> R {
        self.claims.fetch_add(CLAIM, Ordering::Relaxed);
        barrier::heavy();
        // Acquire: pairs with the release in `enter`; what the owner did inside is seen.
        while self.busy.load(Ordering::Acquire) != 0 {
            pause();
        }
        let result = inside();
        // Release: pairs with the acquire in `enter`.
        self.claims.fetch_sub(CLAIM, Ordering::Release);
        result
    }
}

/// Lets the other side, which needs a few instructions only, go on.
fn pause() {
    #[cfg(go_loom)]
    loom::thread::yield_now();
    #[cfg(not(go_loom))]
    std::thread::yield_now();
}
