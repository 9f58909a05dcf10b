//! A receive as a case.

use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::task::Context;

use super::case::{Attempt, Case};
use crate::chan::{Core, Door, Outcome, RECEIVABLE, Wakers};
use crate::goroutine::WaitReason;
use crate::goroutine::inspect::Source;
use crate::waiter::{Node, Waiter};

/// What a receive case received.
#[derive(Debug)]
pub struct RecvOutput<T> {
    /// The value, or nothing if the channel is closed and drained.
    received: Option<T>,
}

impl<T> RecvOutput<T> {
    /// What was received.
    #[inline]
    pub(super) fn new(received: Option<T>) -> RecvOutput<T> {
        RecvOutput { received }
    }

    /// `case v := <-ch`: the value, the zero value once closed.
    pub fn value(self) -> T
    where
        T: Default,
    {
        self.received.unwrap_or_default()
    }

    /// `case v, ok := <-ch`
    pub fn value_ok(self) -> (T, bool)
    where
        T: Default,
    {
        match self.received {
            Some(value) => (value, true),
            None => (T::default(), false),
        }
    }

    /// The value, nothing once closed.
    #[inline]
    pub fn received(self) -> Option<T> {
        self.received
    }

    /// `case <-ch`
    pub fn discard(self) {}
}

/// A receive as a case.
pub struct RecvCase<'a, T> {
    /// The channel, `None` for nil.
    core: Option<&'a Core<T>>,
    /// Where the handle lies that this borrows.
    handle: usize,
    /// Where the program wrote the case.
    place: &'static Location<'static>,
    /// Whether the node may be queued.
    queued: bool,
    /// What was received, once chosen.
    output: Option<RecvOutput<T>>,
    /// The place in the channel's queue.
    node: Node<T>,
}

impl<'a, T> RecvCase<'a, T> {
    /// A receive from `core`, whose handle is `handle`.
    pub(crate) fn new<H>(
        core: Option<&'a Core<T>>,
        handle: &'a H,
        place: &'static Location<'static>,
    ) -> RecvCase<'a, T> {
        RecvCase::of(core, std::ptr::from_ref(handle).addr(), place)
    }

    /// A receive from `core`, whose handle lies at `handle`.
    #[inline]
    pub(super) fn of(core: Option<&'a Core<T>>, handle: usize, place: &'static Location<'static>) -> RecvCase<'a, T> {
        RecvCase { core, handle, place, queued: false, output: None, node: Node::new(None) }
    }

    /// What was received, if the case was chosen.
    pub fn output(self: Pin<&mut Self>) -> Option<RecvOutput<T>> {
        // SAFETY: the output is not pinned.
        unsafe { self.get_unchecked_mut() }.output.take()
    }

    /// Notes what an attempt found.
    fn end(&mut self, outcome: Outcome<T>) -> Attempt {
        match outcome {
            Outcome::Done(value) => self.output = Some(RecvOutput { received: Some(value) }),
            Outcome::Closed => self.output = Some(RecvOutput { received: None }),
            Outcome::Wait => return Attempt::Wait,
        }
        Attempt::Committed
    }

    /// Makes the case fit for another select.
    pub(super) fn renew(self: Pin<&mut Self>) {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        this.abandon();
        this.output = None;
    }

    /// Leaves the queue.
    fn leave(&mut self) {
        if let (true, Some(core)) = (self.queued, self.core) {
            // SAFETY: the lock is held, and the node is in this channel's list or in none.
            unsafe { core.state.lock().receivers.unlink(&self.node) };
            self.queued = false;
        }
    }

    /// Gives a value that nobody took to the next receiver.
    ///
    /// # Safety
    /// The node is in no queue.
    unsafe fn pass_on(&self) {
        // SAFETY: the node is in no queue, so the value is the owner's.
        if let (Some(core), Some(handed)) = (self.core, unsafe { self.node.take_handed() }) {
            let mut wakers = Wakers::default();
            core.give_back(&mut core.state.lock(), &mut wakers, handed);
            wakers.wake();
        }
    }

    /// Leaves a select that did not end the case itself: one that was leaked.
    fn abandon(&mut self) {
        if self.queued {
            self.leave();
            // SAFETY: the case has just left the queue.
            unsafe { self.pass_on() };
        }
    }
}

// SAFETY: every method acts on `self.core`, whose address is what `door` shows.
unsafe impl<T> Case for RecvCase<'_, T> {
    fn door(&self) -> Door {
        self.core.map_or(Door::NIL, |core| core.door(RECEIVABLE))
    }

    fn attempt(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(core) = this.core.filter(|core| core.is_receivable()) else { return Attempt::Wait };
        let outcome = core.receive_in(&mut core.state.lock(), wakers);
        this.end(outcome)
    }

    unsafe fn attempt_locked(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(core) = this.core else { return Attempt::Wait };
        let queued = this.queued;
        if !queued && !core.is_receivable() {
            return Attempt::Wait;
        }
        // SAFETY: the caller holds the lock.
        let outcome = unsafe {
            core.state.with_raw(|state| {
                let outcome = core.receive_in(state, wakers);
                if queued && matches!(outcome, Outcome::Wait) {
                    core.receive_queued(state);
                }
                outcome
            })
        };
        this.end(outcome)
    }

    unsafe fn queue_locked(self: Pin<&mut Self>, waiter: &Waiter, index: u32, _wakers: &mut Wakers) {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        if let Some(core) = this.core {
            // SAFETY: the caller holds the lock; node and waiter are pinned, and `Drop` unlinks the node. A select that
            // was leaked may have left it linked.
            unsafe {
                core.state.with_raw(|state| {
                    if this.queued {
                        state.receivers.unlink(&this.node);
                    }
                    state.receivers.push(&this.node, waiter, index, 0, false);
                    core.receive_queued(state);
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
        // SAFETY: the waiter is done, so the value is the owner's.
        let received = unsafe { this.node.with_value(Option::take) };
        this.output = Some(RecvOutput { received });
        true
    }

    unsafe fn give_back(self: Pin<&mut Self>) {
        // SAFETY: the case is unlinked, and its waiter is done.
        unsafe { self.pass_on() };
    }

    fn poll_future(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> bool {
        false
    }

    fn sources(&self, sources: &mut Vec<Source>) {
        if let Some(core) = self.core {
            core.sources(self.handle, sources);
        }
    }

    fn reason(&self) -> WaitReason {
        if self.core.is_some() { WaitReason::ChanReceive } else { WaitReason::ChanReceiveNil }
    }

    fn place(&self) -> &'static Location<'static> {
        self.place
    }
}

impl<T> Drop for RecvCase<'_, T> {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl<T> fmt::Debug for RecvCase<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvCase").field("place", &self.place).finish_non_exhaustive()
    }
}
