//! A one-word shared handle that a `const` expression can make.
//!
//! `static LIMIT: Chan<i32> = chan!(i32, 3);` needs a handle that exists before anything can be allocated. The word
//! holds one of three things:
//!
//! - null: the nil handle;
//! - an odd number: a *recipe* `2 * config + 1`; the object is made from `config` at the first use;
//! - otherwise: a pointer from `Arc::into_raw`.
//!
//! # Invariants
//! A word that holds a pointer never changes again until the handle is dropped. So a reference to the object is valid
//! for as long as the handle is borrowed.

use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Weak};

/// An object that can be made from one number.
pub(crate) trait Lazy {
    /// Makes the object.
    fn make(config: usize) -> Self;
}

/// A shared, lazily made object; one word.
pub(crate) struct LazyArc<T> {
    /// See the module's text.
    word: AtomicPtr<T>,
}

// SAFETY: a `LazyArc` is an `Arc` that may not have been made yet, so it moves and is shared as an `Arc` does.
unsafe impl<T: Send + Sync> Send for LazyArc<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for LazyArc<T> {}

impl<T> LazyArc<T> {
    /// A handle whose object is made from `config` at its first use. `config` must be below `usize::MAX / 2`.
    pub(crate) const fn new(config: usize) -> LazyArc<T> {
        LazyArc { word: AtomicPtr::new(std::ptr::without_provenance_mut(config * 2 + 1)) }
    }

    /// The handle of nothing.
    pub(crate) const fn nil() -> LazyArc<T> {
        LazyArc { word: AtomicPtr::new(std::ptr::null_mut()) }
    }

    /// A handle of an object that exists.
    pub(crate) fn from_arc(object: Arc<T>) -> LazyArc<T> {
        LazyArc { word: AtomicPtr::new(Arc::into_raw(object).cast_mut()) }
    }

    /// The handle that a count stands for.
    ///
    /// # Safety
    /// The caller owns one count of the object, which is this handle's now.
    #[inline]
    pub(crate) unsafe fn from_count(object: *const T) -> LazyArc<T> {
        LazyArc { word: AtomicPtr::new(object.cast_mut()) }
    }

    /// The object whose count this handle stands for, if there is one.
    #[inline]
    pub(crate) fn counted(&mut self) -> Option<*const T> {
        let word = *self.word.get_mut();
        (!word.is_null() && word.addr() & 1 == 0).then_some(word.cast_const())
    }

    /// The handle has given its count away.
    #[inline]
    pub(crate) fn forget_count(&mut self) {
        *self.word.get_mut() = std::ptr::null_mut();
    }

    /// Gives counts up.
    ///
    /// # Safety
    /// The object was made by a [`LazyArc`], and so many of its counts are the caller's.
    pub(crate) unsafe fn give_up(object: *const T, counts: u32) {
        for _ in 0..counts {
            // SAFETY: the caller's promise.
            unsafe { Arc::decrement_strong_count(object) };
        }
    }

    /// A handle of an object, unless its last one is gone.
    ///
    /// # Safety
    /// The object was made by a [`LazyArc`], and it has not been dropped to the end.
    pub(crate) unsafe fn upgrade(object: *const T) -> Option<LazyArc<T>> {
        // SAFETY: the caller's promise: what all handles together count as, one weak reference, is given up after the drop.
        // `ManuallyDrop` leaves that count alone.
        let weak = std::mem::ManuallyDrop::new(unsafe { Weak::from_raw(object) });
        weak.upgrade().map(LazyArc::from_arc)
    }

    /// Whether this is the handle of nothing.
    pub(crate) fn is_nil(&self) -> bool {
        self.word.load(Ordering::Relaxed).is_null()
    }
}

impl<T: Lazy> LazyArc<T> {
    /// The object, made now if need be; `None` for nil.
    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        // SAFETY: the pointer is null or comes from `Arc::into_raw`, and the word keeps it until `self` is dropped.
        unsafe { self.pointer().as_ref() }
    }

    /// The object's address, made now if need be; null for nil.
    #[inline]
    pub(crate) fn pointer(&self) -> *const T {
        // Acquire: pairs with the release of the thread that made the object.
        let word = self.word.load(Ordering::Acquire);
        if word.addr() & 1 == 0 { word } else { self.make(word) }
    }

    /// Makes the object; another thread may have been faster.
    #[cold]
    fn make(&self, recipe: *mut T) -> *const T {
        let made = Arc::into_raw(Arc::new(T::make(recipe.addr() / 2))).cast_mut();
        match self.word.compare_exchange(recipe, made, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => made,
            Err(other) => {
                // SAFETY: `made` came from `Arc::into_raw` just above and was given to nobody.
                drop(unsafe { Arc::from_raw(made) });
                other
            }
        }
    }

    /// How many handles the object has; `None` for nil.
    pub(crate) fn handles(&self) -> Option<usize> {
        // SAFETY: this handle has made the object and keeps it.
        self.get().map(|object| unsafe { handles(object) })
    }
}

impl<T: Lazy> Clone for LazyArc<T> {
    #[inline]
    fn clone(&self) -> LazyArc<T> {
        let pointer = self.pointer();
        if !pointer.is_null() {
            // SAFETY: the pointer came from `Arc::into_raw`, and `self` keeps the object alive.
            unsafe { Arc::increment_strong_count(pointer) };
        }
        LazyArc { word: AtomicPtr::new(pointer.cast_mut()) }
    }
}

impl<T> Drop for LazyArc<T> {
    #[inline]
    fn drop(&mut self) {
        let word = *self.word.get_mut();
        if !word.is_null() && word.addr() & 1 == 0 {
            // SAFETY: the word owns one count of an `Arc` given up by `Arc::into_raw`.
            unsafe { Arc::decrement_strong_count(word) };
        }
    }
}

/// How many handles an object has.
///
/// # Safety
/// The object was made by a [`LazyArc`], one of whose handles keeps it during the call.
pub(crate) unsafe fn handles<T>(object: &T) -> usize {
    // SAFETY: the caller's promise; `ManuallyDrop` leaves the count alone.
    let arc = std::mem::ManuallyDrop::new(unsafe { Arc::from_raw(std::ptr::from_ref(object)) });
    Arc::strong_count(&arc)
}

#[cfg(test)]
mod tests {
    use super::{Lazy, LazyArc};

    struct Number(usize);

    impl Lazy for Number {
        fn make(config: usize) -> Number {
            Number(config)
        }
    }

    static SHARED: LazyArc<Number> = LazyArc::new(7);

    #[test]
    fn a_static_handle_is_made_once_and_shared() {
        let addresses: Vec<usize> = std::thread::scope(|s| {
            let threads: Vec<_> = (0..8).map(|_| s.spawn(|| SHARED.pointer().addr())).collect();
            threads.into_iter().map(|t| t.join().expect("the thread ends")).collect()
        });
        assert!(addresses.iter().all(|a| *a == addresses[0]));
        assert_eq!(SHARED.get().map(|n| n.0), Some(7));
    }

    #[test]
    fn nil_has_no_object_and_a_pointer_does_not_keep_one() {
        let nil: LazyArc<Number> = LazyArc::nil();
        assert!(nil.is_nil() && nil.get().is_none());
        let one: LazyArc<Number> = LazyArc::new(1);
        let pointer = one.pointer();
        // SAFETY: there is a handle.
        let again = unsafe { LazyArc::upgrade(pointer) }.expect("there is a handle");
        drop(one);
        assert_eq!(again.get().map(|n| n.0), Some(1));
    }
}
