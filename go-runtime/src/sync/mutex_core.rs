//! The algorithm of the mutual exclusion lock: Go's, with goroutines in the place of threads.
//!
//! A free lock is taken by one compare-and-swap, also by somebody who has just come (barging), since handing the lock
//! to a parked goroutine would make everybody wait for that one to be scheduled. A goroutine that has waited for more
//! than a millisecond asks for *hand-over*: from then on an unlock gives the lock to the first in the queue, until one
//! gets it that has waited less or is the last.
//!
//! # Invariants
//! 1. `LOCKED` is the lock. All other bits are changed under the monitor's lock only.
//! 2. `WAITERS` is set while the queue is not empty; it may outlive the last that waited, until the next unlock.
//! 3. `WOKEN` is set while one operation was granted and has not looked yet. It either takes the lock, or queues again at
//!    the front, or is dropped, which counts as an unlock. So no wake-up is lost, and no second one is spent meanwhile.
//! 4. `HANDED` is set only with `WOKEN` and `LOCKED`: the granted operation has the lock.

use std::future::Future;
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use crate::goroutine::inspect::Source;
use crate::goroutine::{self, WaitReason};
use crate::rt;
use crate::shim::{AtomicU32, Ordering};
use crate::waiter::{Ended, Inside, Monitor, Wait, WaitOp};

/// Somebody has the lock.
const LOCKED: u32 = 1;
/// Somebody waits.
const WAITERS: u32 = 2;
/// Somebody was granted and has not looked yet.
const WOKEN: u32 = 4;
/// An unlock hands the lock over.
const STARVING: u32 = 8;
/// The lock was handed to whoever was granted.
const HANDED: u32 = 16;

/// How long one may wait before it asks for hand-over.
const PATIENCE: Duration = Duration::from_millis(1);

/// Whether somebody who waits since then may ask for hand-over.
#[cfg(not(go_loom))]
fn is_starving(since: Instant) -> bool {
    since.elapsed() > PATIENCE
}

#[cfg(go_loom)]
thread_local! {
    /// What a model says instead of a clock, which it has not got.
    static HASTY: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Whether somebody who waits since then may ask for hand-over.
#[cfg(go_loom)]
fn is_starving(_since: Instant) -> bool {
    HASTY.with(std::cell::Cell::get)
}

/// Has everybody who waits ask for hand-over, or nobody.
#[cfg(go_loom)]
pub(crate) fn hand_over_at_once(hasty: bool) {
    HASTY.with(|slot| slot.set(hasty));
}

/// A lock without data.
pub(super) struct MutexCore {
    /// The bits, and those that wait.
    monitor: Monitor<(), AtomicU32>,
}

/// The monitor's inside.
type InsideMutex<'a> = Inside<'a, (), AtomicU32>;

impl MutexCore {
    /// A free lock.
    pub(super) const fn new() -> MutexCore {
        MutexCore { monitor: Monitor::with_word((), AtomicU32::new(0)) }
    }

    /// Takes the lock if it is free.
    #[inline]
    pub(super) fn try_lock(&self) -> bool {
        let word = self.monitor.word();
        // Acquire: pairs with the release in `unlock`.
        if word.compare_exchange(0, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok() {
            return true;
        }
        try_take(word)
    }

    /// Waits for the lock.
    #[inline]
    pub(super) fn lock(&self, place: &'static Location<'static>) -> LockFuture<'_> {
        LockFuture { core: self, place, since: None, wait: ManuallyDrop::new(None) }
    }

    /// Whether somebody has the lock.
    pub(super) fn is_locked(&self) -> bool {
        self.monitor.word().load(Ordering::Relaxed) & LOCKED != 0
    }

    /// Gives the lock back; false if nobody has it.
    #[inline]
    pub(super) fn unlock(&self) -> bool {
        // Release: pairs with the acquire of whoever takes the lock next.
        match self.monitor.word().compare_exchange(LOCKED, 0, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => true,
            Err(word) if word & LOCKED == 0 => false,
            Err(_) => self.unlock_contended(),
        }
    }

    /// Gives a lock back that somebody may wait for; false if nobody has it.
    #[cold]
    fn unlock_contended(&self) -> bool {
        self.monitor.with(|inside| {
            let now = inside.word().load(Ordering::Relaxed);
            // Whoever was handed the lock has not taken it yet: this unlock is not its own.
            if now & LOCKED == 0 || now & HANDED != 0 {
                return false;
            }
            release(inside);
            true
        })
    }
}

/// Takes a free lock whatever the other bits say, except for hand-over, where there is a queue to respect.
#[inline(never)]
fn try_take(word: &AtomicU32) -> bool {
    let mut now = word.load(Ordering::Relaxed);
    while now & (LOCKED | STARVING) == 0 {
        // Acquire: pairs with the release in `release` and `unlock`.
        match word.compare_exchange(now, now | LOCKED, Ordering::Acquire, Ordering::Relaxed) {
            Ok(_) => return true,
            Err(other) => now = other,
        }
    }
    false
}

/// Gives the caller's lock back or over, and wakes the first that waits unless one is awake already. `LOCKED` is set.
fn release(inside: &mut InsideMutex<'_>) {
    let now = inside.word().load(Ordering::Relaxed);
    if now & STARVING != 0 {
        // The bits come before the grant: a granted operation may look at once. Release: pairs with the acquire of
        // whoever was granted.
        inside.word().fetch_or(HANDED | WOKEN, Ordering::Release);
        if inside.grant_first() {
            return;
        }
        // Nobody waits, or the one that does is just looking and will find the lock free.
        inside.word().fetch_and(!(LOCKED | STARVING | HANDED | WOKEN), Ordering::Release);
    } else {
        // Release: pairs with the acquire of whoever takes the lock next.
        inside.word().fetch_and(!LOCKED, Ordering::Release);
        wake_one(inside);
    }
    if !inside.has_waiting() {
        inside.word().fetch_and(!WAITERS, Ordering::Relaxed);
    }
}

/// Wakes the first that waits for a free lock, unless one is awake already.
fn wake_one(inside: &mut InsideMutex<'_>) {
    if inside.word().load(Ordering::Relaxed) & WOKEN != 0 {
        return;
    }
    inside.word().fetch_or(WOKEN, Ordering::Relaxed);
    if !inside.grant_first() {
        inside.word().fetch_and(!WOKEN, Ordering::Relaxed);
    }
}

/// The attempt of an operation that is about to queue, or that was passed by while it looked.
fn attempt(inside: &mut InsideMutex<'_>) -> bool {
    let word = inside.word();
    let mut now = word.load(Ordering::Relaxed);
    loop {
        let (next, taken) = if now & LOCKED == 0 { (now | LOCKED, true) } else { (now | WAITERS, false) };
        // Acquire: pairs with the release of the last unlock.
        match word.compare_exchange(now, next, Ordering::Acquire, Ordering::Relaxed) {
            Ok(_) => return taken,
            Err(other) => now = other,
        }
    }
}

/// An operation was granted and is dropped before it looked.
fn undo(inside: &mut InsideMutex<'_>) {
    let now = inside.word().load(Ordering::Relaxed);
    if now & HANDED != 0 {
        inside.word().fetch_and(!(HANDED | WOKEN), Ordering::Relaxed);
        release(inside);
    } else {
        inside.word().fetch_and(!WOKEN, Ordering::Relaxed);
        if now & LOCKED == 0 {
            wake_one(inside);
        }
    }
}

/// The future of a lock.
///
/// # Cancel safety
/// Dropping it leaves the queue; a wake-up or the lock itself, if it was handed over, goes to the next.
pub(super) struct LockFuture<'a> {
    /// The lock.
    core: &'a MutexCore,
    /// Where the program waits.
    place: &'static Location<'static>,
    /// Since when it waits.
    since: Option<Instant>,
    /// The place in the queue, once there is one; dropped by hand, so that where there is none that takes one look.
    wait: ManuallyDrop<Option<Wait<'a, (), AtomicU32>>>,
}

