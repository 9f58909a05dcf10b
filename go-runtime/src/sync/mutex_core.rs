//! The algorithm of the mutual exclusion lock: Go's, with goroutines in the place of threads.
//!
//! A free lock is taken at once, also by somebody who has just come (barging), since handing the lock to a parked goroutine
//! would make everybody wait for that one to be scheduled. It is a word that is changed under the monitor's lock, which
//! costs a compare-and-swap like one on the word itself would, and nothing of that kind where one thread takes it again
//! and again, see [`Gate`](crate::shim::gate). A goroutine that has waited for more
//! than a millisecond asks for *hand-over*: from then on an unlock gives the lock to the first in the queue, until one
//! gets it that has waited less or is the last.
//!
//! # Invariants
//! 1. `LOCKED` is the lock. It and all other bits are changed under the monitor's lock only, which orders what the holders
//!    of this lock do; so all of it is relaxed.
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
        self.monitor.with_word_alone(try_take)
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
        let given = self.monitor.with_word_alone(|word| {
            let only = word.load(Ordering::Relaxed) == LOCKED;
            if only {
                word.store(0, Ordering::Relaxed);
            }
            only
        });
        given || self.unlock_contended()
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
#[inline]
fn try_take(word: &AtomicU32) -> bool {
    let now = word.load(Ordering::Relaxed);
    let free = now & (LOCKED | STARVING) == 0;
    if free {
        word.store(now | LOCKED, Ordering::Relaxed);
    }
    free
}

/// Sets some bits and clears others.
fn change(word: &AtomicU32, set: u32, clear: u32) {
    word.store((word.load(Ordering::Relaxed) | set) & !clear, Ordering::Relaxed);
}

/// Gives the caller's lock back or over, and wakes the first that waits unless one is awake already. `LOCKED` is set.
fn release(inside: &mut InsideMutex<'_>) {
    let now = inside.word().load(Ordering::Relaxed);
    if now & STARVING != 0 {
        // Whoever is granted looks when this lock is given back.
        if inside.grant_first() {
            change(inside.word(), HANDED | WOKEN, 0);
            return;
        }
        // Nobody waits, or the one that does is just looking and will find the lock free.
        change(inside.word(), 0, LOCKED | STARVING | HANDED | WOKEN);
    } else {
        change(inside.word(), 0, LOCKED);
        wake_one(inside);
    }
    if !inside.has_waiting() {
        change(inside.word(), 0, WAITERS);
    }
}

/// Wakes the first that waits for a free lock, unless one is awake already.
fn wake_one(inside: &mut InsideMutex<'_>) {
    if inside.word().load(Ordering::Relaxed) & WOKEN == 0 && inside.grant_first() {
        change(inside.word(), WOKEN, 0);
    }
}

/// The attempt of an operation that is about to queue, or that was passed by while it looked.
fn attempt(inside: &mut InsideMutex<'_>) -> bool {
    let word = inside.word();
    let free = word.load(Ordering::Relaxed) & LOCKED == 0;
    change(word, if free { LOCKED } else { WAITERS }, 0);
    free
}

/// An operation was granted and is dropped before it looked.
fn undo(inside: &mut InsideMutex<'_>) {
    let now = inside.word().load(Ordering::Relaxed);
    if now & HANDED != 0 {
        change(inside.word(), 0, HANDED | WOKEN);
        release(inside);
    } else {
        change(inside.word(), 0, WOKEN);
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
            let now = word.load(Ordering::Relaxed);
            change(word, 0, WOKEN | HANDED);
            if now & HANDED != 0 {
                if !patience_is_over || !inside.has_waiting() {
                    change(inside.word(), 0, STARVING);
                }
                return true;
            }
            if try_take(word) {
                return true;
            }
            if patience_is_over {
                // If the lock becomes free before this one is queued again, its attempt finds that out.
                change(word, STARVING, 0);
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
