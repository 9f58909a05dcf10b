//! A shared object with one count, and handles made by somebody who has none.
//!
//! As `Arc`, but all handles that an object begins with are counted at once, the last one of most objects goes without
//! an atomic addition, and there is no second count for weak references: whoever keeps an [`Anchor`] sees to it that it
//! does not outlive the object. Handles are of two kinds: plain ones, and *active* ones, which may do something to the
//! object that others wait for. An active one counts [`ACTIVE`], so that one word tells whether there are any.
//!
//! # Invariants
//! 1. The count is that of the plain handles and [`ACTIVE`] times that of the active ones. The object goes when the last
//!    one is given up: by the addition that brings the count to zero, or, of an object that nobody has an anchor of, by
//!    whoever finds that its own is the only one.
//! 2. [`Anchored::is_anchored`] is true from before the first anchor can be used until after the last one was. An anchor
//!    that was used has added its handle before `is_anchored` turns false (release, acquire); so whoever reads false and
//!    then one handle is alone.
//! 3. From zero the count does not rise again, nor does the number of active handles, once the object's first ones exist:
//!    an active handle is a clone of another one. More plain handles than [`ACTIVE`] look like an active one, never the
//!    other way round.

use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

use super::{AtomicU64, Ordering};

/// An object that may be reached through an [`Anchor`].
pub(crate) trait Anchored {
    /// Whether somebody may still make a handle from an anchor.
    fn is_anchored(&self) -> bool;
    /// The last handle is gone: those who know of the object without keeping it are told, before its memory goes.
    fn leave(&self);
}

/// What a plain handle counts.
const PLAIN: u64 = 1;
/// What an active handle counts.
pub(crate) const ACTIVE: u64 = 1 << 30;

/// A handle; `KIND` is what it counts.
pub(crate) struct Counted<T: Anchored, const KIND: u64 = PLAIN> {
    /// The object.
    inner: NonNull<Inner<T>>,
}

/// An object and the count of its handles.
struct Inner<T> {
    /// What all handles count.
    count: AtomicU64,
    /// The object.
    value: T,
}

impl<T: Anchored> Inner<T> {
    /// The object that has no handle any more.
    ///
    /// # Safety
    /// The last handle was given up just now by the caller, who does not use it any more.
    #[inline]
    unsafe fn take(inner: NonNull<Inner<T>>) -> Box<Inner<T>> {
        // SAFETY: the object is there until it is taken below. Whoever knows of it without keeping it may look at it until
        // this has returned, so there is no exclusive access before.
        unsafe { inner.as_ref() }.value.leave();
        // SAFETY: the caller's promise.
        unsafe { Box::from_raw(inner.as_ptr()) }
    }
}

// SAFETY: a handle gives shared access from any thread, and the last one drops the object on whichever it is.
unsafe impl<T: Anchored + Send + Sync, const KIND: u64> Send for Counted<T, KIND> {}
// SAFETY: as above.
unsafe impl<T: Anchored + Send + Sync, const KIND: u64> Sync for Counted<T, KIND> {}

impl<T: Anchored> Counted<T> {
    /// The first handles of what `make` makes, in place: a plain one and `N` active ones.
    #[inline]
    pub(crate) fn new<const N: usize>(make: impl FnOnce() -> T) -> (Counted<T>, [Counted<T, ACTIVE>; N]) {
        let memory = Box::new_uninit();
        let count = PLAIN + N as u64 * ACTIVE;
        let inner = Box::write(memory, Inner { count: AtomicU64::new(count), value: make() });
        let inner = NonNull::from(Box::leak(inner));
        (Counted { inner }, std::array::from_fn(|_| Counted { inner }))
    }
}

impl<T: Anchored, const KIND: u64> Counted<T, KIND> {
    /// What the handle points at.
    #[inline]
    fn inner(&self) -> &Inner<T> {
        // SAFETY: the handle is counted, so the object is there.
        unsafe { self.inner.as_ref() }
    }

    /// A reference that is not counted.
    pub(crate) fn anchor(&self) -> Anchor<T> {
        Anchor { inner: self.inner }
    }

    /// Whether both are handles of one object.
    pub(crate) fn is_same(&self, other: &Counted<T, KIND>) -> bool {
        self.inner == other.inner
    }

    /// How many active handles there are, at least.
    pub(crate) fn active(&self) -> usize {
        // Acquire: pairs with the release of those that are gone, so that whatever they did is seen.
        let active = self.inner().count.load(Ordering::Acquire) / ACTIVE;
        usize::try_from(active).unwrap_or(usize::MAX)
    }

    /// Gives the handle up; the object, if it was the last one.
    pub(crate) fn into_last(self) -> Option<Last<T>> {
        let handle = std::mem::ManuallyDrop::new(self);
        if !handle.give_up() {
            return None;
        }
        // SAFETY: the handle is not used any more, and nobody else has one.
        Some(Last { inner: unsafe { Inner::take(handle.inner) } })
    }

    /// The handle as a pointer that does not count.
    pub(crate) fn as_raw(&self) -> *const () {
        self.inner.as_ptr().cast_const().cast()
    }

    /// The handle as a pointer; [`Counted::from_raw`] takes it back.
    pub(crate) fn into_raw(self) -> *const () {
        std::mem::ManuallyDrop::new(self).inner.as_ptr().cast_const().cast()
    }

