//! `WaitGroup`: a counter, and waiting until it is zero.
//!
//! # Invariants
//! The word holds the counter in its upper half and, in its lowest bit, whether somebody waits. The bit is set and
//! cleared under the monitor's lock only. Whoever brings the counter to zero and finds the bit takes the lock; so a wait
//! that set the bit before is woken, and one that comes later finds zero. Where nobody waits, every operation is one
//! access to the word.

use std::fmt;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::func::{self, Caught};
use crate::goroutine::inspect::{self, Handle};
use crate::goroutine::{self, WaitReason};
use crate::panics::panic_at;
use crate::rt::Spawner;
use crate::share::Share;
use crate::shim::{AtomicU64, Lazy, LazyArc, Ordering};
use crate::waiter::{Inside, Monitor, Wait, WaitOp};

/// Somebody waits.
const WAITED: u64 = 1;

/// Waits for a group of goroutines to end.
///
/// A handle: clones, which [`go!`](crate::go!) makes by itself, are the same group; it may be a `static`. After `wait`
/// has returned, the group can be used again.
///
/// # Go
/// `sync.WaitGroup`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let wg = sync::WaitGroup::new();
///     for i in 0..3 {
///         wg.add(1);
///         go! {
///             defer! { wg.done() }
///             println!("worker {i}");
///         }
///     }
///     wg.wait().await;
/// }
/// ```
pub struct WaitGroup {
    /// The group.
    core: LazyArc<Core>,
}

/// What the handles share.
struct Core {
    /// The counter and those that wait.
    monitor: Monitor<(), AtomicU64>,
}

impl Lazy for Core {
    fn make(_config: usize) -> Core {
        Core { monitor: Monitor::with_word((), AtomicU64::new(0)) }
    }
}

/// The counter in a word.
#[inline]
fn counter(word: u64) -> i32 {
    (word >> 32) as i32
}

impl WaitGroup {
    /// A group with the counter zero.
    #[must_use]
    pub const fn new() -> WaitGroup {
        WaitGroup { core: LazyArc::new(0) }
    }

    /// The group.
    #[inline]
    fn core(&self) -> &Core {
        self.core.get().expect("a group is never nil")
    }

    /// Adds `delta`, which may be negative, to the counter. When it becomes zero, everybody who waits goes on.
    ///
    /// Add before the goroutine starts: an `add` from zero must happen before `wait`.
    ///
    /// # Go
    /// `wg.Add(delta)`
    ///
    /// # Panics
    /// With Go's `sync: negative WaitGroup counter`, and with `sync: WaitGroup misuse: Add called concurrently with Wait`
    /// if somebody waits although the counter was zero.
    ///
    /// # Examples
    /// ```
    /// use go::prelude::*;
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let wg = sync::WaitGroup::new();
    ///     wg.add(2);
    ///     wg.add(-2);
    ///     wg.wait().await;
    /// }
    /// ```
    #[track_caller]
    #[inline]
    pub fn add(&self, delta: i64) {
        let monitor = &self.core().monitor;
        let by = (delta as u64) << 32;
        // AcqRel: what a goroutine did before `done` is seen by the one that brings the counter to zero, and through it
        // by those that wait.
        let old = monitor.word().fetch_add(by, Ordering::AcqRel);
        let new = i64::from(counter(old)) + delta;
        // Nobody waits, or it does not matter to whoever does.
        let plain = if old & WAITED == 0 { new >= 0 } else { new > 0 && counter(old) > 0 };
        if plain && new <= i64::from(i32::MAX) {
            return;
        }
        self.settle(old, delta);
    }

    /// What is left to do after an addition that was not a plain one.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn settle(&self, old: u64, delta: i64) {
        let new = i64::from(counter(old)) + delta;
        // Go's counter has 32 bits too, and what does not fit has become negative.
        if new < 0 || new > i64::from(i32::MAX) {
            panic!("sync: negative WaitGroup counter");
        }
        if old & WAITED == 0 {
            return;
        }
        if counter(old) == 0 && delta > 0 {
            panic!("sync: WaitGroup misuse: Add called concurrently with Wait");
        }
        if new == 0 {
            self.core().monitor.with(|inside| {
                // A counter that has moved on belongs to the next use; the bit goes, and those that wait find out.
                inside.word().fetch_and(!WAITED, Ordering::AcqRel);
                inside.grant_all();
            });
        }
    }

    /// Takes one from the counter.
    ///
    /// # Go
    /// `wg.Done()`
    ///
    /// # Panics
    /// With Go's `sync: negative WaitGroup counter`.
    #[track_caller]
    #[inline]
    pub fn done(&self) {
        self.add(-1);
    }

    /// Waits until the counter is zero; at once if it is.
    ///
    /// # Go
    /// `wg.Wait()`
    ///
    /// # Panics
    /// With Go's `sync: WaitGroup is reused before previous Wait has returned`.
    ///
    /// # Cancel safety
    /// A wait that is dropped is as if it had not been.
    #[track_caller]
    #[inline]
    pub fn wait(&self) -> WaitGroupWait<'_> {
        WaitGroupWait {
            group: self,
            monitor: &self.core().monitor,
            place: Location::caller(),
            wait: ManuallyDrop::new(None),
        }
    }

    /// Starts `future` as a goroutine of the group: adds one now, and takes it away when the future has ended.
    ///
    /// # Go
    /// `wg.Go(f)`. As there, a task that panics ends the process before `wait` returns.
    ///
    /// # Examples
    /// ```
    /// use go::prelude::*;
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let (wg, ch) = (sync::WaitGroup::new(), chan!(i32, 1));
    ///     let tx = ch.clone();
    ///     wg.go(async move { tx.send(7).await });
    ///     wg.wait().await;
    ///     assert_eq!(ch.recv().await, Some(7));
    /// }
    /// ```
    #[track_caller]
    pub fn go<F>(&self, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.add(1);
        let group = self.clone();
        let task = Task { future, group };
        Spawner::current().spawn("sync.(*WaitGroup).Go.func1", Location::caller(), task);
    }
}

