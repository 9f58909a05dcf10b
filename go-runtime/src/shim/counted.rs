//! A shared object with one count, and handles made by somebody who has none.
//!
//! As `Arc`, but all handles that an object begins with are counted at once, the last one of most objects goes without
//! an atomic addition, and there is no second count for weak references: whoever keeps an [`Anchor`] sees to it that it
//! does not outlive the object.
//!
//! # Invariants
//! 1. The count is the number of handles. The object goes when the last one is given up: by the addition that brings the
//!    count to zero, or, of an object that nobody has an anchor of, by whoever finds that its own is the only one.
//! 2. [`Anchored::is_anchored`] is true from before the first anchor can be used until after the last one was. An anchor
//!    that was used has added its handle before `is_anchored` turns false (release, acquire); so whoever reads false and
//!    then one handle is alone.
//! 3. From zero the count does not rise again.

use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

use super::{AtomicU64, Ordering};

/// An object that may be reached through an [`Anchor`].
pub(crate) trait Anchored {
    /// Whether somebody may still make a handle from an anchor.
    fn is_anchored(&self) -> bool;
}

/// A handle.
pub(crate) struct Counted<T: Anchored> {
    /// The object.
    inner: NonNull<Inner<T>>,
}

/// An object and the count of its handles.
struct Inner<T> {
    /// How many handles there are.
    count: AtomicU64,
    /// The object.
    value: T,
}

// SAFETY: a handle gives shared access from any thread, and the last one drops the object on whichever it is.
unsafe impl<T: Anchored + Send + Sync> Send for Counted<T> {}
// SAFETY: as above.
unsafe impl<T: Anchored + Send + Sync> Sync for Counted<T> {}

impl<T: Anchored> Counted<T> {
    /// The first `N` handles of what `make` makes, in place.
    #[inline]
    pub(crate) fn new<const N: usize>(make: impl FnOnce() -> T) -> [Counted<T>; N] {
        const { assert!(N > 0, "nobody would drop the object") }
        let memory = Box::new_uninit();
        let inner = Box::write(memory, Inner { count: AtomicU64::new(N as u64), value: make() });
        let inner = NonNull::from(Box::leak(inner));
        std::array::from_fn(|_| Counted { inner })
    }

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
    pub(crate) fn is_same(&self, other: &Counted<T>) -> bool {
        self.inner == other.inner
    }

    /// Gives the handle up; the object, if it was the last one.
    pub(crate) fn into_last(self) -> Option<Last<T>> {
        let handle = std::mem::ManuallyDrop::new(self);
        // SAFETY: the handle is not used any more, and nobody else has one.
        handle.give_up().then(|| Last { inner: unsafe { Box::from_raw(handle.inner.as_ptr()) } })
    }

    /// The handle as a pointer; [`Counted::from_raw`] takes it back.
    pub(crate) fn into_raw(self) -> *const () {
        std::mem::ManuallyDrop::new(self).inner.as_ptr().cast_const().cast()
    }

    /// The handle that [`Counted::into_raw`] made a pointer of.
    ///
    /// # Safety
    /// The pointer comes from there, for this type, and the handle is taken back once.
    pub(crate) unsafe fn from_raw(pointer: *const ()) -> Counted<T> {
        // SAFETY: the caller's promise.
        Counted { inner: unsafe { NonNull::new_unchecked(pointer.cast_mut().cast()) } }
    }

    /// Counts this handle down; whether it was the last one, whose object is then the caller's.
    #[inline]
    fn give_up(&self) -> bool {
        let Inner { count, value } = self.inner();
        // Acquire: pairs with the release of whoever gave the handle before this one up.
        if !value.is_anchored() && count.load(Ordering::Acquire) == 1 {
            return true;
        }
        // Release: what was done with the object comes before it goes. Acquire: pairs with the others' release.
        count.fetch_sub(1, Ordering::AcqRel) == 1
    }
}

impl<T: Anchored> Clone for Counted<T> {
    #[inline]
    fn clone(&self) -> Counted<T> {
        // Relaxed: whoever adds a handle has one, which keeps the object.
        self.inner().count.fetch_add(1, Ordering::Relaxed);
        Counted { inner: self.inner }
    }
}

impl<T: Anchored> Deref for Counted<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.inner().value
    }
}

impl<T: Anchored> Drop for Counted<T> {
    #[inline]
    fn drop(&mut self) {
        if self.give_up() {
            // SAFETY: this was the last handle, and it is not used any more.
            drop(unsafe { Box::from_raw(self.inner.as_ptr()) });
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
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::{Anchored, Counted};

    /// An object that notes its end.
    struct Noted {
        /// Kept until then.
        witness: Arc<()>,
        /// Whether there is an anchor.
        anchored: AtomicBool,
    }

    impl Anchored for Noted {
        fn is_anchored(&self) -> bool {
            self.anchored.load(Ordering::Acquire)
        }
    }

    #[test]
    fn the_last_handle_drops_the_object() {
        for anchored in [false, true] {
            let witness = Arc::new(());
            let noted = Noted { witness: Arc::clone(&witness), anchored: AtomicBool::new(anchored) };
            let [one, two] = Counted::new(|| noted);
            let three = two.clone();
            assert!(one.is_same(&three) && Arc::ptr_eq(&three.witness, &witness));
            drop(one);
            assert!(two.into_last().is_none());
            let raw = three.into_raw();
            // SAFETY: it comes from `into_raw`.
            let three = unsafe { Counted::<Noted>::from_raw(raw) };
            assert_eq!(Arc::strong_count(&witness), 2);
            let last = three.into_last().expect("the last handle");
            assert!(Arc::ptr_eq(&last.witness, &witness));
            drop(last);
            assert_eq!(Arc::strong_count(&witness), 1);
        }
    }

    #[test]
    fn threads_that_give_handles_up_drop_it_once() {
        for _ in 0..200 {
            let witness = Arc::new(());
            let noted = Noted { witness: Arc::clone(&witness), anchored: AtomicBool::new(false) };
            let handles: [Counted<Noted>; 4] = Counted::new(|| noted);
            std::thread::scope(|s| {
                for handle in handles {
                    s.spawn(move || drop((handle.clone(), handle)));
                }
            });
            assert_eq!(Arc::strong_count(&witness), 1);
        }
    }
}
