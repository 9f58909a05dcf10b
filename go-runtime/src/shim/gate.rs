//! The spin lock's flag.
//!
//! A thread that finds it taken backs off for a burst of pauses instead of hammering the cache line, and gives up its
//! time slice when that did not help, so that an interrupted holder can go on.

use std::sync::atomic::{AtomicBool, Ordering};

/// Lets one thread in at a time.
pub(crate) struct Gate {
    /// Whether somebody is inside.
    taken: AtomicBool,
}

/// Pauses after a failed attempt before the next one.
const PAUSES: u32 = 100;
/// Failed attempts before the thread gives up its time slice.
const ATTEMPTS: u32 = 16;

impl Gate {
    /// A gate with nobody inside.
    pub(crate) const fn new() -> Gate {
        Gate { taken: AtomicBool::new(false) }
    }

    /// Goes in.
    #[inline]
    pub(crate) fn enter(&self) {
        // Acquire: pairs with the release in `leave`.
        if self.taken.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.enter_contended();
        }
    }

    /// The slow path of [`Gate::enter`].
    #[cold]
    fn enter_contended(&self) {
        let mut attempts = 0;
        // Acquire: pairs with the release in `leave`.
        while self.taken.swap(true, Ordering::Acquire) {
            attempts += 1;
            if attempts % ATTEMPTS == 0 {
                std::thread::yield_now();
            }
            for _ in 0..PAUSES {
                std::hint::spin_loop();
            }
        }
    }

    /// Goes out.
    ///
    /// # Safety
    /// The caller is inside.
    #[inline]
    pub(crate) unsafe fn leave(&self) {
        // Release: pairs with the acquire in `enter`.
        self.taken.store(false, Ordering::Release);
    }
}
