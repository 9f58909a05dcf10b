//! `Pool`: things to use again.

use std::fmt;

use crate::share::Share;
use crate::shim::{Lazy, LazyArc, Lock};

/// Things that are costly to make and may be used again.
///
/// A handle: clones, which [`go!`](crate::go!) makes by itself, are the same pool; it may be a `static`.
///
/// # Go
/// `sync.Pool` with `New`. There is no garbage collector that would empty it: it keeps at most [`Pool::KEPT`] things.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// static BUFFERS: sync::Pool<Vec<u8>> = sync::Pool::new(|| Vec::with_capacity(1024));
///
/// let mut buffer = BUFFERS.get();
/// buffer.extend(b"hello");
/// buffer.clear();
/// BUFFERS.put(buffer);
/// assert!(BUFFERS.get().capacity() >= 1024);
/// ```
pub struct Pool<T> {
    /// What is there.
    core: LazyArc<Core<T>>,
    /// Makes one more.
    make: fn() -> T,
}

/// What the handles share.
struct Core<T> {
    /// The things that nobody uses.
    free: Lock<Vec<T>>,
}

impl<T> Lazy for Core<T> {
    fn make(_config: usize) -> Core<T> {
        Core { free: Lock::new(Vec::new()) }
    }
}

impl<T> Pool<T> {
    /// How many things a pool keeps.
    pub const KEPT: usize = 1024;

    /// A pool that is filled by `make`.
    ///
    /// # Go
    /// `sync.Pool{New: make}`
    #[must_use]
    pub const fn new(make: fn() -> T) -> Pool<T> {
        Pool { core: LazyArc::new(0), make }
    }

    /// The things that nobody uses.
    fn free(&self) -> &Lock<Vec<T>> {
        &self.core.get().expect("a pool is never nil").free
    }

    /// One that nobody uses, or a new one.
    ///
    /// # Go
    /// `p.Get()`
    #[must_use]
    pub fn get(&self) -> T {
        let free = self.free().lock().pop();
        free.unwrap_or_else(self.make)
    }

    /// Puts one back.
    ///
    /// # Go
    /// `p.Put(x)`
    pub fn put(&self, thing: T) {
        let mut free = self.free().lock();
        if free.len() < Pool::<T>::KEPT {
            free.push(thing);
            return;
        }
        // The thing is dropped once the lock is given back.
        drop(free);
        drop(thing);
    }
}

impl<T> Clone for Pool<T> {
    fn clone(&self) -> Pool<T> {
        Pool { core: self.core.clone(), make: self.make }
    }
}

impl<T> Share for Pool<T> {
    fn share(&self) -> Pool<T> {
        self.clone()
    }
}

impl<T> fmt::Debug for Pool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("free", &self.free().lock().len()).finish()
    }
}
