//! `RwMutex<T>`: data behind a reader/writer lock.

use std::cell::UnsafeCell;
use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::rw_core::{RLockFuture, RwCore, RwLockFuture};
use crate::goroutine::inspect::{self, Source};
use crate::rt;

/// Data that many may read at a time, or one may change.
///
/// Share it as `Arc<RwMutex<T>>`, or make it a `static`. The guards give the lock back when they go; they may be held
/// while waiting and may go to another goroutine.
///
/// A writer that waits keeps new readers out; so a goroutine that reads must not ask for the lock again.
///
/// # Go
/// A struct with a `sync.RWMutex` and the fields that it guards. For Go's bare `Lock` and `RLock` see
/// [`RawRwMutex`](super::RawRwMutex).
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// static NAMES: sync::RwMutex<Vec<&str>> = sync::RwMutex::new(Vec::new());
///
/// #[go::main]
/// async fn main() {
///     NAMES.lock().await.push("gopher");
///     let (one, two) = (NAMES.rlock().await, NAMES.rlock().await);
///     assert_eq!(*one, *two);
/// }
/// ```
pub struct RwMutex<T: ?Sized> {
    /// The lock.
    core: RwCore,
    /// What it guards.
    value: UnsafeCell<T>,
}

// SAFETY: the lock gives the value to one writer or to readers alone.
unsafe impl<T: ?Sized + Send> Send for RwMutex<T> {}
// SAFETY: as above; readers share `&T` between threads.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwMutex<T> {}

impl<T> RwMutex<T> {
    /// A free lock around `value`.
    #[must_use]
    pub const fn new(value: T) -> RwMutex<T> {
        RwMutex { core: RwCore::new(), value: UnsafeCell::new(value) }
    }

    /// The value.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> RwMutex<T> {
    /// Waits for the right to change the data.
    ///
    /// # Go
    /// `mu.Lock()`
    ///
    /// # Cancel safety
    /// A future that is dropped does not have the lock and keeps no reader out.
    #[track_caller]
    pub fn lock(&self) -> RwMutexLock<'_, T> {
        RwMutexLock { mutex: self, lock: self.core.lock(Location::caller()) }
    }

    /// Takes the right to change the data if nobody uses it.
    ///
    /// # Go
    /// `mu.TryLock()`
    #[must_use]
    pub fn try_lock(&self) -> Option<RwMutexWriteGuard<'_, T>> {
        self.core.try_lock().then(|| RwMutexWriteGuard { mutex: self })
    }

    /// Waits for the right to read the data.
    ///
    /// # Go
    /// `mu.RLock()`
    ///
    /// # Cancel safety
    /// A future that is dropped does not have the lock.
    #[track_caller]
    pub fn rlock(&self) -> RwMutexRLock<'_, T> {
        RwMutexRLock { mutex: self, lock: self.core.rlock(Location::caller()) }
    }

    /// Takes the right to read the data if nobody changes it or waits to.
    ///
    /// # Go
    /// `mu.TryRLock()`
    #[must_use]
    pub fn try_rlock(&self) -> Option<RwMutexReadGuard<'_, T>> {
        self.core.try_rlock().then(|| RwMutexReadGuard { mutex: self })
    }

    /// The value, which nobody else can reach.
    #[must_use]
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

/// The future of [`RwMutex::lock`].
#[must_use = "the lock is not taken unless this is awaited"]
pub struct RwMutexLock<'a, T: ?Sized> {
    /// What is to be locked.
    mutex: &'a RwMutex<T>,
    /// The wait.
    lock: RwLockFuture<'a>,
}

/// The future of [`RwMutex::rlock`].
#[must_use = "the lock is not taken unless this is awaited"]
pub struct RwMutexRLock<'a, T: ?Sized> {
    /// What is to be locked.
    mutex: &'a RwMutex<T>,
    /// The wait.
    lock: RLockFuture<'a>,
}

impl<'a, T: ?Sized> Future for RwMutexLock<'a, T> {
    type Output = RwMutexWriteGuard<'a, T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<RwMutexWriteGuard<'a, T>> {
        let mutex = self.mutex;
        // SAFETY: the wait is pinned with this future.
        let mut lock = unsafe { self.map_unchecked_mut(|this| &mut this.lock) };
        let polled = lock.as_mut().poll(cx);
        if polled.is_pending() && inspect::is_asked() {
            lock.tell(cx, || Source::in_place(&mutex.core));
        }
        polled.map(|()| RwMutexWriteGuard { mutex })
    }
}

impl<'a, T: ?Sized> Future for RwMutexRLock<'a, T> {
    type Output = RwMutexReadGuard<'a, T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<RwMutexReadGuard<'a, T>> {
        let mutex = self.mutex;
        // SAFETY: the wait is pinned with this future.
        let mut lock = unsafe { self.map_unchecked_mut(|this| &mut this.lock) };
        let polled = lock.as_mut().poll(cx);
        if polled.is_pending() && inspect::is_asked() {
            lock.tell(cx, || Source::in_place(&mutex.core));
        }
        polled.map(|()| RwMutexReadGuard { mutex })
    }
}

/// The right to change a [`RwMutex`]'s data; gives the lock back when it goes.
#[must_use = "the lock is given back when the guard goes"]
pub struct RwMutexWriteGuard<'a, T: ?Sized> {
    /// What is locked.
    mutex: &'a RwMutex<T>,
}

/// The right to read a [`RwMutex`]'s data; gives the lock back when it goes.
#[must_use = "the lock is given back when the guard goes"]
pub struct RwMutexReadGuard<'a, T: ?Sized> {
    /// What is locked.
    mutex: &'a RwMutex<T>,
}

// SAFETY: the guard is `&mut T` and a lock without an owner, so it may be shared as `&mut T` may.
unsafe impl<T: ?Sized + Sync> Sync for RwMutexWriteGuard<'_, T> {}

impl<T: ?Sized> Deref for RwMutexWriteGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the guard has the lock.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T: ?Sized> DerefMut for RwMutexWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard has the lock.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T: ?Sized> Deref for RwMutexReadGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the guard has the lock for reading.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T: ?Sized> Drop for RwMutexWriteGuard<'_, T> {
    fn drop(&mut self) {
        if !self.mutex.core.unlock() {
            rt::fatal("sync: Unlock of unlocked RWMutex");
        }
    }
}

impl<T: ?Sized> Drop for RwMutexReadGuard<'_, T> {
    fn drop(&mut self) {
        if !self.mutex.core.runlock() {
            rt::fatal("sync: RUnlock of unlocked RWMutex");
        }
    }
}

impl<T: Default> Default for RwMutex<T> {
    fn default() -> RwMutex<T> {
        RwMutex::new(T::default())
    }
}

impl<T> From<T> for RwMutex<T> {
    fn from(value: T) -> RwMutex<T> {
        RwMutex::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwMutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.try_rlock() {
            Some(guard) => f.debug_struct("RwMutex").field("value", &&*guard).finish(),
            None => f.write_str("RwMutex { <locked> }"),
        }
    }
}

impl<T: ?Sized> fmt::Debug for RwMutexLock<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RwMutexLock").finish_non_exhaustive()
    }
}

impl<T: ?Sized> fmt::Debug for RwMutexRLock<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RwMutexRLock").finish_non_exhaustive()
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwMutexWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwMutexReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