/// A goroutine of a group.
struct Task<F> {
    /// What it does.
    future: F,
    /// Its group.
    group: WaitGroup,
}

impl<F: Future<Output = ()>> Future for Task<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: `future` is pinned with this one, and `group` is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        let future = unsafe { Pin::new_unchecked(&mut this.future) };
        match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
            Ok(polled) => {
                if polled.is_ready() {
                    this.group.done();
                }
                polled
            }
            // A goroutine that exits is done. One that panics ends the process, and nobody is to go on before.
            Err(payload) => match func::caught(payload) {
                Caught::Exit(payload) => {
                    this.group.done();
                    func::rethrow(Caught::Exit(payload))
                }
                Caught::Panic(mut panic) => {
                    panic.repanicked = true;
                    func::rethrow(Caught::Panic(panic))
                }
            },
        }
    }
}

/// Sets the bit unless the counter is zero.
fn attempt(inside: &mut Inside<'_, (), AtomicU64>) -> bool {
    let word = inside.word();
    let mut now = word.load(Ordering::Acquire);
    loop {
        if counter(now) == 0 {
            return true;
        }
        // AcqRel: pairs with the additions.
        match word.compare_exchange(now, now | WAITED, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return false,
            Err(other) => now = other,
        }
    }
}

/// The future of [`WaitGroup::wait`].
#[must_use = "nobody waits unless this is awaited"]
pub struct WaitGroupWait<'a> {
    /// The group.
    group: &'a WaitGroup,
    /// The group's counter.
    monitor: &'a Monitor<(), AtomicU64>,
    /// Where the program waits.
    place: &'static Location<'static>,
    /// The place in the queue, once there is one; dropped by hand, so that where there is none that takes one look.
    wait: ManuallyDrop<Option<Wait<'a, (), AtomicU64>>>,
}

impl WaitGroupWait<'_> {
    /// Waits in the queue.
    #[cold]
    #[inline(never)]
    fn poll_queued(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (group, monitor, place) = (self.group, self.monitor, self.place);
        let wait = self.wait.get_or_insert_with(|| {
            let reason = WaitReason::WaitGroupWait;
            monitor.wait(WaitOp { reason, place, tag: 0, front: false, attempt, undo: |_| {} })
        });
        let parked = wait.is_parked();
        // SAFETY: the future is pinned by the caller of `poll`, and a wait that is there is never replaced.
        let mut wait = unsafe { Pin::new_unchecked(wait) };
        let polled = wait.as_mut().poll(cx);
        if polled.is_pending() && inspect::is_asked() {
            wait.tell(cx, || group.core.source());
        }
        if parked && polled.is_ready() && counter(monitor.word().load(Ordering::Acquire)) != 0 {
            panic_at("sync: WaitGroup is reused before previous Wait has returned", place);
        }
        polled.map(drop)
    }

    /// Leaves the queue.
    #[cold]
    #[inline(never)]
    fn leave(&mut self) {
        if let Some(wait) = &mut *self.wait
            && wait.is_parked()
        {
            wait.leave();
            // The last that waited may leave: then nobody waits any more.
            self.monitor.with(|inside| {
                if !inside.has_waiting() {
                    inside.word().fetch_and(!WAITED, Ordering::AcqRel);
                }
            });
        }
        *self.wait = None;
    }
}

impl Future for WaitGroupWait<'_> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: nothing is moved out of the pinned future.
        let this = unsafe { self.get_unchecked_mut() };
        if this.wait.is_none() {
            ready!(goroutine::poll_budget(cx));
            // Acquire: pairs with the additions.
            if counter(this.monitor.word().load(Ordering::Acquire)) == 0 {
                return Poll::Ready(());
            }
        }
        this.poll_queued(cx)
    }
}

impl Drop for WaitGroupWait<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.wait.is_some() {
            self.leave();
        }
    }
}

impl Clone for WaitGroup {
    fn clone(&self) -> WaitGroup {
        WaitGroup { core: self.core.clone() }
    }
}

impl Share for WaitGroup {
    fn share(&self) -> WaitGroup {
        self.clone()
    }
}

impl Default for WaitGroup {
    fn default() -> WaitGroup {
        WaitGroup::new()
    }
}

impl fmt::Debug for WaitGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counter = counter(self.core().monitor.word().load(Ordering::Relaxed));
        f.debug_struct("WaitGroup").field("counter", &counter).finish()
    }
}

impl fmt::Debug for WaitGroupWait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitGroupWait").field("place", &self.place).finish_non_exhaustive()
    }
}
