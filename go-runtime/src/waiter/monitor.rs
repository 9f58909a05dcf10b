//! A state and a FIFO queue of parked operations under one lock.
//!
//! What is granted is granted for good: an operation that was granted and whose future is then dropped passes the grant
//! on through [`WaitOp::undo`]. So a lock or a permit is never lost with a cancelled waiter.

use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::{List, Node, ONLY, Waiter};
use crate::goroutine::inspect::{self, Source};
use crate::goroutine::{self, WaitReason};
use crate::shim::Lock;

/// A state of type `S` and the operations that wait for it to change.
pub(crate) struct Monitor<S, W = ()> {
    /// What may be used without the lock, for fast paths.
    word: W,
    /// What the lock guards.
    parts: Lock<Parts<S>>,
}

/// What the lock guards.
struct Parts<S> {
    /// The user's state.
    state: S,
    /// The parked operations.
    queue: List<()>,
}

/// The state with the lock held. Those that are granted wake after the lock was given back.
pub(crate) struct Inside<'a, S, W = ()> {
    /// What may be used without the lock.
    word: &'a W,
    /// The guarded parts.
    parts: &'a mut Parts<S>,
    /// The first to be woken; a second vector is rarely needed.
    first: Option<Waker>,
    /// The others to be woken.
    more: Vec<Waker>,
}

impl<S, W> Deref for Inside<'_, S, W> {
    type Target = S;
    fn deref(&self) -> &S {
        &self.parts.state
    }
}

impl<S, W> DerefMut for Inside<'_, S, W> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.parts.state
    }
}

impl<S, W> Inside<'_, S, W> {
    /// What may be used without the lock.
    pub(crate) fn word(&self) -> &W {
        self.word
    }

    /// Whether anybody waits.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.parts.queue.is_empty()
    }

    /// How many operations wait; takes time proportional to the answer.
    #[cfg(all(test, not(go_loom)))]
    pub(crate) fn waiting(&self) -> usize {
        // SAFETY: `Inside` exists only while the lock is held.
        unsafe { self.parts.queue.count() }
    }

    /// Lets the operation that has waited longest go on; false if nobody waits.
    pub(crate) fn grant_first(&mut self) -> bool {
        self.grant_first_of(|_| true)
    }

    /// Lets the operation go on that has waited longest of those whose tag `accept` takes; false if there is none.
    pub(crate) fn grant_first_of(&mut self, accept: impl Fn(u32) -> bool) -> bool {
        // SAFETY: `Inside` exists only while the lock is held.
        let Some(((), waker)) = (unsafe { self.parts.queue.serve_first_of(|tag| accept(tag as u32), |_| ()) }) else {
            return false;
        };
        if self.first.is_none() {
            self.first = waker;
        } else {
            self.more.extend(waker);
        }
        true
    }

    /// Lets every waiting operation go on.
    pub(crate) fn grant_all(&mut self) {
        while self.grant_first() {}
    }
}

/// What an operation waits for and how.
pub(crate) struct WaitOp<S, W = ()> {
    /// The reason that a report shows.
    pub(crate) reason: WaitReason,
    /// The place that a report shows.
    pub(crate) place: &'static Location<'static>,
    /// A word that [`Inside::grant_first_of`] shows.
    pub(crate) tag: u32,
    /// Whether to queue before those that wait already.
    pub(crate) front: bool,
    /// Run once, under the lock, at the first poll: true if there is nothing to wait for.
    pub(crate) attempt: fn(&mut Inside<'_, S, W>) -> bool,
    /// Run under the lock when the operation was granted and its future is dropped before it knew.
    pub(crate) undo: fn(&mut Inside<'_, S, W>),
}

impl<S> Monitor<S> {
    /// A monitor of `state` where nobody waits.
    pub(crate) const fn new(state: S) -> Monitor<S> {
        Monitor::with_word(state, ())
    }
}

impl<S, W> Monitor<S, W> {
    /// A monitor of `state` where nobody waits, and `word` beside it, which may be used without the lock.
    pub(crate) const fn with_word(state: S, word: W) -> Monitor<S, W> {
        Monitor { word, parts: Lock::new(Parts { state, queue: List::new() }) }
    }

    /// What may be used without the lock.
    #[inline]
    pub(crate) fn word(&self) -> &W {
        &self.word
    }

    /// Runs `f` under the lock with the word alone: for what leaves everybody else alone.
    #[inline]
    pub(crate) fn with_word_alone<R>(&self, f: impl FnOnce(&W) -> R) -> R {
        let _parts = self.parts.lock();
        f(&self.word)
    }

    /// Runs `f` under the lock and then wakes those that it granted. `f` must not call back into the monitor.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Inside<'_, S, W>) -> R) -> R {
        let mut parts = self.parts.lock();
        let mut inside = Inside { word: &self.word, parts: &mut parts, first: None, more: Vec::new() };
        let result = f(&mut inside);
        let Inside { first, more, .. } = inside;
        drop(parts);
        if let Some(waker) = first {
            waker.wake();
        }
        for waker in more {
            waker.wake();
        }
        result
    }

    /// Waits as `op` says.
    pub(crate) fn wait(&self, op: WaitOp<S, W>) -> Wait<'_, S, W> {
        Wait { monitor: self, op, phase: Phase::New, asked: 0, owner: 0, node: Node::new(None), waiter: Waiter::new() }
    }
}

