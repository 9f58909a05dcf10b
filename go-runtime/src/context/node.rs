//! The tree of contexts.
//!
//! A node holds the node above it; a node that can be cancelled knows those below it that can, without keeping them.
//!
//! # Invariants
//! 1. `status` leaves [`LIVE`] once, under the node's lock: to an error, if there is a channel by way of
//!    [`STATUS_ENDING`], in which the channel is closed. So whoever sees an error finds the channel closed, and whoever sees
//!    it closed is told the error, if need be once the lock is free.
//! 2. A live node is in the table of the nearest cancellable node above it, and `place` is its number there. A node that
//!    is done, or whose last handle goes, leaves the table, under that table's lock: the former when everything below it
//!    is done, before `cancel` returns; the latter before its memory goes, unless `place` says that it has left. A node
//!    that is done takes no child in, and the walk that ended it takes everything out of its table.
//! 3. Once `cancel` has returned, whoever called it, everything below is done. The one that finds a node live walks what
//!    is below; those that find it done while that walk goes on wait for its end ([`Walk`]).
//!    A node that goes while it is live leaves its *heirs* to the one above, which may just be on its walk: then these are
//!    told right after it.
//! 4. The channel of a live node knows the node, without keeping it: whoever waits for it can be told who may still
//!    cancel it. When the node goes, the channel, if somebody has it, is the node's above, and knows that one. It forgets
//!    it under its own lock: when it is closed, or when nobody is above.
//! 5. No walk and no drop uses the stack for the tree's depth.
//!
//! # Locking
//! A node's lock is never held while another node's is taken. Under it a channel's lock is taken. Nothing is woken,
//! started or dropped that may be the user's under a lock, nor before the walk is over. A walk waits for other walks
//! that began below it; those never wait for one above, so the waiting ends.

use std::mem;
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::task::Waker;

use super::after_func::AfterFunc;
use super::children::{BATCH, Child, Children, Heir, MOST, Told};
use super::deadline::OwnDeadline;
use super::error::{CANCELED, Cause, DEADLINE_EXCEEDED, Error, Reason};
use super::handle::{Context, Inner};
use super::value::Entry;
use crate::chan::{Chan, Owned};
use crate::goroutine::inspect::Source;
use crate::goroutine::spare;
use crate::shim::{Anchor, Anchored, AtomicU32, Counted, Lock, Ordering};
use crate::time::{Key, Timers};

/// The node is not done.
const LIVE: u32 = 0;
/// The node was cancelled.
const STATUS_CANCELED: u32 = 1;
/// The node's deadline has passed.
const STATUS_EXCEEDED: u32 = 2;
/// The node's channel is being closed: it is done for whoever sees that, and for everybody once its lock is free.
const STATUS_ENDING: u32 = 3;

/// The bit of a node's `place` that says that its channel knows it, or that there are others in its table than contexts:
/// whom it leaves behind when it goes.
const LINKED: u32 = MOST;

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
        canceler: Option<Counted<Node>>,
    },
    /// It is not cancelled with the one above.
    WithoutCancel,
}

/// The cancellable part of a node.
pub(super) struct Cancel {
    /// Whether it is done, and why.
    status: AtomicU32,
    /// Its place in the table of the node above; 0 for none. With the bit [`LINKED`].
    place: AtomicU32,
    /// The channel that is closed when it is done; made when somebody asks.
    done: OnceLock<Chan<()>>,
    /// Its own deadline; `None` if it has that of above, or none.
    pub(super) own_deadline: Option<OwnDeadline>,
    /// What the lock guards.
    state: Lock<State>,
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
    nodes: Vec<Counted<Node>>,
}

impl Aftermath {
    /// Tells one who is no context.
    fn add(&mut self, heir: Heir) {
        match heir {
            Heir::Func(function) => self.functions.push(function),
            Heir::Done(done) => {
                if let Some(core) = done.core() {
                    core.close_owned(&mut self.wakers);
                }
            }
        }
    }

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
    /// It was live, without anybody below it.
    Leaf,
    /// It was live, and has others below.
    Above,
    /// It was done; the walk that did it may be on its way.
    Done(Option<Arc<Walk>>),
}

impl State {
    /// Nothing has happened yet.
    const fn new() -> State {
        State { children: Children::new(), cause: None, timer: None, walk: None }
    }
}

