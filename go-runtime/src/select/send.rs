//! A send as a case.

use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::task::Context;

use super::case::{Attempt, Case};
use crate::chan::{Core, Door, Outcome, SENDABLE, Wakers};
use crate::goroutine::WaitReason;
use crate::goroutine::inspect::Source;
use crate::waiter::{Node, Waiter};

/// A send as a case.
pub struct SendCase<'a, T> {
    /// The channel, `None` for nil.
    core: Option<&'a Core<T>>,
    /// Where the handle lies that this borrows.
    handle: usize,
    /// Where the program wrote the case.
    place: &'static Location<'static>,
    /// Whether the node may be queued.
    queued: bool,
    /// Whether the value was sent.
    sent: bool,
    /// The place in the channel's queue; the value until it is sent.
    node: Node<T>,
}

impl<'a, T> SendCase<'a, T> {
    /// A send of `value` to `core`, whose handle is `handle`.
    pub(crate) fn new<H>(
        core: Option<&'a Core<T>>,
        handle: &'a H,
        value: T,
        place: &'static Location<'static>,
    ) -> SendCase<'a, T> {
        SendCase::of(core, std::ptr::from_ref(handle).addr(), Some(value), place)
    }

    /// A send of `value`, if there is one, to `core`, whose handle lies at `handle`.
    #[inline]
    pub(super) fn of(
        core: Option<&'a Core<T>>,
        handle: usize,
        value: Option<T>,
        place: &'static Location<'static>,
    ) -> SendCase<'a, T> {
        SendCase { core, handle, place, queued: false, sent: false, node: Node::new(value) }
    }

    /// Something if the case was chosen.
    pub fn output(self: Pin<&mut Self>) -> Option<()> {
        self.sent.then_some(())
    }

    /// The value, if it was not sent.
    pub(crate) fn unsent(self: Pin<&mut Self>) -> Option<T> {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        this.leave();
        // SAFETY: the node is in no queue, so the value is the owner's.
        unsafe { this.node.with_value(Option::take) }
    }

    /// Leaves a select that was leaked; whether there is still a value to send.
    pub(super) fn renew(self: Pin<&mut Self>) -> bool {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        this.leave();
        // SAFETY: the node is in no queue, so the value is the owner's.
        unsafe { this.node.with_value(|value| value.is_some()) }
    }

    /// Notes what an attempt found.
    fn end(&mut self, outcome: Outcome<()>) -> Attempt {
        match outcome {
            Outcome::Done(()) => {
                self.sent = true;
                Attempt::Committed
            }
            Outcome::Closed => Attempt::Closed,
            Outcome::Wait => Attempt::Wait,
        }
    }

    /// Leaves the queue.
    fn leave(&mut self) {
        if let (true, Some(core)) = (self.queued, self.core) {
            // SAFETY: the lock is held, and the node is in this channel's list or in none.
            unsafe { core.state.lock().senders.unlink(&self.node) };
            self.queued = false;
        }
    }
}

// SAFETY: every method acts on `self.core`, whose address is what `door` shows.
unsafe impl<T> Case for SendCase<'_, T> {
    fn door(&self) -> Door {
        self.core.map_or(Door::NIL, |core| core.door(SENDABLE))
    }

    fn attempt(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(core) = this.core.filter(|core| core.is_sendable()) else { return Attempt::Wait };
        let mut state = core.state.lock();
        // SAFETY: `attempt` is called before the case is queued, so the value is the owner's.
        let outcome = unsafe { this.node.with_value(|value| core.send_in(&mut state, wakers, value)) };
        drop(state);
        this.end(outcome)
    }

    unsafe fn attempt_locked(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(core) = this.core else { return Attempt::Wait };
        let queued = this.queued;
        if !queued && !core.is_sendable() {
            return Attempt::Wait;
        }
        // SAFETY: the caller holds the lock; not queued or busy, the value is the owner's.
        let outcome = unsafe {
            core.state.with_raw(|state| {
                let outcome = this.node.with_value(|value| core.send_in(state, wakers, value));
                if queued && matches!(outcome, Outcome::Wait) {
                    core.send_queued(state, wakers);
                }
                outcome
            })
        };
        this.end(outcome)
    }

    unsafe fn queue_locked(self: Pin<&mut Self>, waiter: &Waiter, index: u32, wakers: &mut Wakers) {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        if let Some(core) = this.core {
            // SAFETY: the caller holds the lock; node and waiter are pinned, and `Drop` unlinks the node. A select that
            // was leaked may have left it linked.
            unsafe {
                core.state.with_raw(|state| {
                    if this.queued {
                        state.senders.unlink(&this.node);
                    }
                    state.senders.push(&this.node, waiter, index, 0, false);
                    core.send_queued(state, wakers);
                });
            }
            this.queued = true;
        }
    }

    fn unlink(self: Pin<&mut Self>) {
        // SAFETY: the node is not moved.
        unsafe { self.get_unchecked_mut() }.leave();
    }

    unsafe fn served(self: Pin<&mut Self>) -> bool {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        this.queued = false;
        // SAFETY: the waiter is done, so the value is the owner's. A value still there has met the channel's close.
        this.sent = unsafe { this.node.with_value(|value| value.is_none()) };
        this.sent
    }

    unsafe fn give_back(self: Pin<&mut Self>) {}

    fn poll_future(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> bool {
        false
    }

    fn sources(&self, sources: &mut Vec<Source>) {
        if let Some(core) = self.core {
            core.sources(self.handle, sources);
        }
    }

    fn reason(&self) -> WaitReason {
        if self.core.is_some() { WaitReason::ChanSend } else { WaitReason::ChanSendNil }
    }

    fn place(&self) -> &'static Location<'static> {
        self.place
    }
}

impl<T> Drop for SendCase<'_, T> {
    fn drop(&mut self) {
        self.leave();
    }
}

impl<T> fmt::Debug for SendCase<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendCase").field("place", &self.place).finish_non_exhaustive()
    }
}