    /// The handle that [`Counted::into_raw`] made a pointer of.
    ///
    /// # Safety
    /// The pointer comes from there, for this type, and the handle is taken back once.
    pub(crate) unsafe fn from_raw(pointer: *const ()) -> Counted<T, KIND> {
        // SAFETY: the caller's promise.
        Counted { inner: unsafe { NonNull::new_unchecked(pointer.cast_mut().cast()) } }
    }

    /// Counts this handle down; whether it was the last one, whose object is then the caller's.
    #[inline]
    fn give_up(&self) -> bool {
        let Inner { count, value } = self.inner();
        // Acquire: pairs with the release of whoever gave the handle before this one up.
        if !value.is_anchored() && count.load(Ordering::Acquire) == KIND {
            return true;
        }
        // Release: what was done with the object comes before it goes. Acquire: pairs with the others' release.
        count.fetch_sub(KIND, Ordering::AcqRel) == KIND
    }
}

impl<T: Anchored, const KIND: u64> Clone for Counted<T, KIND> {
    #[inline]
    fn clone(&self) -> Counted<T, KIND> {
        // Relaxed: whoever adds a handle has one, which keeps the object.
        let before = self.inner().count.fetch_add(KIND, Ordering::Relaxed);
        // Plain ones cannot be that many, active ones that are forgotten can.
        if KIND != PLAIN && before > u64::MAX / 2 {
            std::process::abort();
        }
        Counted { inner: self.inner }
    }
}

impl<T: Anchored, const KIND: u64> Deref for Counted<T, KIND> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.inner().value
    }
}

impl<T: Anchored, const KIND: u64> Drop for Counted<T, KIND> {
    #[inline]
    fn drop(&mut self) {
        if self.give_up() {
            // SAFETY: this was the last handle, and it is not used any more.
            drop(unsafe { Inner::take(self.inner) });
        }
    }
}

/// An object without handles.
pub(crate) struct Last<T> {
    /// The object.
    inner: Box<Inner<T>>,
}

impl<T> Deref for Last<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner.value
    }
}

impl<T> DerefMut for Last<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner.value
    }
}

/// A reference that is not counted.
pub(crate) struct Anchor<T> {
    /// The object, if it is still there.
    inner: NonNull<Inner<T>>,
}

// SAFETY: an anchor is nothing but the right to ask for a handle.
unsafe impl<T: Send + Sync> Send for Anchor<T> {}

impl<T: Anchored> Anchor<T> {
    /// A handle, unless the object is on its way out.
    ///
    /// # Safety
    /// The object's memory is still there, and it is anchored until this has returned.
    pub(crate) unsafe fn handle(&self) -> Option<Counted<T>> {
        // SAFETY: the caller's promise.
        let count = unsafe { &self.inner.as_ref().count };
        let mut now = count.load(Ordering::Relaxed);
        while now != 0 {
            // Relaxed: the object is anchored, so whoever gives another handle up adds to the count, too.
            match count.compare_exchange(now, now + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some(Counted { inner: self.inner }),
                Err(other) => now = other,
            }
        }
        None
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::{Anchored, Counted};

    /// An object that notes its end.
    struct Noted {
        /// Kept until then.
        witness: Arc<()>,
        /// Whether there is an anchor.
        anchored: AtomicBool,
        /// How often it has left.
        left: Arc<AtomicUsize>,
    }

    impl Anchored for Noted {
        fn is_anchored(&self) -> bool {
            self.anchored.load(Ordering::Acquire)
        }

        fn leave(&self) {
            self.left.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn the_last_handle_drops_the_object() {
        for anchored in [false, true] {
            let (witness, left) = (Arc::new(()), Arc::default());
            let noted =
                Noted { witness: Arc::clone(&witness), anchored: AtomicBool::new(anchored), left: Arc::clone(&left) };
            let (one, [two]) = Counted::new(|| noted);
            let three = one.clone();
            assert!(one.is_same(&three) && Arc::ptr_eq(&two.witness, &witness));
            assert_eq!(one.active(), 1);
            let four = two.clone();
            assert_eq!(one.active(), 2);
            drop(four);
            assert_eq!(three.active(), 1);
            drop(one);
            assert!(two.into_last().is_none());
            assert_eq!(three.active(), 0);
            let raw = three.into_raw();
            // SAFETY: it comes from `into_raw`.
            let three = unsafe { Counted::<Noted>::from_raw(raw) };
            assert_eq!((Arc::strong_count(&witness), left.load(Ordering::Relaxed)), (2, 0));
            let last = three.into_last().expect("the last handle");
            assert!(Arc::ptr_eq(&last.witness, &witness));
            assert_eq!(left.load(Ordering::Relaxed), 1);
            drop(last);
            assert_eq!((Arc::strong_count(&witness), left.load(Ordering::Relaxed)), (1, 1));
        }
    }

    #[test]
    fn threads_that_give_handles_up_drop_it_once() {
        for _ in 0..200 {
            let (witness, left) = (Arc::new(()), Arc::default());
            let noted =
                Noted { witness: Arc::clone(&witness), anchored: AtomicBool::new(false), left: Arc::clone(&left) };
            let (plain, active): (_, [_; 3]) = Counted::new(|| noted);
            std::thread::scope(|s| {
                s.spawn(move || drop((plain.clone(), plain)));
                for handle in active {
                    s.spawn(move || drop((handle.clone(), handle)));
                }
            });
            assert_eq!((Arc::strong_count(&witness), left.load(Ordering::Relaxed)), (1, 1));
        }
    }
}
