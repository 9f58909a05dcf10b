//! Contexts: handles made from a table that does not count them, and cancellation from both ends of a tree.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering as StdOrdering};

use loom::thread;

use super::explore;
use crate::chan::{Receiver, TryRecvError};
use crate::context::{self, CancelFunc, Context};
use crate::shim::{ACTIVE, Anchor, Anchored, AtomicU32, Counted, Lock, Ordering};

/// Where a [`Member`] can be found without being kept.
type Table = Lock<Option<Anchor<Member>>>;

/// An object in a table, which it leaves before it goes.
struct Member {
    /// The table.
    table: Arc<Table>,
    /// Whether it is in the table.
    place: AtomicU32,
    /// Read while there is a handle, written when it goes; loom checks the order.
    alive: loom::cell::UnsafeCell<bool>,
    /// How many have gone.
    gone: Arc<AtomicUsize>,
}

impl Member {
    /// Uses it.
    fn look(&self) {
        // SAFETY: nobody writes while there is a handle, which is what the model checks.
        assert!(self.alive.with(|alive| unsafe { *alive }));
    }

    /// Leaves the table, as a context that is done does.
    fn leave(&self) {
        if self.place.load(Ordering::Relaxed) != 0 {
            let mut table = self.table.lock();
            *table = None;
            self.place.store(0, Ordering::Release);
        }
    }
}

impl Anchored for Member {
    fn is_anchored(&self) -> bool {
        self.place.load(Ordering::Acquire) != 0
    }

    fn leave(&self) {
        Member::leave(self);
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // SAFETY: there is no handle any more, which is what the model checks.
        self.alive.with_mut(|alive| unsafe { *alive = false });
        self.gone.fetch_add(1, StdOrdering::Relaxed);
    }
}

/// Takes the member out of the table, as the walk from above does.
fn take_out(table: &Table) {
    let member = {
        let mut table = table.lock();
        // SAFETY: the member is in the table and the lock is held.
        let member = table.take().and_then(|anchor| unsafe { anchor.handle() });
        if let Some(member) = &member {
            member.place.store(0, Ordering::Release);
        }
        member
    };
    if let Some(member) = member {
        member.look();
    }
}

/// A member with a handle of each kind in a table, known to loom; how many have gone; the table.
fn member() -> ((Counted<Member>, Counted<Member, ACTIVE>), Arc<AtomicUsize>, Arc<Table>) {
    let (table, gone) = (Arc::new(Lock::new(None)), Arc::new(AtomicUsize::new(0)));
    let (plain, [active]) = Counted::new(|| Member {
        table: Arc::clone(&table),
        place: AtomicU32::new(1),
        alive: loom::cell::UnsafeCell::new(true),
        gone: Arc::clone(&gone),
    });
    *table.lock() = Some(plain.anchor());
    drop(plain.clone());
    ((plain, active), gone, table)
}

#[test]
fn a_handle_made_from_a_table_keeps_the_object_or_is_not_made() {
    explore(4, || {
        let ((one, two), gone, table) = member();
        let above = {
            let table = Arc::clone(&table);
            thread::spawn(move || take_out(&table))
        };
        let other = thread::spawn(move || {
            two.look();
            drop(two);
        });
        one.look();
        drop(one);
        above.join().expect("it looked");
        other.join().expect("it looked");
        assert_eq!(gone.load(StdOrdering::Relaxed), 1);
        assert!(table.lock().is_none());
    });
}

#[test]
fn an_object_that_leaves_its_table_is_dropped_once() {
    explore(4, || {
        let ((one, two), gone, table) = member();
        let above = {
            let table = Arc::clone(&table);
            thread::spawn(move || take_out(&table))
        };
        let other = thread::spawn(move || {
            two.leave();
            two.look();
            drop(two);
        });
        drop(one);
        above.join().expect("it looked");
        other.join().expect("it looked");
        assert_eq!(gone.load(StdOrdering::Relaxed), 1);
    });
}

/// A context below `parent`, known to loom.
fn below(parent: &Context) -> (Context, CancelFunc) {
    let (ctx, cancel) = context::with_cancel(parent);
    assert!(ctx.err().is_none());
    drop(context::with_cancel(&ctx));
    (ctx, cancel)
}

#[test]
fn a_context_goes_while_the_one_above_is_cancelled() {
    explore(3, || {
        let (root, cancel) = below(&context::background());
        let (child, _) = below(&root);
        let other = child.clone();
        let threads = [thread::spawn(move || cancel()), thread::spawn(move || drop(other))];
        drop(child);
        for thread in threads {
            thread.join().expect("it ends");
        }
        assert_eq!(root.err(), Some(context::CANCELED));
    });
}

#[test]
fn a_context_is_cancelled_from_both_ends() {
    explore(3, || {
        let (root, cancel_root) = below(&context::background());
        let (child, cancel_child) = below(&root);
        let canceler = thread::spawn(move || {
            cancel_root();
            cancel_root
        });
        cancel_child();
        assert_eq!(child.err(), Some(context::CANCELED));
        drop((child, cancel_child));
        canceler.join().expect("it ends");
        assert_eq!(root.err(), Some(context::CANCELED));
    });
}

#[test]
fn a_context_made_while_the_one_above_is_cancelled_is_done() {
    explore(3, || {
        let (root, cancel) = below(&context::background());
        let canceler = {
            let root = root.clone();
            thread::spawn(move || {
                cancel();
                root
            })
        };
        let (child, _cancel) = context::with_cancel(&root);
        let root = canceler.join().expect("it ends");
        assert_eq!((root.err(), child.err()), (Some(context::CANCELED), Some(context::CANCELED)));
    });
}

#[test]
fn a_closed_channel_and_an_error_are_seen_together() {
    explore(3, || {
        let (ctx, cancel) = below(&context::background());
        let done = ctx.done();
        let closed = |done: &Receiver<()>| matches!(done.try_recv(), Err(TryRecvError::Closed));
        assert!(!closed(&done));
        let canceler = thread::spawn(move || cancel());
        if closed(&done) {
            assert_eq!(ctx.err(), Some(context::CANCELED));
        }
        if ctx.err().is_some() {
            assert!(closed(&done));
        }
        canceler.join().expect("it ends");
    });
}

#[test]
fn a_channel_outlives_its_context_while_the_one_above_is_cancelled() {
    explore(3, || {
        let (root, cancel) = below(&context::background());
        let (child, _) = below(&root);
        let done = child.done();
        let threads = [thread::spawn(move || cancel()), thread::spawn(move || drop(child))];
        for thread in threads {
            thread.join().expect("it ends");
        }
        assert!(matches!(done.try_recv(), Err(TryRecvError::Closed)));
    });
}
