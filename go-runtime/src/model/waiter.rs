//! The states of one waiting operation: `BUSY` against a claim.

use std::sync::Arc;
use std::task::Waker;

use loom::thread;

use super::explore;
use crate::shim::Lock;
use crate::waiter::{List, Node, Poke, Waiter};

/// A queue with one parked operation, pinned on the heap.
struct Queue {
    /// What stands for the channel: how many values nobody took, and the queue.
    parts: Lock<(u32, List<u32>)>,
    /// The operation's place in the queue.
    node: Node<u32>,
    /// The operation.
    waiter: Waiter,
}

/// A queue whose only operation is parked.
fn parked() -> Arc<Queue> {
    let queue = Arc::new(Queue { parts: Lock::new((0, List::new())), node: Node::new(None), waiter: Waiter::new() });
    let mut parts = queue.parts.lock();
    // SAFETY: the waiter is not queued yet, the lock is held, and the `Arc` keeps node and waiter in place; every model
    // keeps it until the node is out of the list.
    unsafe {
        queue.waiter.arm(Waker::noop().clone());
        parts.1.push(&queue.node, &queue.waiter, 0, 0, false);
    }
    drop(parts);
    queue
}

/// A peer: serves the operation, or leaves the value behind.
fn serve(queue: &Queue, value: u32) {
    let mut parts = queue.parts.lock();
    // SAFETY: the lock is held.
    let served = unsafe { parts.1.serve_first(|slot| *slot = Some(value)) };
    if served.is_none() {
        parts.0 += value;
    }
    drop(parts);
    if let Some(((), Some(waker))) = served {
        waker.wake();
    }
}

/// The owner's poll with another waker: the value if there is one.
fn owner(queue: &Queue) -> Option<u32> {
    let poke = queue.waiter.poke();
    if poke == Poke::Claimed {
        // The peer holds the lock until it is done.
        drop(queue.parts.lock());
        assert!(queue.waiter.is_done());
    }
    if poke == Poke::Busy {
        // SAFETY: this is the owner, and it holds `BUSY`.
        unsafe { queue.waiter.set_waker(Waker::noop().clone()) };
        if queue.waiter.resume() {
            return None;
        }
        let mut parts = queue.parts.lock();
        let left = std::mem::take(&mut parts.0);
        assert_ne!(left, 0, "a peer left a mark, but nothing behind");
        // SAFETY: the lock is held.
        unsafe { parts.1.unlink(&queue.node) };
        return Some(left);
    }
    // SAFETY: the waiter is done, so the value is the owner's.
    unsafe { queue.node.with_value(Option::take) }
}

#[test]
fn a_peer_that_met_busy_is_found() {
    explore(9, || {
        let queue = parked();
        let peer = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || serve(&queue, 3))
        };
        let got = owner(&queue);
        peer.join().expect("the peer ends");
        match got {
            Some(value) => assert_eq!(value, 3),
            None => {
                assert!(queue.waiter.is_done(), "nobody came by while `BUSY`, so the claim succeeded");
                // SAFETY: the waiter is done.
                assert_eq!(unsafe { queue.node.with_value(Option::take) }, Some(3));
            }
        }
    });
}

#[test]
fn one_of_two_peers_serves() {
    explore(8, || {
        let queue = parked();
        let peers: Vec<_> = [1, 2]
            .into_iter()
            .map(|value| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || serve(&queue, value))
            })
            .collect();
        let mut total = owner(&queue).unwrap_or(0);
        for peer in peers {
            peer.join().expect("a peer ends");
        }
        if queue.waiter.is_done() {
            // SAFETY: the waiter is done.
            total += unsafe { queue.node.with_value(Option::take) }.unwrap_or(0);
        }
        let mut parts = queue.parts.lock();
        // SAFETY: the lock is held.
        unsafe { parts.1.unlink(&queue.node) };
        assert_eq!(total + parts.0, 3, "both values are somewhere, once");
    });
}

#[test]
fn two_queues_claim_one_operation_once() {
    explore(8, || {
        // A select in small: one waiter, a node in each of two lists.
        let first = parked();
        let second = Arc::new((Lock::new(List::<u32>::new()), Node::<u32>::new(None)));
        // SAFETY: the lock is held, and the two `Arc`s keep everything in place until the end of the model.
        unsafe { second.0.lock().push(&second.1, &first.waiter, 1, 0, false) };
        let peer = {
            let (first, second) = (Arc::clone(&first), Arc::clone(&second));
            thread::spawn(move || {
                // SAFETY: the lock is held.
                let served = unsafe { second.0.lock().serve_first(|slot| *slot = Some(20)) };
                drop(first);
                served.is_some()
            })
        };
        // SAFETY: the lock is held.
        let mine = unsafe { first.parts.lock().1.serve_first(|slot| *slot = Some(10)) }.is_some();
        let theirs = peer.join().expect("the peer ends");
        assert!(mine != theirs, "one claim succeeds");
        assert!(first.waiter.is_done());
        // SAFETY: the waiter is done, and this thread is the owner.
        let chosen = unsafe { first.waiter.chosen() };
        assert_eq!(chosen, u32::from(theirs));
        // SAFETY: the waiter is done; both locks are taken in turn to unlink.
        unsafe {
            assert_eq!(first.node.with_value(Option::take), mine.then_some(10));
            assert_eq!(second.1.with_value(Option::take), theirs.then_some(20));
            first.parts.lock().1.unlink(&first.node);
            second.0.lock().unlink(&second.1);
        }
    });
}
