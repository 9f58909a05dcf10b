//! `Mutex<T>`: data behind a lock.

use std::cell::UnsafeCell;
use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::mutex_core::{LockFuture, MutexCore, unlock_of_unlocked};
use crate::goroutine::inspect::{self, Source};

/// Data that one goroutine at a time may use.
///
/// Share it as `Arc<Mutex<T>>`, or make it a `static`. The guard gives the lock back when it goes; it may be held while
/// waiting and may go to another goroutine.
///
/// # Go
/// A struct with a `sync.Mutex` and the fields that it guards. There is no poisoning. For Go's bare `Lock` and `Unlock`
/// see [`RawMutex`](super::RawMutex).
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// static COUNTER: sync::Mutex<i32> = sync::Mutex::new(0);
///
/// #[go::main]
/// async fn main() {
///     let wg = sync::WaitGroup::new();
///     for _ in 0..10 {
///         wg.go(async { *COUNTER.lock().await += 1 });
///     }
///     wg.wait().await;
///     assert_eq!(*COUNTER.lock().await, 10);
/// }
/// ```
#[derive(Default)]
pub struct Mutex<T: ?Sized> {
    /// The lock.
    core: MutexCore,
    /// What it guards.
    value: UnsafeCell<T>,
}

// SAFETY: the lock gives the value to one goroutine at a time.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

impl<T> Mutex<T> {
    /// A free lock around `value`.
    #[must_use]
    pub const fn new(value: T) -> Mutex<T> {
        Mutex { core: MutexCore::new(), value: UnsafeCell::new(value) }
    }

    /// The value.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits for the lock.
    ///
    /// # Go
    /// `mu.Lock()`
    ///
    /// # Cancel safety
    /// A future that is dropped does not have the lock.
    ///
    /// # Examples
    /// ```
    /// use go::prelude::*;
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let names = sync::Mutex::new(vec!["a"]);
    ///     names.lock().await.push("b");
    ///     assert_eq!(*names.lock().await, ["a", "b"]);
    /// }
    /// ```
    #[track_caller]
    #[inline]
    pub fn lock(&self) -> MutexLock<'_, T> {
        MutexLock { mutex: self, lock: self.core.lock(Location::caller()) }
    }

    /// Takes the lock if it is free.
    ///
    /// # Go
    /// `mu.TryLock()`
    #[must_use]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.core.try_lock().then(|| MutexGuard { mutex: self })
    }

    /// Waits for the lock; the guard keeps the `Arc`, so that it can live as long as it likes.
    ///
    /// # Cancel safety
    /// A future that is dropped does not have the lock.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// use go::prelude::*;
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let mu = Arc::new(sync::Mutex::new(1));
    ///     let guard = mu.clone().lock_owned().await;
    ///     go! (move guard { drop(guard); });
    ///     assert_eq!(*mu.lock().await, 1);
    /// }
    /// ```
    #[track_caller]
    pub fn lock_owned(self: Arc<Self>) -> impl Future<Output = OwnedMutexGuard<T>> + Send
    where
        T: Send,
    {
        let place = Location::caller();
        async move {
            self.core.lock(place).await;
            OwnedMutexGuard { mutex: self }
        }
    }

    /// The value, which nobody else can reach.
    #[must_use]
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

/// The future of [`Mutex::lock`].
#[must_use = "the lock is not taken unless this is awaited"]
pub struct MutexLock<'a, T: ?Sized> {
    /// What is to be locked.
    mutex: &'a Mutex<T>,
    /// The wait.
    lock: LockFuture<'a>,
}

impl<'a, T: ?Sized> Future for MutexLock<'a, T> {
    type Output = MutexGuard<'a, T>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<MutexGuard<'a, T>> {
        let mutex = self.mutex;
        // SAFETY: the wait is pinned with this future.
        let mut lock = unsafe { self.map_unchecked_mut(|this| &mut this.lock) };
        let polled = lock.as_mut().poll(cx);
        if polled.is_pending() && inspect::is_asked() {
            lock.tell(cx, || Source::in_place(&mutex.core));
        }
        polled.map(|()| MutexGuard { mutex })
    }
}

/// The right to use a [`Mutex`]'s data; gives the lock back when it goes.
#[must_use = "the lock is given back when the guard goes"]
pub struct MutexGuard<'a, T: ?Sized> {
    /// What is locked.
    mutex: &'a Mutex<T>,
}

// SAFETY: a guard is `&mut T` and a lock without an owner, so it may be shared as `&mut T` may.
unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// The mutex that is locked.
    #[must_use]
    pub fn mutex(guard: &MutexGuard<'a, T>) -> &'a Mutex<T> {
        guard.mutex
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the guard has the lock.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard has the lock.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if !self.mutex.core.unlock() {
            unlock_of_unlocked();
        }
    }
}

/// As [`MutexGuard`], and keeps the mutex.
#[must_use = "the lock is given back when the guard goes"]
pub struct OwnedMutexGuard<T: ?Sized> {
    /// What is locked.
    mutex: Arc<Mutex<T>>,
}

// SAFETY: as for `MutexGuard`.
unsafe impl<T: ?Sized + Send + Sync> Sync for OwnedMutexGuard<T> {}

impl<T: ?Sized> Deref for OwnedMutexGuard<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the guard has the lock.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T: ?Sized> DerefMut for OwnedMutexGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard has the lock.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T: ?Sized> Drop for OwnedMutexGuard<T> {
    fn drop(&mut self) {
        if !self.mutex.core.unlock() {
            unlock_of_unlocked();
        }
    }
}

impl Default for MutexCore {
    fn default() -> MutexCore {
        MutexCore::new()
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Mutex<T> {
        Mutex::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.try_lock() {
            Some(guard) => f.debug_struct("Mutex").field("value", &&*guard).finish(),
            None => f.write_str("Mutex { <locked> }"),
        }
    }
}

impl<T: ?Sized> fmt::Debug for MutexLock<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MutexLock").finish_non_exhaustive()
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for OwnedMutexGuard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}
