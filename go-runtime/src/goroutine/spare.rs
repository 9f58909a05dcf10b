//! Handles that are made and dropped over and over: the thread keeps one that is not needed for the moment.
//!
//! `select! { case <-ctx.done(): .. default: }` makes a handle of the context's channel and drops it, which would be two
//! atomic additions to its count and most of what the statement costs. While goroutines run, the thread keeps what they
//! drop of the one object that they asked for last, and hands it out again; no count changes.
//!
//! # Invariants
//! 1. The spare handles are counted in their object as any other.
//! 2. They are there only while the thread runs goroutines; [`flush`] gives them up when that ends. So a goroutine that
//!    waits is not kept from being found leaked, and what nobody has any more goes soon.

use std::cell::Cell;
use std::ptr;

use super::current;

/// Gives handles of an object up: the object, and how many.
///
/// # Safety
/// The object has so many handles that the caller may give up.
pub(crate) type Release = unsafe fn(*const (), u32);

/// What the thread keeps.
struct Spare {
    /// The object, which may be gone while there is no handle.
    object: Cell<*const ()>,
    /// How many handles.
    count: Cell<u32>,
    /// How they are given up, if there are any.
    release: Cell<Option<Release>>,
}

thread_local! {
    static SPARE: Spare =
        const { Spare { object: Cell::new(ptr::null()), count: Cell::new(0), release: Cell::new(None) } };
}

/// Takes a handle of `object`: false if none is kept, and from now on they are.
#[inline]
pub(crate) fn take(object: *const ()) -> bool {
    let taken = SPARE.try_with(|spare| {
        let count = spare.count.get();
        if count == 0 || !ptr::eq(spare.object.get(), object) {
            return watch(spare, object);
        }
        spare.count.set(count - 1);
        true
    });
    taken.unwrap_or(false)
}

/// What [`take`] does when there is no such handle.
#[cold]
fn watch(spare: &Spare, object: *const ()) -> bool {
    if current::is_inside() {
        if !ptr::eq(spare.object.get(), object) {
            give_up(spare);
        }
        spare.object.set(object);
    }
    false
}

/// Keeps a handle of `object`, which is now the thread's: false if this is not the object to keep.
///
/// # Safety
/// The caller has the handle and does not use it any more if this is true. `release` gives such handles up.
#[inline]
pub(crate) unsafe fn keep(object: *const (), release: Release) -> bool {
    let kept = SPARE.try_with(|spare| {
        let count = spare.count.get();
        if !ptr::eq(spare.object.get(), object) || object.is_null() || count == u32::MAX {
            return false;
        }
        spare.release.set(Some(release));
        spare.count.set(count + 1);
        true
    });
    kept.unwrap_or(false)
}

/// Gives up what the thread keeps.
#[inline]
pub(crate) fn flush() {
    // A thread that is being torn down runs no goroutines.
    let _ = SPARE.try_with(|spare| {
        if !spare.object.get().is_null() {
            give_up(spare);
        }
    });
}

/// Gives up what is kept.
#[cold]
fn give_up(spare: &Spare) {
    // Before the release, which may run code that comes back here.
    let object = spare.object.replace(ptr::null());
    let count = spare.count.replace(0);
    if let (Some(release), 1..) = (spare.release.take(), count) {
        // SAFETY: the handles are the thread's, and `release` is what came with them.
        unsafe { release(object, count) };
    }
}
