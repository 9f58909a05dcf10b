//! `Cond`: waiting for a condition that a lock guards.

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::pin;
use std::task::Poll;

use super::{Locker, RawMutex};
use crate::goroutine::WaitReason;
use crate::goroutine::inspect::{self, Handle};
use crate::share::Share;
use crate::shim::{Lazy, LazyArc};
use crate::waiter::{Monitor, WaitOp};

/// A meeting place for goroutines that wait for something to change under a lock.
///
/// A handle: clones, which [`go!`](crate::go!) makes by itself, are the same condition with the same lock; it may be a
/// `static`.
///
/// # Go
/// `sync.Cond`. A signal that finds nobody is lost; those that wait are woken in the order in which they came.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// static READY: sync::atomic::Bool = sync::atomic::Bool::new(false);
///
/// #[go::main]
/// async fn main() {
///     let cond = sync::Cond::new(sync::RawMutex::new());
///     go! {
///         cond.l.lock().await;
///         READY.store(true);
///         cond.l.unlock();
///         cond.signal();
///     }
///     cond.l.lock().await;
///     while !READY.load() {
///         cond.wait().await;
///     }
///     cond.l.unlock();
/// }
/// ```
pub struct Cond<L = RawMutex> {
    /// The lock that guards the condition.
    ///
    /// # Go
    /// `c.L`
    pub l: L,
    /// Those that wait.
    waiting: LazyArc<Waiting>,
}

/// Those that wait.
struct Waiting {
    /// The queue.
    monitor: Monitor<()>,
}

impl Lazy for Waiting {
    fn make(_config: usize) -> Waiting {
        Waiting { monitor: Monitor::new(()) }
    }
}

impl<L> Cond<L> {
    /// A condition that the lock `l` guards.
    ///
    /// # Go
    /// `sync.NewCond(l)`
    #[must_use]
    pub const fn new(l: L) -> Cond<L> {
        Cond { l, waiting: LazyArc::new(0) }
    }

    /// The queue.
    fn monitor(&self) -> &Monitor<()> {
        &self.waiting.get().expect("a condition is never nil").monitor
    }

    /// Wakes the goroutine that has waited longest, if any. The lock need not be held.
    ///
    /// # Go
    /// `c.Signal()`
    pub fn signal(&self) {
        self.monitor().with(|inside| inside.grant_first());
    }

    /// Wakes every goroutine that waits. The lock need not be held.
    ///
    /// # Go
    /// `c.Broadcast()`
    pub fn broadcast(&self) {
        self.monitor().with(|inside| inside.grant_all());
    }
}

impl<L: Locker + Sync> Cond<L> {
    /// Gives the lock back, waits for a signal, and takes the lock again. The caller holds the lock.
    ///
    /// The condition may have changed again since the signal: call it in a loop that tests the condition.
    ///
    /// # Go
    /// `c.Wait()`
    ///
    /// # Cancel safety
    /// A wait that is dropped after its first poll does not hold the lock; a signal that it had got goes to the next.
    #[track_caller]
    pub fn wait(&self) -> impl Future<Output = ()> + Send {
        let place = Location::caller();
        async move {
            let mut wait = pin!(self.monitor().wait(WaitOp {
                reason: WaitReason::CondWait,
                place,
                tag: 0,
                front: false,
                attempt: |_| false,
                undo: |inside| {
                    inside.grant_first();
                },
            }));
            // It is in the queue before it gives the lock back, so that no signal is missed.
            poll_fn(|cx| {
                let polled = wait.as_mut().poll(cx);
                debug_assert!(polled.is_pending(), "nobody can grant a wait that is not queued");
                if wait.is_parked() { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            self.l.unlock();
            poll_fn(|cx| {
                let polled = wait.as_mut().poll(cx);
                if polled.is_pending() && inspect::is_asked() {
                    wait.as_mut().tell(cx, || self.waiting.source());
                }
                polled
            })
            .await;
            self.l.lock().await;
        }
    }
}

impl<L: Clone> Clone for Cond<L> {
    fn clone(&self) -> Cond<L> {
        Cond { l: self.l.clone(), waiting: self.waiting.clone() }
    }
}

impl<L: Share> Share for Cond<L> {
    fn share(&self) -> Cond<L> {
        Cond { l: self.l.share(), waiting: self.waiting.clone() }
    }
}

impl Default for Cond {
    fn default() -> Cond {
        Cond::new(RawMutex::new())
    }
}

impl<L: fmt::Debug> fmt::Debug for Cond<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cond").field("l", &self.l).finish_non_exhaustive()
    }
}