impl Cancel {
    /// A live node without children.
    #[inline]
    pub(super) fn new(own_deadline: Option<OwnDeadline>) -> Cancel {
        Cancel {
            status: AtomicU32::new(LIVE),
            place: AtomicU32::new(0),
            done: OnceLock::new(),
            own_deadline,
            state: Lock::new(State::new()),
        }
    }

    /// Why it is done, if it is.
    #[inline]
    pub(super) fn error(&self) -> Option<Error> {
        // Acquire: pairs with the release in `end`; the channel is closed.
        match self.status.load(Ordering::Acquire) {
            LIVE => None,
            STATUS_CANCELED => Some(CANCELED),
            STATUS_EXCEEDED => Some(DEADLINE_EXCEEDED),
            _ => self.error_at_last(),
        }
    }

    /// Why it is done, once the channel is closed.
    #[cold]
    fn error_at_last(&self) -> Option<Error> {
        drop(self.state.lock());
        self.error()
    }

    /// What is behind its error.
    pub(super) fn cause(&self) -> Option<Cause> {
        let error = self.error()?;
        let cause = self.state.lock().cause.clone();
        Some(cause.unwrap_or_else(|| Cause::own(error)))
    }

    /// The channel that is closed when it is done, if somebody has asked already.
    #[inline]
    pub(super) fn done(&self) -> Option<&Chan<()>> {
        self.done.get()
    }

    /// The channel when nobody has asked yet; `node` is this one's.
    #[cold]
    pub(super) fn make_done(&self, node: &Counted<Node>) -> &Chan<()> {
        let fresh = Chan::new();
        let state = self.state.lock();
        // Relaxed: it is written under the lock, and is not on its way while this thread holds that.
        if self.status.load(Ordering::Relaxed) != LIVE {
            fresh.close();
        } else if let Some(core) = fresh.core() {
            core.set_owner(Owned { owner: node.as_raw(), tell });
            // Relaxed: whoever drops the last handle, or ends the node under the lock, comes after this.
            self.place.fetch_or(LINKED, Ordering::Relaxed);
        }
        // A channel made by another thread meanwhile is the one; `fresh` goes with the closure, and has no values.
        let done = self.done.get_or_init(|| fresh);
        drop(state);
        done
    }

    /// Those whom a live node leaves behind that goes: its channel, if somebody has it, and whom it has taken over.
    fn heirs(&self) -> Vec<Heir> {
        let mut heirs = self.state.lock().children.take_heirs();
        if let Some(done) = self.done.get().filter(|done| !done.is_last()) {
            // What only this thread keeps for the next who asks is nobody's.
            spare::flush();
            if !done.is_last() {
                heirs.push(Heir::Done(done.clone()));
            }
        }
        heirs
    }

    /// Notes the end. The lock is held.
    #[inline]
    fn end(&self, state: &mut State, error: &Error, cause: Option<Cause>) {
        state.cause = cause;
        let status = match error.reason {
            Reason::Canceled => STATUS_CANCELED,
            Reason::DeadlineExceeded => STATUS_EXCEEDED,
        };
        // Release: pairs with the acquire in `error`.
        self.status.store(status, Ordering::Release);
    }

    /// Makes it done, unless it is. What is to be done afterwards goes to `after`.
    fn mark(&self, error: &Error, cause: Option<&Cause>, walk: &mut Option<Arc<Walk>>, after: &mut Aftermath) -> Found {
        loop {
            let mut state = self.state.lock();
            if self.status.load(Ordering::Relaxed) != LIVE {
                return Found::Done(state.walk.clone());
            }
            let is_above = !state.children.is_empty();
            if is_above && walk.is_none() {
                drop(state);
                *walk = Some(Arc::default());
                continue;
            }
            if is_above {
                state.walk.clone_from(walk);
            }
            if let Some(core) = self.done.get().and_then(Chan::core) {
                // The channel's lock orders it before what others see of the close.
                self.status.store(STATUS_ENDING, Ordering::Relaxed);
                core.close_owned(&mut after.wakers);
            }
            after.timers.extend(state.timer.take());
            self.end(&mut state, error, cause.cloned());
            return if is_above { Found::Above } else { Found::Leaf };
        }
    }

    /// Takes children out of the table of a node that is done; false if there are no others.
    fn take_children(&self, told: &mut Vec<Told>) -> bool {
        told.reserve(BATCH);
        let mut state = self.state.lock();
        // SAFETY: the lock is held; `release` takes it.
        let more = unsafe { state.children.take_some(told) };
        let table = if more { None } else { Some(mem::take(&mut state.children)) };
        drop(state);
        drop(table);
        more
    }

