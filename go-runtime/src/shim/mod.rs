//! The one place that chooses between `std` and the model checker.
//!
//! Everything below `rt` is written against these names, so that the channel, select and waiter cores run
//! unchanged under loom (`RUSTFLAGS="--cfg loom"`).

mod cell;
mod lazy;
mod lock;

pub(crate) use cell::Slot;
pub(crate) use lazy::{Lazy, LazyArc, WeakLazy};
pub(crate) use lock::{Lock, LockGuard};

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU32, Ordering, fence};
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Tells the processor (or the model checker) that this thread waits for another one.
#[cfg(not(loom))]
pub(crate) fn spin() {
    std::hint::spin_loop();
}

/// Tells the processor (or the model checker) that this thread waits for another one.
#[cfg(loom)]
pub(crate) fn spin() {
    loom::thread::yield_now();
}
