//! The tree of contexts.
//!
//! A node holds the node above it; a node that can be cancelled knows those below it that can, without keeping them.
//!
//! # Invariants
//! 1. `status` changes once, from [`LIVE`], under the node's lock, after the channel (if there is one) was closed. So
//!    whoever sees an error finds the channel closed.
//! 2. A live node is in the table of the nearest cancellable node above it. A node that is done, or whose last handle
//!    goes, leaves the table; the former when everything below it is done, before `cancel` returns. A node that is done
//!    has no table.
//! 3. Once `cancel` has returned, whoever called it, everything below is done. The one that finds a node live walks what
//!    is below; those that find it done while that walk goes on wait for its end ([`Walk`]).
//! 4. No walk and no drop uses the stack for the tree's depth.
//!
//! # Locking
//! A node's lock is never held while another node's is taken. Under it a channel's lock is taken. Nothing is woken,
//! started or dropped that may be the user's under a lock, nor before the walk is over. A walk waits for other walks
//! that began below it; those never wait for one above, so the waiting ends.

use std::mem;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::task::Waker;

use super::after_func::AfterFunc;
use super::children::{Child, Children};
use super::error::{CANCELED, Cause, DEADLINE_EXCEEDED, Error, Reason};
use super::handle::{Context, Inner};
use super::value::Entry;
use crate::chan::Chan;
use crate::shim::Lock;
use crate::time::{Call, Key, Time, Timers};

/// The node is not done.
const LIVE: u8 = 0;
/// The node was cancelled.
const STATUS_CANCELED: u8 = 1;
/// The node's deadline has passed.
const STATUS_EXCEEDED: u8 = 2;

/// A context that is not a root.
pub(super) struct Node {
    /// The context it was derived from.
    pub(super) parent: Context,
    /// What it adds.
    pub(super) kind: Kind,
}

/// What a context adds to the one it was derived from.
pub(super) enum Kind {
    /// It can be cancelled.
    Cancel(Cancel),
    /// A value.
    Value {
        /// The key and the value.
        entry: Box<dyn Entry>,
        /// The nearest node above that can be cancelled.
        canceler: Option<Arc<Node>>,
    },
    /// It is not cancelled with the one above.
    WithoutCancel,
}

/// The cancellable part of a node.
pub(super) struct Cancel {
    /// Whether it is done, and why.
    status: AtomicU8,
    /// Its place in the table of the node above; 0 for none.
    place: AtomicU32,
    /// The channel that is closed when it is done; made when somebody asks.
    done: OnceLock<Chan<()>>,
    /// The time after which it is done, its own or one of above.
    pub(super) deadline: Option<Time>,
    /// What its own deadline is: the cause when it has passed.
    pub(super) own_deadline: Option<OwnDeadline>,
    /// What the lock guards.
    state: Lock<State>,
}

/// A deadline that is this node's and not one of above.
pub(super) struct OwnDeadline {
    /// The cause when it has passed, if not the error itself.
    pub(super) cause: Option<Cause>,
}

