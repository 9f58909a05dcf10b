//! `RawRwMutex`: Go's `RWMutex`, without data inside.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Locker;
use super::rw_core::{RLockFuture, RwCore, RwLockFuture};
use crate::goroutine::inspect::{self, Handle};
use crate::rt;
use crate::share::Share;
use crate::shim::{Lazy, LazyArc};

impl Lazy for RwCore {
    fn make(_config: usize) -> RwCore {
        RwCore::new()
    }
}

/// A reader/writer lock without data, given back by hand.
///
/// A handle: clones, which [`go!`](crate::go!) makes by itself, are the same lock; it may be a `static`. Prefer
/// [`RwMutex`](super::RwMutex), whose data cannot be reached without the lock.
///
/// A writer that waits keeps new readers out; so a goroutine that reads must not ask for the lock again.
///
/// # Go
/// `sync.RWMutex`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let mu = sync::RawRwMutex::new();
///     mu.rlock().await;
///     assert!(mu.try_rlock() && !mu.try_lock());
///     mu.runlock();
///     mu.runlock();
///     mu.lock().await;
///     assert!(!mu.try_rlock());
///     mu.unlock();
/// }
/// ```
pub struct RawRwMutex {
    /// The lock.
    core: LazyArc<RwCore>,
}

impl RawRwMutex {
    /// A free lock.
    #[must_use]
    pub const fn new() -> RawRwMutex {
        RawRwMutex { core: LazyArc::new(0) }
    }

    /// The lock.
    fn core(&self) -> &RwCore {
        self.core.get().expect("a lock is never nil")
    }

    /// Waits for the lock: nobody reads or writes meanwhile.
    ///
    /// # Go
    /// `mu.Lock()`
    ///
    /// # Cancel safety
    /// A future that is dropped does not have the lock and keeps no reader out.
    #[track_caller]
    pub fn lock(&self) -> RawRwMutexLock<'_> {
        RawRwMutexLock { mutex: self, lock: self.core().lock(Location::caller()) }
    }

    /// Takes the lock if nobody reads or writes.
    ///
    /// # Go
    /// `mu.TryLock()`
    #[must_use]
    pub fn try_lock(&self) -> bool {
        self.core().try_lock()
    }

    /// Gives the lock back. Readers that wait come before writers that wait.
    ///
    /// If no writer has it, that is a fatal error, as in Go: `fatal error: sync: Unlock of unlocked RWMutex`.
    ///
    /// # Go
    /// `mu.Unlock()`
    #[track_caller]
    pub fn unlock(&self) {
        if !self.core().unlock() {
            rt::fatal("sync: Unlock of unlocked RWMutex");
        }
    }

    /// Waits for the right to read: nobody writes meanwhile.
    ///
    /// # Go
    /// `mu.RLock()`
    ///
    /// # Cancel safety
    /// A future that is dropped does not have the lock.
    #[track_caller]
    pub fn rlock(&self) -> RawRwMutexRLock<'_> {
        RawRwMutexRLock { mutex: self, lock: self.core().rlock(Location::caller()) }
    }

    /// Takes the right to read if nobody writes or waits to write.
    ///
    /// # Go
    /// `mu.TryRLock()`
    #[must_use]
    pub fn try_rlock(&self) -> bool {
        self.core().try_rlock()
    }

    /// Gives the right to read back.
    ///
    /// If nobody has it, that is a fatal error, as in Go: `fatal error: sync: RUnlock of unlocked RWMutex`.
    ///
    /// # Go
    /// `mu.RUnlock()`
    #[track_caller]
    pub fn runlock(&self) {
        if !self.core().runlock() {
            rt::fatal("sync: RUnlock of unlocked RWMutex");
        }
    }

    /// The reading side as a lock of its own, for [`Cond`](super::Cond).
    ///
    /// # Go
    /// `mu.RLocker()`
    #[must_use]
    pub fn rlocker(&self) -> RLocker {
        RLocker { mutex: self.clone() }
    }
}

impl Locker for RawRwMutex {
    #[track_caller]
    fn lock(&self) -> impl Future<Output = ()> + Send {
        RawRwMutex::lock(self)
    }

    #[track_caller]
    fn unlock(&self) {
        RawRwMutex::unlock(self);
    }
}

/// The reading side of a [`RawRwMutex`]: `lock` is `rlock`, `unlock` is `runlock`.
///
/// # Go
/// What `mu.RLocker()` returns.
///
/// # Examples
/// ```
/// use go::prelude::*;
/// use go::sync::Locker;
///
/// #[go::main]
/// async fn main() {
///     let mu = sync::RawRwMutex::new();
///     let reading = mu.rlocker();
///     reading.lock().await;
///     assert!(mu.try_rlock());
///     mu.runlock();
///     reading.unlock();
/// }
/// ```
#[derive(Debug, Clone)]
pub struct RLocker {
    /// The whole lock.
    mutex: RawRwMutex,
}

impl Locker for RLocker {
    #[track_caller]
    fn lock(&self) -> impl Future<Output = ()> + Send {
        self.mutex.rlock()
    }

    #[track_caller]
    fn unlock(&self) {
        self.mutex.runlock();
    }
}

impl Share for RLocker {
    fn share(&self) -> RLocker {
        self.clone()
    }
}

/// The future of [`RawRwMutex::lock`].
#[must_use = "the lock is not taken unless this is awaited"]
pub struct RawRwMutexLock<'a> {
    /// What is to be locked.
    mutex: &'a RawRwMutex,
    /// The wait.
    lock: RwLockFuture<'a>,
}

/// The future of [`RawRwMutex::rlock`].
#[must_use = "the lock is not taken unless this is awaited"]
pub struct RawRwMutexRLock<'a> {
    /// What is to be locked.
    mutex: &'a RawRwMutex,
    /// The wait.
    lock: RLockFuture<'a>,
}

impl Future for RawRwMutexLock<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mutex = self.mutex;
        // SAFETY: the wait is pinned with this future.
        let mut lock = unsafe { self.map_unchecked_mut(|this| &mut this.lock) };
        let polled = lock.as_mut().poll(cx);
        if polled.is_pending() && inspect::is_asked() {
            lock.tell(cx, || mutex.core.source());
        }
        polled
    }
}

impl Future for RawRwMutexRLock<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mutex = self.mutex;
        // SAFETY: the wait is pinned with this future.
        let mut lock = unsafe { self.map_unchecked_mut(|this| &mut this.lock) };
        let polled = lock.as_mut().poll(cx);
        if polled.is_pending() && inspect::is_asked() {
            lock.tell(cx, || mutex.core.source());
        }
        polled
    }
}

impl fmt::Debug for RawRwMutexLock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRwMutexLock").finish_non_exhaustive()
    }
}

impl fmt::Debug for RawRwMutexRLock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRwMutexRLock").finish_non_exhaustive()
    }
}

impl Clone for RawRwMutex {
    fn clone(&self) -> RawRwMutex {
        RawRwMutex { core: self.core.clone() }
    }
}

impl Share for RawRwMutex {
    fn share(&self) -> RawRwMutex {
        self.clone()
    }
}

impl Default for RawRwMutex {
    fn default() -> RawRwMutex {
        RawRwMutex::new()
    }
}

impl fmt::Debug for RawRwMutex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRwMutex").finish_non_exhaustive()
    }
}
