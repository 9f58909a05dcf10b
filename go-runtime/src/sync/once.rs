//! `Once`: something that happens once, however many ask for it.

use std::fmt;
use std::future::Future;
use std::panic::Location;

use super::mutex_core::MutexCore;
use crate::body::Body;
use crate::share::Share;
use crate::shim::{AtomicU32, Lazy, LazyArc, Ordering};

/// Runs a function once, however many goroutines ask for it; all wait until it has run.
///
/// A handle: clones, which [`go!`](crate::go!) makes by itself, are the same thing; it may be a `static`.
///
/// # Go
/// `sync.Once`. A function that panics has run, as one whose future was dropped.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// static ONCE: sync::Once = sync::Once::new();
///
/// #[go::main]
/// async fn main() {
///     for _ in 0..3 {
///         ONCE.call(|| println!("only once")).await;
///     }
/// }
/// ```
pub struct Once {
    /// What the handles share.
    core: LazyArc<Core>,
}

/// What the handles share.
struct Core {
    /// 1 once the function has run.
    done: AtomicU32,
    /// Held while the function runs.
    mutex: MutexCore,
}

impl Lazy for Core {
    fn make(_config: usize) -> Core {
        Core { done: AtomicU32::new(0), mutex: MutexCore::new() }
    }
}

/// Marks the function as run and gives the lock back, also when the function panics or is dropped.
struct Running<'a>(&'a Core);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // Release: pairs with the acquire in `call`.
        self.0.done.store(1, Ordering::Release);
        self.0.mutex.unlock();
    }
}

impl Once {
    /// Nothing has run yet.
    #[must_use]
    pub const fn new() -> Once {
        Once { core: LazyArc::new(0) }
    }

    /// What the handles share.
    #[inline]
    fn core(&self) -> &Core {
        self.core.get().expect("a once is never nil")
    }

    /// Runs `f` if nothing has run yet, or waits until what runs has ended.
    ///
    /// `f` returns nothing or a future: `|| { .. }` and `|| async { .. }` both work. A call from within `f` waits for
    /// ever, as in Go.
    ///
    /// # Go
    /// `once.Do(f)`; `do` is a keyword in Rust.
    ///
    /// # Cancel safety
    /// Dropping a call that waits for another one does nothing; dropping the one that runs `f` drops `f`'s future, and
    /// it counts as run.
    #[track_caller]
    #[inline]
    pub fn call<F, R, M>(&self, f: F) -> impl Future<Output = ()> + Send
    where
        F: FnOnce() -> R + Send,
        R: Body<M> + Send,
        M: Send,
    {
        let (core, place) = (self.core(), Location::caller());
        // Acquire: pairs with the release in `Running`.
        let start = (core.done.load(Ordering::Acquire) == 0).then_some((core, f));
        async move {
            if let Some((core, f)) = start {
                core.run(f, place).await;
            }
        }
    }
}

impl Core {
    /// Runs `f` unless something has run, or waits until what runs has ended.
    async fn run<F, R, M>(&self, f: F, place: &'static Location<'static>)
    where
        F: FnOnce() -> R + Send,
        R: Body<M> + Send,
        M: Send,
    {
        self.mutex.lock(place).await;
        // Acquire: pairs with the release in `Running`.
        if self.done.load(Ordering::Acquire) != 0 {
            self.mutex.unlock();
            return;
        }
        let _running = Running(self);
        f().finish().await;
    }
}

impl Clone for Once {
    fn clone(&self) -> Once {
        Once { core: self.core.clone() }
    }
}

impl Share for Once {
    fn share(&self) -> Once {
        self.clone()
    }
}

impl Default for Once {
    fn default() -> Once {
        Once::new()
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").field("done", &(self.core().done.load(Ordering::Relaxed) != 0)).finish()
    }
}
