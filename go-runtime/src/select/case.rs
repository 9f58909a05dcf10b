//! The kinds of cases: a receive, a send, a future.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::chan::{Core, Outcome, Wakers};
use crate::goroutine::WaitReason;
use crate::waiter::{Node, Waiter};

/// What a case waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A channel; the number orders the locks.
    Channel(usize),
    /// The nil channel: never ready.
    Nil,
    /// A future.
    Future,
}

/// What an attempt to commit a case found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// The case is committed; its output is in place.
    Committed,
    /// A send met a closed channel.
    Closed,
    /// The case would have to wait.
    Wait,
}

/// A case without its types, as the engine sees it. Not for use outside this crate.
///
/// # Safety
/// The channel methods act on the one channel that `kind` names; the engine relies on it for its lock order.
#[doc(hidden)]
pub unsafe trait Case {
    /// What the case waits for.
    fn kind(&self) -> Kind;
    /// Commits the case if that needs no waiting; takes the channel's lock.
    fn attempt(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt;
    /// Takes the channel's lock.
    fn lock(&self);
    /// Gives the channel's lock back.
    ///
    /// # Safety
    /// The caller holds it by `lock`.
    unsafe fn unlock(&self);
    /// As `attempt`, without taking the lock.
    ///
    /// # Safety
    /// The caller holds the lock, and the case is not queued or its waiter is busy.
    unsafe fn attempt_locked(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt;
    /// Queues the case.
    ///
    /// # Safety
    /// The caller holds the lock; the case is not queued; `waiter` stays alive until the case is unlinked.
    unsafe fn queue_locked(self: Pin<&mut Self>, waiter: &Waiter, index: usize, wakers: &mut Wakers);
    /// Leaves the queue; takes the channel's lock.
    fn unlink(self: Pin<&mut Self>);
    /// Takes over what a peer has handed to the case; false if the channel was closed under a send.
    ///
    /// # Safety
    /// The case's waiter is done and the case was chosen.
    unsafe fn served(self: Pin<&mut Self>) -> bool;
    /// The select was dropped after the case was chosen: a value received goes to the next receiver.
    ///
    /// # Safety
    /// As `served`, and the case is unlinked.
    unsafe fn give_back(self: Pin<&mut Self>);
    /// Polls the future; true once its output is in place.
    fn poll_future(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool;
    /// How a report calls this case when it is the only one.
    fn reason(&self) -> WaitReason;
    /// Where the program wrote the case.
    fn place(&self) -> &'static Location<'static>;
}

/// What a receive case received.
#[derive(Debug)]
pub struct RecvOutput<T> {
    /// The value, or nothing if the channel is closed and drained.
    received: Option<T>,
}

impl<T> RecvOutput<T> {
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
    pub fn received(self) -> Option<T> {
        self.received
    }

    /// `case <-ch`
    pub fn discard(self) {}
}

/// What a future case yielded.
#[derive(Debug)]
pub struct FutureOutput<V> {
    /// The future's output.
    value: V,
}

impl<V> FutureOutput<V> {
    /// `case v := <-future`
    pub fn value(self) -> V {
        self.value
    }

    /// `case <-future`
    pub fn discard(self) {}
}

/// A receive as a case.
pub struct RecvCase<'a, T> {
    /// The channel, `None` for nil.
    core: Option<&'a Core<T>>,
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
    /// A receive from `core`.
    pub(crate) fn new(core: Option<&'a Core<T>>, place: &'static Location<'static>) -> RecvCase<'a, T> {
        RecvCase { core, place, queued: false, output: None, node: Node::new(None) }
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

    /// Leaves the queue.
    fn leave(&mut self) {
        if let (true, Some(core)) = (self.queued, self.core) {
            // SAFETY: the lock is held, and the node is in this channel's list or in none.
            unsafe { core.state.lock().receivers.unlink(&self.node) };
            self.queued = false;
        }
    }
}

// SAFETY: every method acts on `self.core`, whose address is what `kind` says.
unsafe impl<T> Case for RecvCase<'_, T> {
    fn kind(&self) -> Kind {
        self.core.map_or(Kind::Nil, |core| Kind::Channel(std::ptr::from_ref(core).addr()))
    }

    fn attempt(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(core) = this.core else { return Attempt::Wait };
        let outcome = core.receive_in(&mut core.state.lock(), wakers);
        this.end(outcome)
    }

    fn lock(&self) {
        if let Some(core) = self.core {
            core.state.lock_raw();
        }
    }

    unsafe fn unlock(&self) {
        if let Some(core) = self.core {
            // SAFETY: the caller's promise.
            unsafe { core.state.unlock_raw() };
        }
    }

    unsafe fn attempt_locked(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(core) = this.core else { return Attempt::Wait };
        // SAFETY: the caller holds the lock.
        let outcome = unsafe { core.state.with_raw(|state| core.receive_in(state, wakers)) };
        this.end(outcome)
    }

    unsafe fn queue_locked(self: Pin<&mut Self>, waiter: &Waiter, index: usize, _wakers: &mut Wakers) {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        if let Some(core) = this.core {
            // SAFETY: the caller holds the lock; node and waiter are pinned, and `Drop` unlinks the node.
            unsafe { core.state.with_raw(|state| state.receivers.push(&this.node, waiter, index, 0, false)) };
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
        // SAFETY: the waiter is done, so the value is the owner's.
        if let (Some(core), Some(value)) = (self.core, unsafe { self.node.with_value(Option::take) }) {
            let mut wakers = Wakers::default();
            core.give_back(&mut core.state.lock(), &mut wakers, value);
            wakers.wake();
        }
    }

    fn poll_future(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> bool {
        false
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
        self.leave();
    }
}

impl<T> fmt::Debug for RecvCase<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvCase").field("place", &self.place).finish_non_exhaustive()
    }
}

/// A send as a case.
pub struct SendCase<'a, T> {
    /// The channel, `None` for nil.
    core: Option<&'a Core<T>>,
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
    /// A send of `value` to `core`.
    pub(crate) fn new(core: Option<&'a Core<T>>, value: T, place: &'static Location<'static>) -> SendCase<'a, T> {
        SendCase { core, place, queued: false, sent: false, node: Node::new(Some(value)) }
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

// SAFETY: every method acts on `self.core`, whose address is what `kind` says.
unsafe impl<T> Case for SendCase<'_, T> {
    fn kind(&self) -> Kind {
        self.core.map_or(Kind::Nil, |core| Kind::Channel(std::ptr::from_ref(core).addr()))
    }

    fn attempt(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(core) = this.core else { return Attempt::Wait };
        let mut state = core.state.lock();
        // SAFETY: `attempt` is called before the case is queued, so the value is the owner's.
        let outcome = unsafe { this.node.with_value(|value| core.send_in(&mut state, wakers, value)) };
        drop(state);
        this.end(outcome)
    }

    fn lock(&self) {
        if let Some(core) = self.core {
            core.state.lock_raw();
        }
    }

    unsafe fn unlock(&self) {
        if let Some(core) = self.core {
            // SAFETY: the caller's promise.
            unsafe { core.state.unlock_raw() };
        }
    }

    unsafe fn attempt_locked(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(core) = this.core else { return Attempt::Wait };
        // SAFETY: the caller holds the lock; not queued or busy, the value is the owner's.
        let outcome =
            unsafe { core.state.with_raw(|state| this.node.with_value(|value| core.send_in(state, wakers, value))) };
        this.end(outcome)
    }

    unsafe fn queue_locked(self: Pin<&mut Self>, waiter: &Waiter, index: usize, wakers: &mut Wakers) {
        // SAFETY: the node is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        if let Some(core) = this.core {
            // SAFETY: the caller holds the lock; node and waiter are pinned, and `Drop` unlinks the node.
            unsafe {
                core.state.with_raw(|state| {
                    state.senders.push(&this.node, waiter, index, 0, false);
                    core.announce(state, wakers);
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
        this.sent = unsafe { this.node.with_value(Option::take) }.is_none();
        this.sent
    }

    unsafe fn give_back(self: Pin<&mut Self>) {}

    fn poll_future(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> bool {
        false
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

/// A future as a case.
pub struct FutureCase<F: Future> {
    /// The future, pinned with the case.
    future: F,
    /// Its output, once chosen.
    output: Option<FutureOutput<F::Output>>,
    /// Where the program wrote the case.
    place: &'static Location<'static>,
}

impl<F: Future> FutureCase<F> {
    /// The case of `future`.
    pub(crate) fn new(future: F, place: &'static Location<'static>) -> FutureCase<F> {
        FutureCase { future, output: None, place }
    }

    /// The future's output, if the case was chosen.
    pub fn output(self: Pin<&mut Self>) -> Option<FutureOutput<F::Output>> {
        // SAFETY: the output is not pinned.
        unsafe { self.get_unchecked_mut() }.output.take()
    }
}

// SAFETY: the channel methods do nothing.
unsafe impl<F: Future> Case for FutureCase<F> {
    fn kind(&self) -> Kind {
        Kind::Future
    }

    fn attempt(self: Pin<&mut Self>, _wakers: &mut Wakers) -> Attempt {
        Attempt::Wait
    }

    fn lock(&self) {}

    unsafe fn unlock(&self) {}

    unsafe fn attempt_locked(self: Pin<&mut Self>, _wakers: &mut Wakers) -> Attempt {
        Attempt::Wait
    }

    unsafe fn queue_locked(self: Pin<&mut Self>, _waiter: &Waiter, _index: usize, _wakers: &mut Wakers) {}

    fn unlink(self: Pin<&mut Self>) {}

    unsafe fn served(self: Pin<&mut Self>) -> bool {
        true
    }

    unsafe fn give_back(self: Pin<&mut Self>) {}

    fn poll_future(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        // SAFETY: the future is pinned with the case and never moved.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        match unsafe { Pin::new_unchecked(&mut this.future) }.poll(cx) {
            Poll::Ready(value) => {
                this.output = Some(FutureOutput { value });
                true
            }
            Poll::Pending => false,
        }
    }

    fn reason(&self) -> WaitReason {
        WaitReason::Foreign
    }

    fn place(&self) -> &'static Location<'static> {
        self.place
    }
}

impl<F: Future> fmt::Debug for FutureCase<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FutureCase").field("place", &self.place).finish_non_exhaustive()
    }
}
