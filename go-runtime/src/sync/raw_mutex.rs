//! `RawMutex`: Go's `Mutex`, without data inside.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Locker;
use super::mutex_core::{LockFuture, MutexCore, unlock_of_unlocked};
use crate::goroutine::inspect::{self, Handle};
use crate::share::Share;
use crate::shim::{Lazy, LazyArc};

impl Lazy for MutexCore {
    fn make(_config: usize) -> MutexCore {
        MutexCore::new()
    }
}

/// A lock without data, given back by hand.
///
/// A handle: clones, which [`go!`](crate::go!) makes by itself, are the same lock; it may be a `static`. Prefer
/// [`Mutex`](super::Mutex), whose data cannot be reached without the lock.
///
/// # Go
/// `sync.Mutex`. It has no owner: any goroutine may unlock it. There is no poisoning. A lock that is free may be taken
/// by whoever comes first, but a goroutine that has waited for a millisecond is next.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let mu = sync::RawMutex::new();
///     mu.lock().await;
///     go! { mu.unlock(); }
///     mu.lock().await;
///     mu.unlock();
/// }
/// ```
pub struct RawMutex {
    /// The lock.
    core: LazyArc<MutexCore>,
}

impl RawMutex {
    /// A free lock.
    #[must_use]
    pub const fn new() -> RawMutex {
        RawMutex { core: LazyArc::new(0) }
    }

    /// The lock.
    fn core(&self) -> &MutexCore {
        self.core.get().expect("a lock is never nil")
    }

    /// Waits for the lock.
    ///
    /// # Go
    /// `mu.Lock()`
    ///
    /// # Cancel safety
    /// A future that is dropped does not have the lock.
    #[track_caller]
    #[inline]
    pub fn lock(&self) -> RawMutexLock<'_> {
        RawMutexLock { mutex: self, lock: self.core().lock(Location::caller()) }
    }

    /// Takes the lock if it is free; whether it was.
    ///
    /// # Go
    /// `mu.TryLock()`
    #[must_use]
    pub fn try_lock(&self) -> bool {
        self.core().try_lock()
    }

    /// Gives the lock back.
    ///
    /// If nobody has it, that is a fatal error, as in Go: `fatal error: sync: unlock of unlocked mutex`, exit code 2, no
    /// deferred call runs.
    ///
    /// # Go
    /// `mu.Unlock()`
    #[track_caller]
    #[inline]
    pub fn unlock(&self) {
        if !self.core().unlock() {
            unlock_of_unlocked();
        }
    }
}

impl Locker for RawMutex {
    #[track_caller]
    fn lock(&self) -> impl Future<Output = ()> + Send {
        RawMutex::lock(self)
    }

    #[track_caller]
    fn unlock(&self) {
        RawMutex::unlock(self);
    }
}

/// The future of [`RawMutex::lock`].
#[must_use = "the lock is not taken unless this is awaited"]
pub struct RawMutexLock<'a> {
    /// What is to be locked.
    mutex: &'a RawMutex,
    /// The wait.
    lock: LockFuture<'a>,
}

impl Future for RawMutexLock<'_> {
    type Output = ();

    #[inline]
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

impl fmt::Debug for RawMutexLock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawMutexLock").finish_non_exhaustive()
    }
}

impl Clone for RawMutex {
    fn clone(&self) -> RawMutex {
        RawMutex { core: self.core.clone() }
    }
}

impl Share for RawMutex {
    fn share(&self) -> RawMutex {
        self.clone()
    }
}

impl Default for RawMutex {
    fn default() -> RawMutex {
        RawMutex::new()
    }
}

impl fmt::Debug for RawMutex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawMutex").field("locked", &self.core().is_locked()).finish()
    }
}
