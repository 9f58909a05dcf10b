//! What the engine asks of a case.

use std::panic::Location;
use std::pin::Pin;
use std::task::Context;

use crate::chan::{Door, Wakers};
use crate::goroutine::WaitReason;
use crate::goroutine::inspect::Source;
use crate::waiter::Waiter;

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

/// A case without its types, as the engine sees it.
///
/// # Safety
/// The channel methods act on the one channel that `door` shows, which the case keeps; the engine takes its lock.
pub unsafe trait Case {
    /// Where the case waits.
    fn door(&self) -> Door;
    /// Commits the case if that needs no waiting; takes the channel's lock.
    fn attempt(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt;
    /// As `attempt`, without taking the lock. A send that is queued and stays so tells the streams to look again: they
    /// may have passed it by while its waiter was busy.
    ///
    /// # Safety
    /// The caller holds the lock, and the case is not queued or its waiter is busy.
    unsafe fn attempt_locked(self: Pin<&mut Self>, wakers: &mut Wakers) -> Attempt;
    /// Queues the case.
    ///
    /// # Safety
    /// The caller holds the lock; `waiter` stays alive until the case is unlinked.
    unsafe fn queue_locked(self: Pin<&mut Self>, waiter: &Waiter, index: u32, wakers: &mut Wakers);
    /// Leaves the queue; takes the channel's lock.
    fn unlink(self: Pin<&mut Self>);
    /// Takes over what a peer has handed to the case; false if the channel was closed under a send.
    ///
    /// # Safety
    /// The case's waiter is done and the case was chosen.
    unsafe fn served(self: Pin<&mut Self>) -> bool;
    /// The select was dropped after the case was chosen: a value received goes to the next receiver. A value that was
    /// sent is sent.
    ///
    /// # Safety
    /// As `served`, and the case is unlinked.
    unsafe fn give_back(self: Pin<&mut Self>);
    /// Polls the future; true once its output is in place.
    fn poll_future(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool;
    /// Adds what may serve the case once it is parked; nothing for nil and for a future.
    fn sources(&self, sources: &mut Vec<Source>);
    /// How a report calls this case when it is the only one.
    fn reason(&self) -> WaitReason;
    /// Where the program wrote the case.
    fn place(&self) -> &'static Location<'static>;
}
