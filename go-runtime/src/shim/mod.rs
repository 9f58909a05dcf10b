//! The one place that chooses between `std` and the model checker.
//!
//! Everything below `rt` is written against these names, so that the channel, select and waiter cores run
//! unchanged under loom (`RUSTFLAGS="--cfg go_loom"`; the flag is this crate's own, so that tokio stays as it is).

mod cell;
#[cfg(go_loom)]
mod checked;
#[cfg(not(go_loom))]
mod gate;
mod lazy;
mod lock;

pub(crate) use cell::Slot;
pub(crate) use lazy::{Lazy, LazyArc, WeakLazy};
pub(crate) use lock::Lock;

#[cfg(go_loom)]
use checked::Gate;
#[cfg(go_loom)]
pub(crate) use checked::{AtomicU32, AtomicU64};
#[cfg(not(go_loom))]
use gate::Gate;
pub(crate) use std::sync::atomic::Ordering;
#[cfg(not(go_loom))]
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64};

/// Waits until `over`, which another thread makes true within a few instructions, if it is not interrupted.
#[cold]
#[cfg(not(go_loom))]
pub(crate) fn wait_until(over: impl Fn() -> bool) {
    let mut looks = 0u32;
    while !over() {
        looks = looks.wrapping_add(1);
        if looks.is_multiple_of(256) {
            // It was interrupted: let it go on, perhaps on this very processor.
            std::thread::yield_now();
        }
        std::hint::spin_loop();
    }
}

/// Tells the model checker that this thread waits for another one.
#[cfg(go_loom)]
pub(crate) fn wait_until(over: impl Fn() -> bool) {
    while !over() {
        loom::thread::yield_now();
    }
}