/// What the lock guards.
struct State {
    /// Those below.
    children: Children,
    /// The cause, once it is done; `None` if that is the error itself.
    cause: Option<Cause>,
    /// The timer of its deadline.
    timer: Option<(&'static Timers, Key)>,
    /// The walk that ended it, if there was anything below.
    walk: Option<Arc<Walk>>,
}

/// A cancellation on its way through the tree.
#[derive(Default)]
struct Walk {
    /// Whether it is over.
    over: Mutex<bool>,
    /// Tells of the end.
    ended: Condvar,
}

impl Walk {
    /// Waits for the end.
    fn wait(&self) {
        let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        while !*over {
            over = self.ended.wait(over).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends it.
    fn end(&self) {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ended.notify_all();
    }
}

/// What is to be done once the walk is over.
#[derive(Default)]
struct Aftermath {
    /// Whom to wake.
    wakers: Vec<Waker>,
    /// The timers that nobody needs any more.
    timers: Vec<(&'static Timers, Key)>,
    /// The functions to start.
    functions: Vec<Arc<AfterFunc>>,
    /// The nodes that were done, which may go now.
    nodes: Vec<Arc<Node>>,
}

impl Aftermath {
    /// Does it.
    fn settle(self) {
        for (timers, key) in self.timers {
            timers.release(key);
        }
        for waker in self.wakers {
            waker.wake();
        }
        for function in self.functions {
            function.start();
        }
    }
}

/// What a cancellation finds at a node.
enum Found {
    /// It was live: those below it.
    Live(Vec<Child>),
    /// It was done; the walk that did it may be on its way.
    Done(Option<Arc<Walk>>),
}

impl Cancel {
    /// A live node without children.
    pub(super) fn new(deadline: Option<Time>, own_deadline: Option<OwnDeadline>) -> Cancel {
        Cancel {
            status: AtomicU8::new(LIVE),
            place: AtomicU32::new(0),
            done: OnceLock::new(),
            deadline,
            own_deadline,
            state: Lock::new(State { children: Children::new(), cause: None, timer: None, walk: None }),
        }
    }

    /// Why it is done, if it is.
    pub(super) fn error(&self) -> Option<Error> {
        // Acquire: pairs with the release in `mark`; the channel is closed.
        match self.status.load(Ordering::Acquire) {
            LIVE => None,
            STATUS_CANCELED => Some(CANCELED),
            _ => Some(DEADLINE_EXCEEDED),
        }
    }

    /// What is behind its error.
    pub(super) fn cause(&self) -> Option<Cause> {
        let error = self.error()?;
        let cause = self.state.lock().cause.clone();
        Some(cause.unwrap_or_else(|| Cause::own(error)))
    }

    /// The channel that is closed when it is done.
    pub(super) fn done(&self) -> &Chan<()> {
        if let Some(done) = self.done.get() {
            return done;
        }
        let fresh = Chan::new();
        let state = self.state.lock();
        if self.error().is_some() {
            fresh.close();
        }
        // A channel made by another thread meanwhile is the one; `fresh` goes with the closure, and has no values.
        let done = self.done.get_or_init(|| fresh);
        drop(state);
        done
    }

    /// Makes it done, unless it is. What is to be done afterwards goes to `after`.
    fn mark(&self, error: &Error, cause: Option<&Cause>, walk: &mut Option<Arc<Walk>>, after: &mut Aftermath) -> Found {
        loop {
            let mut state = self.state.lock();
            if self.status.load(Ordering::Relaxed) != LIVE {
                return Found::Done(state.walk.clone());
            }
            if !state.children.is_empty() && walk.is_none() {
                drop(state);
                *walk = Some(Arc::default());
                continue;
            }
            let mut children = Vec::new();
            if !state.children.is_empty() {
                state.walk.clone_from(walk);
                children.extend(state.children.take());
            }
            if let Some(core) = self.done.get().and_then(Chan::core) {
                core.close_into(&mut after.wakers);
            }
            after.timers.extend(state.timer.take());
            state.cause = cause.cloned();
            // Release: pairs with the acquire in `error`.
            self.status.store(
                match error.reason {
                    Reason::Canceled => STATUS_CANCELED,
                    Reason::DeadlineExceeded => STATUS_EXCEEDED,
                },
                Ordering::Release,
            );
            return Found::Live(children);
        }
    }

    /// Takes a child in; false (and the child is not told) if the node is done.
    pub(super) fn adopt(&self, child: Child, place: &AtomicU32) -> bool {
        let mut state = self.state.lock();
        let live = self.status.load(Ordering::Relaxed) == LIVE;
        let left = if live {
            place.store(state.children.insert(child), Ordering::Relaxed);
            None
        } else {
            Some(child)
        };
        drop(state);
        drop(left);
        live
    }

    /// Lets the child at `place` go.
    pub(super) fn release(&self, place: &AtomicU32) {
        let mut state = self.state.lock();
        // A node that is done has no table any more, and a place of before means nothing.
        let live = self.status.load(Ordering::Relaxed) == LIVE;
        let child = if live { state.children.remove(place.swap(0, Ordering::Relaxed)) } else { None };
        drop(state);
        drop(child);
    }

    /// Stores the timer of the deadline; one that came too late is given back.
    pub(super) fn set_timer(&self, timers: &'static Timers, key: Key) {
        let mut state = self.state.lock();
        let live = self.status.load(Ordering::Relaxed) == LIVE;
        if live {
            state.timer = Some((timers, key));
        }
        drop(state);
        if !live {
            timers.release(key);
        }
    }

    /// How many children it has.
    #[cfg(all(test, not(go_loom)))]
    pub(super) fn children(&self) -> usize {
        self.state.lock().children.len()
    }
}

impl Node {
    /// The cancellable part.
    pub(super) fn cancelable(&self) -> Option<&Cancel> {
        match &self.kind {
            Kind::Cancel(cancel) => Some(cancel),
            Kind::Value { .. } | Kind::WithoutCancel => None,
        }
    }

    /// Makes the node and everything below it done, unless it is.
    pub(super) fn cancel(&self, error: &Error, cause: Option<Cause>) {
        let Some(cancel) = self.cancelable() else { return };
        let (mut walk, mut after, mut others) = (None, Aftermath::default(), Vec::new());
        let mut below = match cancel.mark(error, cause.as_ref(), &mut walk, &mut after) {
            Found::Live(children) => children,
            Found::Done(walk) => {
                if let Some(walk) = walk {
                    walk.wait();
                }
                return;
            }
        };
        while let Some(child) = below.pop() {
            match child {
                Child::Func(function) => after.functions.push(function),
                Child::Node(node) => {
                    let Some(node) = node.upgrade() else { continue };
                    if let Some(cancel) = node.cancelable() {
                        match cancel.mark(error, cause.as_ref(), &mut walk, &mut after) {
                            Found::Live(children) => below.extend(children),
                            Found::Done(other) => others.extend(other),
                        }
                    }
                    after.nodes.push(node);
                }
            }
        }
        for other in others {
            other.wait();
        }
        // Not before everything below is done: a walk from above that does not find this node does not wait for it.
        self.leave();
        if let Some(walk) = walk {
            walk.end();
        }
        after.settle();
    }

    /// Leaves the table of the node above.
    fn leave(&self) {
        if let (Some(cancel), Some(above)) = (self.cancelable(), self.parent.canceler()) {
            above.release(&cancel.place);
        }
    }

    /// Joins the table of the node above, or is done with it if it is.
    pub(super) fn join(self: &Arc<Node>) {
        let (Some(cancel), Some(above)) = (self.cancelable(), self.parent.canceler()) else { return };
        if !above.adopt(Child::Node(Arc::downgrade(self)), &cancel.place)
            && let Some(error) = above.error()
        {
            let cause = above.state.lock().cause.clone();
            self.cancel(&error, cause);
        }
    }
}

impl Call for Node {
    /// The deadline has passed.
    fn call(self: Arc<Node>) {
        let cause = self.cancelable().and_then(|cancel| cancel.own_deadline.as_ref()).and_then(|own| own.cause.clone());
        self.cancel(&DEADLINE_EXCEEDED, cause);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // One node after the other: a long chain must not use the stack.
        let mut above = mem::take(&mut self.kind).let_go(&mut self.parent);
        while let Inner::Node(node) = above.into_inner() {
            let Some(mut node) = Arc::into_inner(node) else { return };
            above = mem::take(&mut node.kind).let_go(&mut node.parent);
        }
    }
}

impl Default for Kind {
    /// What is left of a node that goes.
    fn default() -> Kind {
        Kind::WithoutCancel
    }
}

impl Kind {
    /// Ends a node: leaves the table above and drops what the node adds; returns the context above.
    fn let_go(self, parent: &mut Context) -> Context {
        if let Kind::Cancel(cancel) = &self
            && cancel.error().is_none()
            && let Some(above) = parent.canceler()
        {
            above.release(&cancel.place);
        }
        drop(self);
        mem::take(parent)
    }
}