impl<S: fmt::Debug, W> fmt::Debug for Monitor<S, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not into `f` at once: its writer is foreign code, which must not run under the lock.
        let state = format!("{:?}", self.parts.lock().state);
        f.debug_tuple("Monitor").field(&format_args!("{state}")).finish()
    }
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The attempt found that there was nothing to wait for.
    Attempted,
    /// Somebody granted it.
    Granted,
}

/// How far an operation has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Not polled yet.
    New,
    /// Queued.
    Parked,
    /// Over.
    Finished,
}

/// The future of one waiting operation.
///
/// # Cancel safety
/// Dropping it leaves the queue; a grant that it had not noticed is passed on.
pub(crate) struct Wait<'a, S, W = ()> {
    /// What is waited for.
    monitor: &'a Monitor<S, W>,
    /// How.
    op: WaitOp<S, W>,
    /// How far it has come.
    phase: Phase,
    /// The pass in which it was asked last what it waits on, see `goroutine::inspect`.
    asked: u8,
    /// The goroutine whose waker is stored, or 0.
    owner: u64,
    /// The place in the queue.
    node: Node<()>,
    /// The operation.
    waiter: Waiter,
}

impl<S, W> Wait<'_, S, W> {
    /// Whether the operation is queued, or was granted and does not know yet.
    pub(crate) fn is_parked(&self) -> bool {
        self.phase == Phase::Parked
    }

    /// After a poll that ended pending: tells whoever asks (`goroutine::inspect`) that the monitor's owner, of which
    /// `source` tells, is all that may wake the operation.
    #[cold]
    pub(crate) fn tell(self: Pin<&mut Self>, cx: &Context<'_>, source: impl FnOnce() -> Source) {
        // SAFETY: nothing is moved out of the pinned future.
        let this = unsafe { self.get_unchecked_mut() };
        if this.phase == Phase::Parked && this.owner != 0 && this.owner == goroutine::owner_of(cx) {
            this.asked = inspect::tell(this.asked, |sources| sources.push(source()));
        }
    }

    /// Leaves the queue, as dropping does; the operation is over.
    pub(crate) fn leave(&mut self) {
        if self.phase != Phase::Parked {
            return;
        }
        self.phase = Phase::Finished;
        let (op, node, waiter) = (&self.op, &self.node, &self.waiter);
        self.monitor.with(|inside| {
            // SAFETY: the lock is held and the node is in this list or was served.
            unsafe { inside.parts.queue.unlink(node) };
            if waiter.is_done() {
                (op.undo)(inside);
            }
        });
    }
}

impl<S, W> Future for Wait<'_, S, W> {
    type Output = Ended;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Ended> {
        // SAFETY: nothing is moved out of the pinned future; `node` and `waiter` stay where they are.
        let this = unsafe { self.get_unchecked_mut() };
        match this.phase {
            Phase::New => {
                if goroutine::poll_budget(cx).is_pending() {
                    return Poll::Pending;
                }
                // A goroutine's own waker is made under the lock and only if it is needed; a foreign one runs foreign code.
                let mut foreign = (goroutine::owner_of(cx) == 0).then(|| goroutine::waker_of(cx));
                let Wait { monitor, op, phase, owner, node, waiter, .. } = this;
                monitor.with(|inside| {
                    if (op.attempt)(inside) {
                        *phase = Phase::Finished;
                        return;
                    }
                    let (waker, by) = foreign.take().unwrap_or_else(|| goroutine::waker_of(cx));
                    *owner = by;
                    // SAFETY: the waiter is not queued; the lock is held; node and waiter are pinned with this future,
                    // whose `Drop` unlinks the node now that it is parked.
                    unsafe {
                        waiter.arm(waker);
                        inside.parts.queue.push(node, waiter, ONLY, u64::from(op.tag), op.front);
                    }
                    *phase = Phase::Parked;
                });
                if this.phase == Phase::Finished {
                    return Poll::Ready(Ended::Attempted);
                }
                goroutine::park(this.op.reason, Some(this.op.place));
                Poll::Pending
            }
            Phase::Parked => {
                if this.waiter.is_done() {
                    this.phase = Phase::Finished;
                    return Poll::Ready(Ended::Granted);
                }
                goroutine::park(this.op.reason, Some(this.op.place));
                if this.owner != 0 && this.owner == goroutine::owner_of(cx) {
                    return Poll::Pending;
                }
                let (mut waker, by) = goroutine::waker_of(cx);
                this.owner = by;
                // SAFETY: this is the owner, and it holds the only lock.
                if this.monitor.with(|_| unsafe { this.waiter.swap_waker(&mut waker) }) {
                    return Poll::Pending;
                }
                this.phase = Phase::Finished;
                Poll::Ready(Ended::Granted)
            }
            Phase::Finished => panic!("a wait was polled after it had ended"),
        }
    }
}

impl<S, W> Drop for Wait<'_, S, W> {
    fn drop(&mut self) {
        self.leave();
    }
}

impl<S, W> fmt::Debug for Wait<'_, S, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("reason", &self.op.reason).finish_non_exhaustive()
    }
}