impl<'a> LockFuture<'a> {
    /// Joins the queue.
    fn queue(&self, front: bool) -> Wait<'a, (), AtomicU32> {
        self.core.monitor.wait(WaitOp {
            reason: WaitReason::MutexLock,
            place: self.place,
            tag: 0,
            front,
            attempt,
            undo,
        })
    }

    /// The operation was granted: whether it has the lock now.
    fn granted(&self) -> bool {
        let patience_is_over = self.since.is_some_and(is_starving);
        self.core.monitor.with(|inside| {
            let word = inside.word();
            // Acquire: pairs with the release in `release`.
            let now = word.fetch_and(!(WOKEN | HANDED), Ordering::Acquire);
            if now & HANDED != 0 {
                if !patience_is_over || !inside.has_waiting() {
                    inside.word().fetch_and(!STARVING, Ordering::Relaxed);
                }
                return true;
            }
            if try_take(word) {
                return true;
            }
            if patience_is_over {
                // If the lock becomes free before this one is queued again, its attempt finds that out.
                word.fetch_or(STARVING, Ordering::Relaxed);
            }
            false
        })
    }
}

impl Future for LockFuture<'_> {
    type Output = ();

    // Always: what is free is taken in a few instructions, which a call would double.
    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: nothing is moved out of the pinned future while it is in use; `wait` is replaced only once it is over.
        let this = unsafe { self.get_unchecked_mut() };
        if this.wait.is_none() {
            ready!(goroutine::poll_budget(cx));
            if this.core.try_lock() {
                return Poll::Ready(());
            }
            *this.wait = Some(this.queue(false));
        }
        this.poll_queued(cx)
    }
}

impl LockFuture<'_> {
    /// After a poll that ended pending: see [`Wait::tell`].
    pub(super) fn tell(self: Pin<&mut Self>, cx: &Context<'_>, source: impl FnOnce() -> Source) {
        // SAFETY: `wait` is pinned with this future.
        if let Some(wait) = unsafe { self.map_unchecked_mut(|this| &mut *this.wait) }.as_pin_mut() {
            wait.tell(cx, source);
        }
    }

    /// Waits in the queue.
    #[inline(never)]
    fn poll_queued(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let Some(wait) = &mut *self.wait else { return Poll::Ready(()) };
            // SAFETY: the future is pinned by the caller of `poll`, and `wait` is replaced only once it is over.
            let polled = unsafe { Pin::new_unchecked(wait) }.poll(cx);
            match polled {
                Poll::Pending => {
                    if self.since.is_none() {
                        self.since = Some(Instant::now());
                    }
                    return Poll::Pending;
                }
                Poll::Ready(Ended::Attempted) => return Poll::Ready(()),
                Poll::Ready(Ended::Granted) => {
                    if self.granted() {
                        return Poll::Ready(());
                    }
                    *self.wait = Some(self.queue(true));
                }
            }
        }
    }
}

impl Drop for LockFuture<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.wait.is_some() {
            self.leave();
        }
    }
}

impl LockFuture<'_> {
    /// Leaves the queue.
    #[inline(never)]
    fn leave(&mut self) {
        *self.wait = None;
    }
}

/// Ends the process: `unlock` without `lock`.
#[cold]
#[track_caller]
pub(super) fn unlock_of_unlocked() -> ! {
    rt::fatal("sync: unlock of unlocked mutex")
}
