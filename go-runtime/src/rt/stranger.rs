//! The waker that a goroutine's future sees.
//!
//! A goroutine is polled with a waker whose clones are counted. This crate never clones it (it takes the executor's own,
//! see `goroutine::waker_of`), so every clone is in the hands of code that this crate cannot see into: tokio's I/O, a
//! foreign channel, a thread. While one clone is left somewhere, its goroutine may wake, and nothing is a deadlock.
//!
//! # Invariants
//! 1. `Scheduler::strangers` is the number of clones, or more.
//! 2. A clone that wakes its goroutine queues it before the clone is counted off.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{RawWaker, RawWakerVTable, Waker};

use super::scheduler::Scheduler;
use crate::goroutine::Current;

/// What a drain polls goroutines with, on the stack of its run.
struct Outer<'a> {
    /// The goroutine that is being polled.
    current: &'a Current,
    /// Where clones are counted.
    scheduler: &'static Scheduler,
}

/// A clone.
struct Stranger {
    /// The executor's own waker.
    inner: Waker,
    /// Where it is counted.
    scheduler: &'static Scheduler,
}

impl Drop for Stranger {
    fn drop(&mut self) {
        // Release: pairs with the acquire in the deadlock check; the wake came before.
        self.scheduler.strangers.fetch_sub(1, Ordering::Release);
        self.scheduler.stranger_left();
    }
}

/// The functions of the waker on the stack.
static OUTER: RawWakerVTable = RawWakerVTable::new(
    |data| {
        // SAFETY: the waker is used only while `with` keeps the `Outer` alive.
        let outer = unsafe { &*data.cast::<Outer<'_>>() };
        outer.scheduler.strangers.fetch_add(1, Ordering::Relaxed);
        let stranger = Stranger { inner: Waker::clone(&outer.current.inner()), scheduler: outer.scheduler };
        RawWaker::new(Arc::into_raw(Arc::new(stranger)).cast(), &STRANGER)
    },
    // `with` lends the waker and never gives it away, so this is not called; waking is right all the same.
    wake_outer,
    wake_outer,
    |_| {},
);

/// Wakes the goroutine of the waker on the stack.
fn wake_outer(data: *const ()) {
    // SAFETY: the waker is used only while `with` keeps the `Outer` alive.
    unsafe { &*data.cast::<Outer<'_>>() }.current.inner().wake_by_ref();
}

/// The functions of a clone.
static STRANGER: RawWakerVTable = RawWakerVTable::new(
    |data| {
        // SAFETY: the data came from `Arc::into_raw`, and the waker that is cloned keeps its count.
        unsafe { Arc::increment_strong_count(data.cast::<Stranger>()) };
        RawWaker::new(data, &STRANGER)
    },
    |data| {
        // SAFETY: the data came from `Arc::into_raw`, and the waker gives its count up.
        let stranger = unsafe { Arc::from_raw(data.cast::<Stranger>()) };
        stranger.inner.wake_by_ref();
    },
    |data| {
        // SAFETY: the data came from `Arc::into_raw`, and the waker keeps its count.
        unsafe { &*data.cast::<Stranger>() }.inner.wake_by_ref();
    },
    |data| {
        // SAFETY: the data came from `Arc::into_raw`, and the waker gives its count up.
        drop(unsafe { Arc::from_raw(data.cast::<Stranger>()) });
    },
);

/// Calls `f` with the waker for the goroutines that are polled in it.
#[inline]
pub(super) fn with<R>(current: &Current, scheduler: &'static Scheduler, f: impl FnOnce(&Waker) -> R) -> R {
    let outer = Outer { current, scheduler };
    let data: *const () = std::ptr::from_ref(&outer).cast();
    current.set_outer(data);
    // SAFETY: the functions keep `RawWaker`'s contract: clones are counted `Arc`s of their own, and the waker on the
    // stack is lent for the call of `f` only.
    let waker = std::mem::ManuallyDrop::new(unsafe { Waker::from_raw(RawWaker::new(data, &OUTER)) });
    f(&waker)
}
