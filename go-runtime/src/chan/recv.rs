//! A receive that waits.

use std::fmt;
use std::future::Future;
use std::mem::MaybeUninit;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::core::{Core, Guard, Outcome};
use super::wakers::Wakers;
use crate::goroutine::{self, WaitReason, inspect};
use crate::shim::LazyArc;
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
    /// The handle that this borrows; the channel may be nil.
    handle: &'a LazyArc<Core<T>>,
    /// Where the program receives.
    place: &'static Location<'static>,
    /// How far it has come.
    phase: Phase,
    /// The pass in which it was asked last what it waits on, see `goroutine::inspect`.
    asked: u8,
    /// The place in the queue; a value that was handed over.
    node: Node<T>,
    /// The operation; there while it is parked, and has no waker left once it was served.
    waiter: MaybeUninit<Waiter>,
}

impl<'a, T> Recv<'a, T> {
    /// A receive from `handle`'s channel on behalf of the program's `place`.
    #[inline]
    pub(crate) fn new(handle: &'a LazyArc<Core<T>>, place: &'static Location<'static>) -> Recv<'a, T> {
        Recv { handle, place, phase: Phase::New, asked: 0, node: Node::new(None), waiter: MaybeUninit::uninit() }
    }

    /// Notes what the goroutine waits for.
    fn note(&self) {
        let reason = if self.handle.is_nil() { WaitReason::ChanReceiveNil } else { WaitReason::ChanReceive };
        goroutine::park(reason, Some(self.place));
    }

    /// The operation.
    ///
    /// # Safety
    /// It is parked.
    #[inline]
    unsafe fn waiter(&self) -> &Waiter {
        // SAFETY: parking has made the waiter.
        unsafe { self.waiter.assume_init_ref() }
    }

    /// Ends a receive that was served: the value, or nothing if the channel was closed.
    #[inline]
    fn take(&mut self) -> Poll<Option<T>> {
        self.phase = Phase::Finished;
        // SAFETY: the waiter is done, so the value is the owner's.
        Poll::Ready(unsafe { self.node.with_value(Option::take) })
    }

    /// The first poll, unless a value lay ready: receives from a sender or joins the queue.
    #[inline(never)]
    fn start(&mut self, core: &'a Core<T>, mut state: Guard<'a, T>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut wakers = Wakers::default();
        let received = match core.receive_in(&mut state, &mut wakers) {
            Outcome::Done(value) => Some(value),
            Outcome::Closed => None,
            Outcome::Wait => {
                return match goroutine::own_waker_to_park(cx, WaitReason::ChanReceive, self.place) {
                    Some((waker, owner)) => self.park(core, state, waker, owner),
                    None => self.start_foreign(core, state, cx),
                };
            }
        };
        drop(state);
        self.phase = Phase::Finished;
        wakers.wake();
        Poll::Ready(received)
    }

    /// As [`Recv::start`], where the waker is a foreign one: cloning it runs foreign code, which must not be under the lock.
    #[cold]
    fn start_foreign(&mut self, core: &'a Core<T>, state: Guard<'a, T>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        drop(state);
        let (waker, owner) = goroutine::waker_of(cx);
        let mut state = core.state.lock();
        let mut wakers = Wakers::default();
        let received = match core.receive_in(&mut state, &mut wakers) {
            Outcome::Done(value) => Some(value),
            Outcome::Closed => None,
            Outcome::Wait => {
                goroutine::park(WaitReason::ChanReceive, Some(self.place));
                return self.park(core, state, waker, owner);
            }
        };
        drop(state);
        self.phase = Phase::Finished;
        wakers.wake();
        Poll::Ready(received)
    }

    /// Joins the queue; what the goroutine waits for was noted.
    #[inline]
    fn park(&mut self, core: &'a Core<T>, mut state: Guard<'a, T>, waker: Waker, owner: u64) -> Poll<Option<T>> {
        let waiter = self.waiter.write(Waiter::armed(waker));
        // SAFETY: the node is not queued, the lock is held, and node and waiter are pinned with this future, whose `Drop`
        // unlinks the node now that it is parked.
        unsafe { state.receivers.push(&self.node, waiter, ONLY, owner, false) };
        self.phase = Phase::Parked;
        core.receive_queued(&state);
        drop(state);
        Poll::Pending
    }

    /// A later poll that finds nothing new.
    #[cold]
    fn again(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        assert!(self.phase != Phase::Finished, "a receive was polled after it had ended");
        self.note();
        let Some(core) = self.handle.get() else { return Poll::Pending };
        let state = core.state.lock();
        // SAFETY: it is parked; this is the owner, and it holds the only lock.
        if unsafe { self.waiter() }.is_done() {
            drop(state);
            return self.take();
        }
        // SAFETY: a receive that was polled before and has not ended is queued, since its channel is not nil.
        let owner = unsafe { self.node.with_tag(|tag| *tag) };
        if owner != 0 && owner == goroutine::owner_of(cx) {
            drop(state);
            if inspect::is_asked() {
                let handle = std::ptr::from_ref(self.handle).addr();
                self.asked = inspect::tell(self.asked, |sources| core.sources(handle, sources));
            }
            return Poll::Pending;
        }
        drop(state);
        // Another waker, or something that is not the goroutine's own executor.
        let (mut waker, owner) = goroutine::waker_of(cx);
        let state = core.state.lock();
        // SAFETY: it is parked; this is the owner, and it holds the only lock, so the word is its own until it is served.
        let waits = unsafe {
            let waits = self.waiter().swap_waker(&mut waker);
            if waits {
                self.node.with_tag(|tag| *tag = owner);
            }
            waits
        };
        drop(state);
        if waits { Poll::Pending } else { self.take() }
    }

    /// Leaves the queue; a value that was handed over goes to the next receiver.
    #[cold]
    fn leave(&mut self) {
        let Some(core) = self.handle.get() else { return };
        let mut wakers = Wakers::default();
        let mut state = core.state.lock();
        // SAFETY: the lock is held and the node was queued; once it is unlinked the value is the owner's.
        let unreceived = unsafe {
            state.receivers.unlink(&self.node);
            self.node.take_handed()
        };
        if let Some(handed) = unreceived {
            core.give_back(&mut state, &mut wakers, handed);
        }
        drop(state);
        wakers.wake();
        // SAFETY: it was parked, and nobody knows of the waiter any more.
        unsafe { self.waiter.assume_init_drop() };
    }
}

impl<T> Future for Recv<'_, T> {
    type Output = Option<T>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        // SAFETY: nothing is moved out of the pinned future; `node` and `waiter` stay where they are.
        let this = unsafe { self.get_unchecked_mut() };
        match this.phase {
            Phase::New => {
                let Some(core) = this.handle.get() else {
                    this.note();
                    return Poll::Pending;
                };
                if goroutine::poll_budget(cx).is_pending() {
                    return Poll::Pending;
                }
                let mut state = core.state.lock();
                if let Some(value) = core.receive_buffered(&mut state) {
                    this.phase = Phase::Finished;
                    return Poll::Ready(Some(value));
                }
                this.start(core, state, cx)
            }
            // SAFETY: it is parked.
            Phase::Parked if unsafe { this.waiter() }.is_done() => this.take(),
            Phase::Parked | Phase::Finished => this.again(cx),
        }
    }
}

impl<T> Drop for Recv<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.phase == Phase::Parked {
            self.leave();
        }
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recv").field("phase", &self.phase).field("place", &self.place).finish_non_exhaustive()
    }
}
