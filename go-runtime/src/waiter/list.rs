//! FIFO queues linked through the waiting futures themselves.
//!
//! # Invariants
//! 1. A linked node is pinned and alive: its owner unlinks it, under the list's lock, before it goes (every type that
//!    contains a node does so in `Drop`).
//! 2. A list and the links of its nodes are touched only under the lock that guards the list.
//! 3. The links of a node that was never queued are not there: an operation that need not wait does not write them.
//! 4. While a node is linked its slot belongs to whoever claimed its waiter under that lock; before it is linked and
//!    after it was served or unlinked, to its owner.

use std::marker::PhantomPinned;
use std::mem::MaybeUninit;
use std::ptr;
use std::task::Waker;

use super::Waiter;
use crate::shim::Slot;

/// One operation's place in one queue.
pub(crate) struct Node<T> {
    /// The neighbours, the waiter and whether the node is queued; guarded by the list's lock, and there once the node was
    /// queued.
    links: Slot<MaybeUninit<Links<T>>>,
    /// The value to send, or the value received.
    value: Slot<Option<T>>,
    /// A linked node must not move.
    _pinned: PhantomPinned,
}

/// The guarded part of a node.
struct Links<T> {
    /// The node before, towards the head.
    previous: *const Node<T>,
    /// The node after.
    next: *const Node<T>,
    /// The operation the node belongs to; valid while linked.
    waiter: *const Waiter,
    /// The owner's word, for itself or for the list's guardian, while linked; after a hand-over, the hand-over's number.
    tag: u64,
    /// The node's number within its operation.
    index: u32,
    /// Whether the node is in a list.
    linked: bool,
}

// SAFETY: the pointers are used under the list's lock only, and the value is handed over by the claim.
unsafe impl<T: Send> Send for Node<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Node<T> {}

impl<T> Node<T> {
    /// A node in no queue that holds `value`.
    #[inline]
    pub(crate) fn new(value: Option<T>) -> Node<T> {
        Node { links: Slot::new(MaybeUninit::uninit()), value: Slot::new(value), _pinned: PhantomPinned }
    }

    /// Gives the links to `f`.
    ///
    /// # Safety
    /// The node was queued, and the caller holds the lock of its list; or it is the owner of a node in no list.
    #[inline]
    unsafe fn with_links<R>(&self, f: impl FnOnce(&mut Links<T>) -> R) -> R {
        // SAFETY: the caller's promise: the links are there and the caller's.
        unsafe { self.links.with_mut(|links| f(links.assume_init_mut())) }
    }

    /// The node's word, or another one that it gets instead.
    ///
    /// # Safety
    /// The caller holds the lock of the node's list, in which it was queued.
    #[inline]
    pub(crate) unsafe fn with_tag<R>(&self, f: impl FnOnce(&mut u64) -> R) -> R {
        // SAFETY: the caller's promise.
        unsafe { self.with_links(|links| f(&mut links.tag)) }
    }

    /// Gives the value to `f`.
    ///
    /// # Safety
    /// The value is the caller's (fourth invariant).
    #[inline]
    pub(crate) unsafe fn with_value<R>(&self, f: impl FnOnce(&mut Option<T>) -> R) -> R {
        // SAFETY: the caller's promise.
        unsafe { self.value.with_mut(f) }
    }

    /// Takes the value that [`List::hand_over`] left here, and the hand-over's number.
    ///
    /// # Safety
    /// As [`Node::with_value`], and the node was queued and is in no list.
    pub(crate) unsafe fn take_handed(&self) -> Option<Handed<T>> {
        // SAFETY: the caller's promise; the links of a node in no list are its owner's.
        unsafe {
            let value = self.value.with_mut(Option::take)?;
            Some(Handed { value, number: self.with_links(|links| links.tag) })
        }
    }
}

/// A value that was handed to a parked operation.
pub(crate) struct Handed<T> {
    /// The value.
    pub(crate) value: T,
    /// The hand-over's number.
    pub(crate) number: u64,
}

/// The number of the only node of an operation. Such a node is reached through one list only, so whoever holds that
/// list's lock has claimed the operation: the compare-and-swap is for selects.
pub(crate) const ONLY: u32 = u32::MAX;

/// An operation that was claimed through one of its nodes.
struct Claim<T> {
    /// The node, which is in no list any more.
    node: *const Node<T>,
    /// The operation.
    waiter: *const Waiter,
    /// The node's number within its operation.
    index: u32,
}

/// A FIFO queue of nodes.
pub(crate) struct List<T> {
    /// The node that has waited longest.
    head: *const Node<T>,
    /// The node that came last.
    tail: *const Node<T>,
}

// SAFETY: the list only points at nodes, which may be reached from any thread under the lock.
unsafe impl<T: Send> Send for List<T> {}

impl<T> List<T> {
    /// An empty queue.
    pub(crate) const fn new() -> List<T> {
        List { head: ptr::null(), tail: ptr::null() }
    }

