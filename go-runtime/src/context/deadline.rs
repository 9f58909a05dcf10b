//! A context's own deadline, and what its timer holds.

use std::task::{RawWaker, RawWakerVTable, Waker};

use super::error::Cause;
use super::node::Node;
use crate::shim::{ACTIVE, Counted};
use crate::time::Time;

/// A deadline that is a node's own and not one of above.
pub(super) struct OwnDeadline {
    /// When it passes.
    pub(super) time: Time,
    /// The cause when it has passed, if not the error itself.
    pub(super) cause: Option<Cause>,
}

/// What a timer wakes when the deadline of `node` has passed: the node itself, so that there is nothing else to allocate.
pub(super) fn waker(node: Counted<Node, ACTIVE>) -> Waker {
    // SAFETY: the functions of the table take the pointer for what it is, a handle of a `Node`; the handle goes with the
    // waker, and may be used on any thread.
    unsafe { Waker::from_raw(RawWaker::new(node.into_raw(), &TABLE)) }
}

/// The functions of such a waker.
static TABLE: RawWakerVTable = RawWakerVTable::new(
    |pointer| {
        // SAFETY: the waker has the handle, and keeps it.
        let node = std::mem::ManuallyDrop::new(unsafe { handle(pointer) });
        RawWaker::new(Counted::clone(&node).into_raw(), &TABLE)
    },
    // SAFETY: the waker goes, and with it its handle.
    |pointer| unsafe { handle(pointer) }.deadline_has_passed(),
    // SAFETY: the waker has the handle, and keeps it.
    |pointer| std::mem::ManuallyDrop::new(unsafe { handle(pointer) }).deadline_has_passed(),
    // SAFETY: the waker goes, and with it its handle.
    |pointer| drop(unsafe { handle(pointer) }),
);

/// The handle that a waker has.
///
/// # Safety
/// The pointer is the data of a waker that [`waker`] made, and the handle is taken out once.
unsafe fn handle(pointer: *const ()) -> Counted<Node, ACTIVE> {
    // SAFETY: the caller's promise.
    unsafe { Counted::from_raw(pointer) }
}