    /// Takes a child in; false (and the child is not told) if the node is done.
    pub(super) fn adopt(&self, child: Child, place: &AtomicU32) -> bool {
        let mut state = self.state.lock();
        let live = self.status.load(Ordering::Relaxed) == LIVE;
        let left = if live {
            if matches!(child, Child::Heir(_)) {
                // So that this node, when it goes, looks for those it leaves behind.
                self.place.fetch_or(LINKED, Ordering::Relaxed);
            }
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
        self.release_to(place, ptr::null(), Vec::new());
    }

    /// Lets the child at `place` go and takes its heirs over; those are left that came too late. `node` is this one's.
    fn release_to(&self, place: &AtomicU32, node: *const (), heirs: Vec<Heir>) -> Vec<Heir> {
        let mut state = self.state.lock();
        let child = state.children.remove(place.load(Ordering::Relaxed) & !LINKED);
        // Release: pairs with the acquire in `is_anchored`. Not before the table has let go.
        place.store(0, Ordering::Release);
        let live = self.status.load(Ordering::Relaxed) == LIVE;
        let (taken, late) = if live { (heirs, Vec::new()) } else { (Vec::new(), heirs) };
        if !taken.is_empty() {
            // So that this node, when it goes, looks for those it has taken over.
            self.place.fetch_or(LINKED, Ordering::Relaxed);
        }
        for heir in taken {
            if let Heir::Done(done) = &heir
                && let Some(core) = done.core()
            {
                core.set_owner(Owned { owner: node, tell });
            }
            state.children.insert(Child::Heir(heir));
        }
        drop(state);
        drop(child);
        late
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

    /// Takes the timer of the deadline away.
    #[cfg(feature = "http")]
    pub(super) fn defuse(&self) {
        let timer = self.state.lock().timer.take();
        if let Some((timers, key)) = timer {
            timers.release(key);
        }
    }

    /// How many children it has.
    #[cfg(all(test, not(go_loom)))]
    pub(super) fn children(&self) -> u32 {
        self.state.lock().children.len()
    }
}

impl Node {
    /// The cancellable part.
    #[inline]
    pub(super) fn cancelable(&self) -> Option<&Cancel> {
        match &self.kind {
            Kind::Cancel(cancel) => Some(cancel),
            Kind::Value { .. } | Kind::WithoutCancel => None,
        }
    }

    /// Makes the node and everything below it done, unless it is.
    pub(super) fn cancel(&self, error: &Error, cause: Option<Cause>) {
        let Some(cancel) = self.cancelable() else { return };
        let mut state = cancel.state.lock();
        let alone = state.children.is_empty() && cancel.done.get().is_none();
        if !alone || cancel.status.load(Ordering::Relaxed) != LIVE {
            drop(state);
            return self.cancel_all(cancel, error, cause);
        }
        // Nobody has to be told.
        let timer = state.timer.take();
        cancel.end(&mut state, error, cause);
        drop(state);
        self.leave();
        if let Some((timers, key)) = timer {
            timers.release(key);
        }
    }

    /// Makes the node and everything below it done.
    fn cancel_all(&self, cancel: &Cancel, error: &Error, cause: Option<Cause>) {
        let (mut walk, mut after, mut others) = (None, Aftermath::default(), Vec::new());
        // Whose children are still to be told: `None` for those of this node, otherwise the place in `after.nodes`.
        let mut open: Vec<Option<usize>> = Vec::new();
        match cancel.mark(error, cause.as_ref(), &mut walk, &mut after) {
            Found::Leaf => {}
            Found::Above => open.push(None),
            Found::Done(walk) => {
                if let Some(walk) = walk {
                    walk.wait();
                }
                return;
            }
        }
        let mut told = Vec::new();
        while let Some(at) = open.pop() {
            let above = at.map_or(Some(cancel), |place| after.nodes[place].cancelable());
            if above.is_some_and(|above| above.take_children(&mut told)) {
                open.push(at);
            }
            for told in told.drain(..) {
                let node = match told {
                    Told::Node(node) => node,
                    Told::Heir(heir) => {
                        after.add(heir);
                        continue;
                    }
                };
                let found = node.cancelable().map(|below| below.mark(error, cause.as_ref(), &mut walk, &mut after));
                match found {
                    Some(Found::Above) => open.push(Some(after.nodes.len())),
                    Some(Found::Done(other)) => others.extend(other),
                    Some(Found::Leaf) | None => {}
                }
                after.nodes.push(node);
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

    /// The table of the node above has let go of it, which is about to be done. That table's lock is held.
    pub(super) fn has_left(&self) {
        if let Some(cancel) = self.cancelable() {
            // Release: pairs with the acquire in `is_anchored`.
            cancel.place.store(0, Ordering::Release);
        }
    }

    /// The deadline has passed.
    pub(super) fn deadline_has_passed(&self) {
        let own = self.cancelable().and_then(|cancel| cancel.own_deadline.as_ref());
        self.cancel(&DEADLINE_EXCEEDED, own.and_then(|own| own.cause.clone()));
    }

    /// Leaves the table of the node above, which takes over whom this one leaves behind if it is live.
    fn leave_from(&self, cancel: &Cancel) {
        let place = cancel.place.load(Ordering::Relaxed);
        // The walk that ended a node has told everybody in its table, and closed its channel.
        let live = place & LINKED != 0 && cancel.status.load(Ordering::Relaxed) == LIVE;
        let heirs = if live { cancel.heirs() } else { Vec::new() };
        let above = self.parent.canceler_node().filter(|_| place != LINKED);
        let Some((node, above)) = above.and_then(|node| Some((node, node.cancelable()?))) else {
            // Nobody is left who could close them.
            for heir in heirs {
                if let Heir::Done(done) = heir
                    && let Some(core) = done.core()
                {
                    core.disown();
                }
            }
            return;
        };
        let late = above.release_to(&cancel.place, node.as_raw(), heirs);
        if !late.is_empty() {
            let mut after = Aftermath::default();
            late.into_iter().for_each(|heir| after.add(heir));
            after.settle();
        }
    }

    /// What is left to do before the memory goes; the context above.
    #[inline]
    fn retire(&mut self) -> Inner {
        if let Kind::Value { .. } = &self.kind {
            // The handle of an ancestor goes before the one above, which keeps it.
            self.kind = Kind::WithoutCancel;
        }
        mem::take(&mut self.parent).into_inner()
    }
}

/// Tells who may still cancel a node: whoever has one of the active handles of it or of a node above, which are the
/// functions that cancel and the timers of deadlines. False if there is no room for all of them.
///
/// # Safety
/// The pointer is a node's, whose memory does not go during the call.
unsafe fn tell(node: *const (), sources: &mut Vec<Source>) -> bool {
    // SAFETY: the caller's promise; the handle is not given up.
    let first = mem::ManuallyDrop::new(unsafe { Counted::<Node>::from_raw(node) });
    let mut at = Some(&*first);
    while let Some(node) = at {
        if sources.len() == sources.capacity() {
            return false;
        }
        sources.push(Source { object: node.as_raw().addr(), handles: Some(node.active()), handle: None });
        at = node.parent.canceler_node();
    }
    true
}

/// Joins the table of the node above, or is done with it if it is. `anchor` is the node's: a handle that somebody has a
/// reference of would go through memory, and be waited for there.
#[inline]
pub(super) fn join(node: &Node, anchor: Anchor<Node>) {
    let (Some(cancel), Some(above)) = (node.cancelable(), node.parent.canceler()) else { return };
    if !above.adopt(Child::Node(anchor), &cancel.place)
        && let Some(error) = above.error()
    {
        let cause = above.state.lock().cause.clone();
        node.cancel(&error, cause);
    }
}

impl Anchored for Node {
    #[inline]
    fn is_anchored(&self) -> bool {
        // Acquire: pairs with the release of whoever took it out of the table.
        self.cancelable().is_some_and(|cancel| cancel.place.load(Ordering::Acquire) & !LINKED != 0)
    }

    #[inline(always)]
    fn leave(&self) {
        // Relaxed: a node that is in the table still says so to whoever makes it leave.
        if let Some(cancel) = self.cancelable()
            && cancel.place.load(Ordering::Relaxed) != 0
        {
            self.leave_from(cancel);
        }
    }
}

impl Drop for Node {
    #[inline]
    fn drop(&mut self) {
        // One node after the other: a long chain must not use the stack.
        let mut above = self.retire();
        while let Inner::Node(node) = above {
            let Some(mut node) = node.into_last() else { return };
            above = node.retire();
        }
    }
}