    /// Whether nobody waits.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.head.is_null()
    }

    /// Queues `node` at the end, or at the front.
    ///
    /// # Safety
    /// The caller holds the list's lock. The node is in no list, pinned, and stays with `waiter` alive until unlinked.
    #[inline]
    pub(crate) unsafe fn push(&mut self, node: &Node<T>, waiter: &Waiter, index: u32, tag: u64, front: bool) {
        let (previous, next) = if front { (ptr::null(), self.head) } else { (self.tail, ptr::null()) };
        // SAFETY: the node is the caller's, the neighbours are linked, and the lock is held.
        unsafe {
            node.links.with_mut(|links| {
                links.write(Links { previous, next, waiter, tag, index, linked: true });
            });
            self.set_next(previous, node);
            self.set_previous(next, node);
        }
    }

    /// Says what comes after `node`; null stands for the list itself.
    ///
    /// # Safety
    /// The caller holds the list's lock and the node is linked.
    #[inline]
    unsafe fn set_next(&mut self, node: *const Node<T>, next: *const Node<T>) {
        // SAFETY: linked nodes are alive, and the lock is held.
        unsafe {
            match node.as_ref() {
                Some(node) => node.with_links(|links| links.next = next),
                None => self.head = next,
            }
        }
    }

    /// Says what comes before `node`; null stands for the list itself.
    ///
    /// # Safety
    /// As [`List::set_next`].
    #[inline]
    unsafe fn set_previous(&mut self, node: *const Node<T>, previous: *const Node<T>) {
        // SAFETY: as in `set_next`.
        unsafe {
            match node.as_ref() {
                Some(node) => node.with_links(|links| links.previous = previous),
                None => self.tail = previous,
            }
        }
    }

    /// Takes `node` out, unless it was served.
    ///
    /// # Safety
    /// The caller holds the list's lock, and the node was queued in this list.
    #[inline]
    pub(crate) unsafe fn unlink(&mut self, node: &Node<T>) {
        // SAFETY: the lock is held; neighbours of a linked node are linked.
        unsafe {
            let (previous, next, linked) =
                node.with_links(|links| (links.previous, links.next, std::mem::replace(&mut links.linked, false)));
            if linked {
                self.set_next(previous, next);
                self.set_previous(next, previous);
            }
        }
    }

    /// Claims the operation that has waited longest, lets `serve` use its value, and takes it out of the list.
    ///
    /// # Safety
    /// The caller holds the list's lock.
    #[inline]
    pub(crate) unsafe fn serve_first<R>(
        &mut self,
        serve: impl FnOnce(&mut Option<T>) -> R,
    ) -> Option<(R, Option<Waker>)> {
        // SAFETY: the caller holds the lock.
        unsafe { self.serve_first_of(|_| true, serve) }
    }

    /// As [`List::serve_first`], of the operations whose tag `accept` takes.
    ///
    /// # Safety
    /// The caller holds the list's lock.
    #[inline]
    pub(crate) unsafe fn serve_first_of<R>(
        &mut self,
        accept: impl Fn(u64) -> bool,
        serve: impl FnOnce(&mut Option<T>) -> R,
    ) -> Option<(R, Option<Waker>)> {
        // SAFETY: the lock is held. The claimed node is the claimer's until `complete`, which is the last use of it.
        unsafe {
            let claim = self.claim_first(accept)?;
            let result = (*claim.node).value.with_mut(serve);
            Some((result, (*claim.waiter).complete(claim.index)))
        }
    }

    /// As [`List::serve_first`]: puts `value` into the node and notes the hand-over's `number` there.
    ///
    /// # Safety
    /// The caller holds the list's lock.
    #[inline]
    pub(crate) unsafe fn hand_over(&mut self, value: &mut Option<T>, number: u64) -> Option<Option<Waker>> {
        // SAFETY: as in `serve_first`.
        unsafe {
            let claim = self.claim_first(|_| true)?;
            (*claim.node).with_links(|links| links.tag = number);
            (*claim.node).value.with_mut(|slot| *slot = value.take());
            Some((*claim.waiter).complete(claim.index))
        }
    }

    /// Claims the operation that has waited longest, of those whose tag `accept` takes, and takes its node out of the list.
    ///
    /// # Safety
    /// The caller holds the list's lock.
    #[inline]
    unsafe fn claim_first(&mut self, accept: impl Fn(u64) -> bool) -> Option<Claim<T>> {
        let mut at = self.head;
        // SAFETY: linked nodes and their waiters are alive, and the lock is held.
        unsafe {
            while let Some(node) = at.as_ref() {
                let (waiter, next, index, tag) =
                    node.with_links(|links| (links.waiter, links.next, links.index, links.tag));
                if accept(tag) && (index == ONLY || (*waiter).claim()) {
                    let previous = node.with_links(|links| {
                        links.linked = false;
                        links.previous
                    });
                    self.set_next(previous, next);
                    self.set_previous(next, previous);
                    return Some(Claim { node, waiter, index });
                }
                // Served elsewhere (its owner will unlink it) or busy (its owner will look again).
                at = next;
            }
        }
        None
    }

    /// How many nodes are queued; takes time proportional to the answer.
    ///
    /// # Safety
    /// The caller holds the list's lock.
    pub(crate) unsafe fn count(&self) -> usize {
        let mut count = 0;
        let mut at = self.head;
        // SAFETY: linked nodes are alive, and the lock is held.
        while let Some(node) = unsafe { at.as_ref() } {
            count += 1;
            // SAFETY: as above.
            at = unsafe { node.with_links(|links| links.next) };
        }
        count
    }
}
