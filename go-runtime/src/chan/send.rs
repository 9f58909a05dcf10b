//! A send that waits.

use std::fmt;
use std::future::Future;
use std::mem::MaybeUninit;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::core::{Core, Guard, Outcome, State};
use super::recv::Phase;
use super::wakers::Wakers;
use crate::goroutine::{self, WaitReason, inspect};
use crate::shim::LazyArc;
use crate::texts;
use crate::waiter::{Node, ONLY, Waiter};

/// The future of [`Chan::send`](super::Chan::send).
#[must_use = "a send does nothing until it is awaited"]
pub struct Send<'a, T> {
    /// The handle that this borrows; the channel may be nil.
    handle: &'a LazyArc<Core<T>>,
    /// Where the program sends.
    place: &'static Location<'static>,
    /// How far it has come.
    phase: Phase,
    /// The pass in which it was asked last what it waits on, see `goroutine::inspect`.
    asked: u8,
    /// The place in the queue; the value until it is sent.
    node: Node<T>,
    /// The operation; there while it is parked, and has no waker left once it was served.
    waiter: MaybeUninit<Waiter>,
}

impl<'a, T> Send<'a, T> {
    /// A send of `value` to `handle`'s channel on behalf of the program's `place`.
    #[inline]
    pub(crate) fn new(handle: &'a LazyArc<Core<T>>, value: T, place: &'static Location<'static>) -> Send<'a, T> {
        Send { handle, place, phase: Phase::New, asked: 0, node: Node::new(Some(value)), waiter: MaybeUninit::uninit() }
    }

    /// Notes what the goroutine waits for.
    fn note(&self) {
        let reason = if self.handle.is_nil() { WaitReason::ChanSendNil } else { WaitReason::ChanSend };
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

    /// Ends a send that was served. A value still there has met the channel's close.
    #[inline]
    fn finish(&mut self) -> Poll<()> {
        self.phase = Phase::Finished;
        // SAFETY: the waiter is done, so the value is the owner's.
        let unsent = unsafe { self.node.with_value(Option::take) };
        match unsent {
            None => Poll::Ready(()),
            Some(_) => texts::throw(texts::SEND_ON_CLOSED, self.place),
        }
    }

    /// The first poll, unless there was room and nobody to tell: sends to a receiver or joins the queue.
    #[inline(never)]
    fn start(&mut self, core: &'a Core<T>, mut state: Guard<'a, T>, cx: &mut Context<'_>) -> Poll<()> {
        let mut wakers = Wakers::default();
        match self.attempt(core, &mut state, &mut wakers) {
            Outcome::Wait => match goroutine::own_waker_to_park(cx, WaitReason::ChanSend, self.place) {
                Some((waker, owner)) => self.park(core, state, waker, owner),
                None => self.start_foreign(core, state, cx),
            },
            outcome => self.end(state, &mut wakers, outcome),
        }
    }

    /// As [`Send::start`], where the waker is a foreign one: cloning it runs foreign code, which must not be under the lock.
    #[cold]
    fn start_foreign(&mut self, core: &'a Core<T>, state: Guard<'a, T>, cx: &mut Context<'_>) -> Poll<()> {
        drop(state);
        let (waker, owner) = goroutine::waker_of(cx);
        let mut state = core.state.lock();
        let mut wakers = Wakers::default();
        match self.attempt(core, &mut state, &mut wakers) {
            Outcome::Wait => {
                goroutine::park(WaitReason::ChanSend, Some(self.place));
                self.park(core, state, waker, owner)
            }
            outcome => self.end(state, &mut wakers, outcome),
        }
    }

    /// Sends if that needs no waiting.
    #[inline]
    fn attempt(&mut self, core: &Core<T>, state: &mut State<T>, wakers: &mut Wakers) -> Outcome<()> {
        // SAFETY: the node is not queued, so the value is the owner's.
        unsafe { self.node.with_value(|value| core.send_in(state, wakers, value)) }
    }

    /// Ends a send that needed no waiting.
    #[inline]
    fn end(&mut self, state: Guard<'a, T>, wakers: &mut Wakers, outcome: Outcome<()>) -> Poll<()> {
        drop(state);
        self.phase = Phase::Finished;
        if matches!(outcome, Outcome::Closed) {
            texts::throw(texts::SEND_ON_CLOSED, self.place);
        }
        wakers.wake();
        Poll::Ready(())
    }

    /// Joins the queue; what the goroutine waits for was noted.
    #[inline]
    fn park(&mut self, core: &'a Core<T>, mut state: Guard<'a, T>, waker: Waker, owner: u64) -> Poll<()> {
        let mut wakers = Wakers::default();
        let waiter = self.waiter.write(Waiter::armed(waker));
        // SAFETY: the node is not queued, the lock is held, and node and waiter are pinned with this future, whose `Drop`
        // unlinks the node now that it is parked.
        unsafe { state.senders.push(&self.node, waiter, ONLY, owner, false) };
        self.phase = Phase::Parked;
        core.send_queued(&mut state, &mut wakers);
        drop(state);
        wakers.wake();
        Poll::Pending
    }

    /// A later poll that finds nothing new.
    #[cold]
    fn again(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        assert!(self.phase != Phase::Finished, "a send was polled after it had ended");
        self.note();
        let Some(core) = self.handle.get() else { return Poll::Pending };
        let state = core.state.lock();
        // SAFETY: it is parked; this is the owner, and it holds the only lock.
        if unsafe { self.waiter() }.is_done() {
            drop(state);
            return self.finish();
        }
        // SAFETY: a send that was polled before and has not ended is queued, since its channel is not nil.
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
        if waits { Poll::Pending } else { self.finish() }
    }

    /// Leaves the queue.
    #[cold]
    fn leave(&mut self) {
        let Some(core) = self.handle.get() else { return };
        // SAFETY: the lock is held, and the node was queued in this list; then nobody knows of the waiter any more.
        unsafe {
            core.state.lock().senders.unlink(&self.node);
            self.waiter.assume_init_drop();
        }
    }
}

impl<T> Future for Send<'_, T> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
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
                // SAFETY: the node is not queued, so the value is the owner's.
                if unsafe { this.node.with_value(|value| core.send_buffered(&mut state, value)) } {
                    this.phase = Phase::Finished;
                    return Poll::Ready(());
                }
                this.start(core, state, cx)
            }
            // SAFETY: it is parked.
            Phase::Parked if unsafe { this.waiter() }.is_done() => this.finish(),
            Phase::Parked | Phase::Finished => this.again(cx),
        }
    }
}

impl<T> Drop for Send<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.phase == Phase::Parked {
            self.leave();
        }
    }
}

impl<T> fmt::Debug for Send<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Send").field("phase", &self.phase).field("place", &self.place).finish_non_exhaustive()
    }
}
