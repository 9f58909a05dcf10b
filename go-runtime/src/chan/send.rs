//! A send that waits.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::core::{Core, Outcome, Wakers};
use super::recv::Phase;
use crate::goroutine::{self, WaitReason, inspect};
use crate::texts;
use crate::waiter::{Node, ONLY, Waiter};

/// The future of [`Chan::send`](super::Chan::send).
#[must_use = "a send does nothing until it is awaited"]
pub struct Send<'a, T> {
    /// The channel, `None` for nil.
    core: Option<&'a Core<T>>,
    /// Where the program sends.
    place: &'static Location<'static>,
    /// Where the handle lies that this borrows.
    handle: usize,
    /// How far it has come.
    phase: Phase,
    /// The pass in which it was asked last what it waits on, see `goroutine::inspect`.
    asked: u8,
    /// The goroutine whose waker is stored, or 0.
    owner: u64,
    /// The place in the queue; the value until it is sent.
    node: Node<T>,
    /// The operation.
    waiter: Waiter,
}

impl<'a, T> Send<'a, T> {
    /// A send of `value` to `core`, whose handle is `handle`, on behalf of the program's `place`.
    #[inline]
    pub(crate) fn new<H>(
        core: Option<&'a Core<T>>,
        handle: &'a H,
        value: T,
        place: &'static Location<'static>,
    ) -> Send<'a, T> {
        let handle = std::ptr::from_ref(handle).addr();
        let node = Node::new(Some(value));
        Send { core, place, handle, phase: Phase::New, asked: 0, owner: 0, node, waiter: Waiter::new() }
    }

    /// Notes what the goroutine waits for.
    fn note(&self) {
        let reason = if self.core.is_some() { WaitReason::ChanSend } else { WaitReason::ChanSendNil };
        goroutine::park(reason, Some(self.place));
    }

    /// Ends a send that was served. A value still there has met the channel's close.
    fn finish(&mut self) -> Poll<()> {
        self.phase = Phase::Finished;
        // SAFETY: the waiter is done, so the value is the owner's.
        let unsent = unsafe { self.node.with_value(Option::take) };
        match unsent {
            None => Poll::Ready(()),
            Some(_) => texts::throw(texts::SEND_ON_CLOSED, self.place),
        }
    }

    /// The first poll: sends at once or joins the queue.
    #[inline]
    fn start(&mut self, core: &'a Core<T>, cx: &mut Context<'_>) -> Poll<()> {
        let mut foreign = None;
        loop {
            let mut wakers = Wakers::default();
            let mut state = core.state.lock();
            // SAFETY: the node is not queued, so the value is the owner's.
            match unsafe { self.node.with_value(|value| core.send_in(&mut state, &mut wakers, value)) } {
                Outcome::Done(()) => {
                    drop(state);
                    self.phase = Phase::Finished;
                    wakers.wake();
                    return Poll::Ready(());
                }
                Outcome::Closed => {
                    drop(state);
                    self.phase = Phase::Finished;
                    texts::throw(texts::SEND_ON_CLOSED, self.place)
                }
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
                        state.senders.push(&self.node, &self.waiter, ONLY, 0, false);
                    }
                    self.phase = Phase::Parked;
                    core.announce(&mut state, &mut wakers);
                    drop(state);
                    self.note();
                    wakers.wake();
                    return Poll::Pending;
                }
            }
        }
    }

    /// A later poll with another waker, or by something that is not the goroutine's own executor.
    #[cold]
    fn again(&mut self, core: &'a Core<T>, cx: &mut Context<'_>) -> Poll<()> {
        let (mut waker, owner) = goroutine::waker_of(cx);
        self.owner = owner;
        let state = core.state.lock();
        // SAFETY: this is the owner, and it holds the only lock.
        let waits = unsafe { self.waiter.swap_waker(&mut waker) };
        drop(state);
        if waits { Poll::Pending } else { self.finish() }
    }
}

impl<T> Future for Send<'_, T> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
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
            Phase::Parked if this.waiter.is_done() => this.finish(),
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
            Phase::Finished => panic!("a send was polled after it had ended"),
        }
    }
}

impl<T> Drop for Send<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if let (Phase::Parked, Some(core)) = (self.phase, self.core) {
            // SAFETY: the lock is held and the node is in this list or was served.
            unsafe { core.state.lock().senders.unlink(&self.node) };
        }
    }
}

impl<T> fmt::Debug for Send<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Send").field("phase", &self.phase).field("place", &self.place).finish_non_exhaustive()
    }
}
