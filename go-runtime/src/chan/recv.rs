//! A receive that waits.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::core::{Core, Outcome, Wakers};
use crate::goroutine::{self, WaitReason, inspect};
use crate::waiter::{Node, ONLY, Waiter};

/// How far an operation has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// Not polled yet.
    New,
    /// In the channel's queue.
    Parked,
    /// Over.
    Finished,
}

/// The future of [`Chan::recv`](super::Chan::recv).
#[must_use = "a receive does nothing until it is awaited"]
pub struct Recv<'a, T> {
    /// The channel, `None` for nil.
    core: Option<&'a Core<T>>,
    /// Where the program receives.
    place: &'static Location<'static>,
    /// Where the handle lies that this borrows.
    handle: usize,
    /// How far it has come.
    phase: Phase,
    /// The pass in which it was asked last what it waits on, see `goroutine::inspect`.
    asked: u8,
    /// The goroutine whose waker is stored, or 0.
    owner: u64,
    /// The place in the queue; a value that was handed over.
    node: Node<T>,
    /// The operation.
    waiter: Waiter,
}

impl<'a, T> Recv<'a, T> {
    /// A receive from `core`, whose handle is `handle`, on behalf of the program's `place`.
    #[inline]
    pub(crate) fn new<H>(core: Option<&'a Core<T>>, handle: &'a H, place: &'static Location<'static>) -> Recv<'a, T> {
        let handle = std::ptr::from_ref(handle).addr();
        Recv {
            core,
            place,
            handle,
            phase: Phase::New,
            asked: 0,
            owner: 0,
            node: Node::new(None),
            waiter: Waiter::new(),
        }
    }

    /// Notes what the goroutine waits for.
    fn note(&self) {
        let reason = if self.core.is_some() { WaitReason::ChanReceive } else { WaitReason::ChanReceiveNil };
        goroutine::park(reason, Some(self.place));
    }

    /// Ends a receive that was served: the value, or nothing if the channel was closed.
    fn take(&mut self) -> Poll<Option<T>> {
        self.phase = Phase::Finished;
        // SAFETY: the waiter is done, so the value is the owner's.
        Poll::Ready(unsafe { self.node.with_value(Option::take) })
    }

    /// The first poll: receives at once or joins the queue.
    #[inline]
    fn start(&mut self, core: &'a Core<T>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut foreign = None;
        loop {
            let mut wakers = Wakers::default();
            let mut state = core.state.lock();
            let received = match core.receive_in(&mut state, &mut wakers) {
                Outcome::Done(value) => Some(value),
                Outcome::Closed => None,
                Outcome::Wait => {
                    let Some((waker, owner)) = goroutine::own_waker_of(cx).or_else(|| foreign.take()) else {
                        // Cloning a foreign waker runs foreign code, which must not be under the lock.
                        drop(state);
                        foreign = Some(goroutine::waker_of(cx));
                        continue;
                    };
                    self.owner = owner;
                    // SAFETY: the waiter is not queued, the lock is held, and both are pinned with this future, whose
                    // `Drop` unlinks the node now that it is parked.
                    unsafe {
                        self.waiter.arm(waker);
                        state.receivers.push(&self.node, &self.waiter, ONLY, 0, false);
                    }
                    self.phase = Phase::Parked;
                    drop(state);
                    self.note();
                    return Poll::Pending;
                }
            };
            drop(state);
            self.phase = Phase::Finished;
            wakers.wake();
            return Poll::Ready(received);
        }
    }

    /// A later poll with another waker, or by something that is not the goroutine's own executor.
    #[cold]
    fn again(&mut self, core: &'a Core<T>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let (mut waker, owner) = goroutine::waker_of(cx);
        self.owner = owner;
        let state = core.state.lock();
        // SAFETY: this is the owner, and it holds the only lock.
        let waits = unsafe { self.waiter.swap_waker(&mut waker) };
        drop(state);
        if waits { Poll::Pending } else { self.take() }
    }
}

impl<T> Future for Recv<'_, T> {
    type Output = Option<T>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        // SAFETY: nothing is moved out of the pinned future; `node` and `waiter` stay where they are.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(core) = this.core else {
            this.note();
            return Poll::Pending;
        };
        match this.phase {
            Phase::New => {
                if goroutine::poll_budget(cx).is_pending() {
                    return Poll::Pending;
                }
                this.start(core, cx)
            }
            Phase::Parked if this.waiter.is_done() => this.take(),
            Phase::Parked => {
                this.note();
                if this.owner != 0 && this.owner == goroutine::owner_of(cx) {
                    if inspect::is_asked() {
                        this.asked =
                            inspect::tell(std::ptr::from_ref(core).addr(), || core.handles(), this.handle, this.asked);
                    }
                    return Poll::Pending;
                }
                this.again(core, cx)
            }
            Phase::Finished => panic!("a receive was polled after it had ended"),
        }
    }
}

impl<T> Drop for Recv<'_, T> {
    #[inline]
    fn drop(&mut self) {
        let (Phase::Parked, Some(core)) = (self.phase, self.core) else {
            return;
        };
        let mut wakers = Wakers::default();
        let mut state = core.state.lock();
        // SAFETY: the lock is held; once the node is unlinked the value is the owner's.
        let unreceived = unsafe {
            state.receivers.unlink(&self.node);
            self.node.take_handed()
        };
        if let Some(handed) = unreceived {
            core.give_back(&mut state, &mut wakers, handed);
        }
        drop(state);
        wakers.wake();
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recv").field("phase", &self.phase).field("place", &self.place).finish_non_exhaustive()
    }
}
