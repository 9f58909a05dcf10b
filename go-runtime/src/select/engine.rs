//! The algorithm of select.
//!
//! # Invariants
//! 1. A select commits exactly one case: a channel case of its own under that channel's lock while its waiter is not
//!    claimable (not queued, or `BUSY`), or one that a peer claims through the waiter's one compare-and-swap.
//! 2. `default` is chosen, and the select parks, only after every channel was seen not ready while all their locks were
//!    held at once. So a select never misses a partner that was there at some one instant.
//! 3. Whatever ends the select, its nodes are unlinked before its waiter goes.
//!
//! # Locking
//! All channels' locks at once are taken in the order of the channels' addresses, each once; nothing is woken, polled or
//! called while they are held.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::case::{Attempt, Case, Kind};
use crate::chan::Wakers;
use crate::goroutine::{self, WaitReason};
use crate::texts;
use crate::waiter::{Poke, Waiter};

/// The place of one case.
pub(super) type Slot<'a> = Option<Pin<&'a mut (dyn Case + 'a)>>;

/// Where a select keeps its cases.
#[doc(hidden)]
pub trait Storage<'a> {
    /// The cases, and room for two orders of them.
    fn parts(&mut self) -> Parts<'a, '_>;
}

/// A storage's parts.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "a view that lives for one call")]
pub struct Parts<'a, 's> {
    /// The cases.
    pub(super) slots: &'s mut [Slot<'a>],
    /// The numbers of the cases in the order in which they are tried.
    pub(super) order: &'s mut [u32],
    /// The numbers of the cases in the order of their channels' addresses.
    pub(super) by_address: &'s mut [u32],
}

/// The cases of a `select!`: `N` of them, of the types listed in `M`.
#[allow(missing_debug_implementations, reason = "the cases have no types left to print")]
pub struct Static<'a, M, const N: usize> {
    /// The cases.
    slots: [Slot<'a>; N],
    /// See [`Parts`].
    order: [u32; N],
    /// See [`Parts`].
    by_address: [u32; N],
    /// How many cases are in place.
    len: usize,
    /// Each case's type, for `Send`.
    types: PhantomData<M>,
}

// SAFETY: `case` is the only way to put a case in, and it adds the case's type to `M`; so if `M` may go to another
// thread, so may every case, and a mutable borrow of it.
unsafe impl<M: Send, const N: usize> Send for Static<'_, M, N> {}

/// Room for `N` cases.
#[must_use]
pub fn cases_of<'a, const N: usize>() -> Static<'a, (), N> {
    Static { slots: [const { None }; N], order: [0; N], by_address: [0; N], len: 0, types: PhantomData }
}

impl<'a, M, const N: usize> Static<'a, M, N> {
    /// The same cases and one more.
    #[must_use]
    #[inline]
    pub fn case<C: Case + 'a>(self, case: Pin<&'a mut C>) -> Static<'a, (C, M), N> {
        let Static { mut slots, order, by_address, len, .. } = self;
        slots[len] = Some(case);
        Static { slots, order, by_address, len: len + 1, types: PhantomData }
    }
}

impl<'a, M, const N: usize> Storage<'a> for Static<'a, M, N> {
    fn parts(&mut self) -> Parts<'a, '_> {
        Parts { slots: &mut self.slots, order: &mut self.order, by_address: &mut self.by_address }
    }
}

/// The number that stands for the default case.
pub(super) const DEFAULT: usize = usize::MAX;

/// How far a select has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Not polled yet.
    New,
    /// Queued at every channel.
    Parked,
    /// Over.
    Finished,
}

/// The future of a select; yields the number of the chosen case.
///
/// # Cancel safety
/// A select that is dropped has committed no case: a value that a peer handed to it goes to the next receiver.
#[must_use = "a select does nothing until it is awaited"]
pub struct Select<'a, S: Storage<'a>> {
    /// The cases.
    storage: S,
    /// Where the program selects.
    place: &'static Location<'static>,
    /// How far it has come.
    phase: Phase,
    /// Whether one of the cases is a future.
    has_future: bool,
    /// The goroutine whose waker is stored, or 0.
    owner: usize,
    /// The operation that all cases share.
    waiter: Waiter,
    /// The cases are borrowed.
    cases: PhantomData<&'a ()>,
}

/// A select of `storage`'s cases that waits.
#[inline]
#[track_caller]
pub fn select<'a, S: Storage<'a>>(storage: S) -> Select<'a, S> {
    Select {
        storage,
        place: Location::caller(),
        phase: Phase::New,
        has_future: false,
        owner: 0,
        waiter: Waiter::new(),
        cases: PhantomData,
    }
}

/// A select of `storage`'s cases with a default: the chosen number, or `usize::MAX`. A future is polled once.
pub async fn select_default<'a, S: Storage<'a>>(storage: S) -> usize {
    let mut storage = storage;
    std::future::poll_fn(move |cx| {
        if goroutine::poll_budget(cx).is_pending() {
            return Poll::Pending;
        }
        Poll::Ready(without_waiting(storage.parts(), cx))
    })
    .await
}

/// The cases in a random order, each order equally likely.
fn shuffle(order: &mut [u32]) {
    for i in 0..order.len() {
        let j = goroutine::random(i as u32 + 1) as usize;
        order[i] = order[j];
        order[j] = i as u32;
    }
}

impl<'a> Parts<'a, '_> {
    /// The case with this number.
    #[inline]
    fn case(&mut self, index: u32) -> Pin<&mut (dyn Case + 'a)> {
        match self.slots.get_mut(index as usize) {
            Some(Some(case)) => case.as_mut(),
            _ => unreachable!("every number in an order names a case"),
        }
    }

    /// Ends an attempt of the case `index`: panics if a send met a closed channel.
    fn committed(&mut self, index: u32, attempt: Attempt) -> bool {
        match attempt {
            Attempt::Committed => true,
            Attempt::Wait => false,
            Attempt::Closed => texts::throw(texts::SEND_ON_CLOSED, self.case(index).place()),
        }
    }

    /// Tries each case in the random order, one lock at a time; also notes whether there are futures.
    fn try_each(&mut self, cx: &mut Context<'_>, has_future: &mut bool) -> Option<usize> {
        for at in 0..self.order.len() {
            let index = self.order[at];
            match self.case(index).kind() {
                Kind::Channel(_) => {
                    let mut wakers = Wakers::default();
                    let attempt = self.case(index).attempt(&mut wakers);
                    wakers.wake();
                    if self.committed(index, attempt) {
                        return Some(index as usize);
                    }
                }
                Kind::Future => {
                    *has_future = true;
                    if self.case(index).poll_future(cx) {
                        return Some(index as usize);
                    }
                }
                Kind::Nil => {}
            }
        }
        None
    }

    /// Polls the futures in a random order.
    fn poll_futures(&mut self, cx: &mut Context<'_>) -> Option<usize> {
        shuffle(self.order);
        for at in 0..self.order.len() {
            let index = self.order[at];
            if self.case(index).kind() == Kind::Future && self.case(index).poll_future(cx) {
                return Some(index as usize);
            }
        }
        None
    }

    /// Sorts the channel cases by address; how many there are.
    fn sort(&mut self) -> usize {
        let mut channels = 0;
        for index in 0..self.slots.len() as u32 {
            if matches!(self.case(index).kind(), Kind::Channel(_)) {
                self.by_address[channels] = index;
                channels += 1;
            }
        }
        let slots = &*self.slots;
        let address = |index: &u32| match slots.get(*index as usize) {
            Some(Some(case)) => match case.kind() {
                Kind::Channel(address) => address,
                Kind::Nil | Kind::Future => 0,
            },
            _ => 0,
        };
        self.by_address[..channels].sort_unstable_by_key(address);
        channels
    }

    /// Calls `f` for one case of each distinct channel, in the order of the addresses.
    fn each_channel(&mut self, channels: usize, f: impl Fn(&dyn Case)) {
        let mut last = Kind::Nil;
        for at in 0..channels {
            let case = self.case(self.by_address[at]);
            let kind = case.kind();
            if kind != last {
                f(&*case);
                last = kind;
            }
        }
    }

    /// Takes every channel's lock.
    fn lock(&mut self, channels: usize) {
        self.each_channel(channels, |case| case.lock());
    }

    /// Gives every channel's lock back.
    ///
    /// # Safety
    /// The caller took them with `lock`.
    unsafe fn unlock(&mut self, channels: usize) {
        // SAFETY: the caller's promise.
        self.each_channel(channels, |case| unsafe { case.unlock() });
    }

    /// Tries each case in the random order while all locks are held.
    ///
    /// # Safety
    /// The caller holds all locks, and the cases are not queued or their waiter is busy.
    unsafe fn try_locked(&mut self, wakers: &mut Wakers) -> Option<(u32, Attempt)> {
        for at in 0..self.order.len() {
            let index = self.order[at];
            // SAFETY: the caller's promise.
            let attempt = unsafe { self.case(index).attempt_locked(wakers) };
            if attempt != Attempt::Wait {
                return Some((index, attempt));
            }
        }
        None
    }

    /// Takes every case out of its channel's queue.
    fn unlink_all(&mut self) {
        for case in self.slots.iter_mut().flatten() {
            case.as_mut().unlink();
        }
    }

    /// What a report calls this select: a select of one channel reads as the plain operation.
    fn reason(&mut self) -> WaitReason {
        match self.slots {
            [Some(case)] => case.reason(),
            _ => WaitReason::Select,
        }
    }
}

/// A select with a default.
pub(super) fn without_waiting(mut parts: Parts<'_, '_>, cx: &mut Context<'_>) -> usize {
    shuffle(parts.order);
    if let Some(index) = parts.try_each(cx, &mut false) {
        return index;
    }
    let channels = parts.sort();
    if channels < 2 {
        // One channel was not ready at the instant it was looked at.
        return DEFAULT;
    }
    let mut wakers = Wakers::default();
    parts.lock(channels);
    // SAFETY: all locks are held, and nothing is queued.
    let found = unsafe {
        let found = parts.try_locked(&mut wakers);
        parts.unlock(channels);
        found
    };
    wakers.wake();
    match found {
        Some((index, attempt)) if parts.committed(index, attempt) => index as usize,
        _ => DEFAULT,
    }
}

impl<'a, S: Storage<'a>> Select<'a, S> {
    /// Where the program selects.
    pub(super) fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// The first poll.
    fn start(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        let mut parts = self.storage.parts();
        shuffle(parts.order);
        if let Some(index) = parts.try_each(cx, &mut self.has_future) {
            self.phase = Phase::Finished;
            return Poll::Ready(index);
        }
        let channels = parts.sort();
        let mut wakers = Wakers::default();
        let mut announced = Vec::new();
        parts.lock(channels);
        // SAFETY: all locks are held, and nothing is queued.
        let found = unsafe { parts.try_locked(&mut wakers) };
        if found.is_none() {
            let (waker, owner) = goroutine::waker_of(cx);
            self.owner = owner;
            // SAFETY: nothing is queued yet.
            unsafe { self.waiter.arm(waker) };
            for index in 0..parts.slots.len() {
                let mut heard = Wakers::default();
                // SAFETY: the locks are held; the waiter is pinned with this future, whose `Drop` unlinks all cases.
                unsafe { parts.case(index as u32).queue_locked(&self.waiter, index, &mut heard) };
                if heard.any() {
                    announced.push(heard);
                }
            }
            self.phase = Phase::Parked;
        }
        // SAFETY: they were taken above.
        unsafe { parts.unlock(channels) };
        wakers.wake();
        for heard in announced {
            heard.wake();
        }
        match found {
            Some((index, attempt)) => {
                self.phase = Phase::Finished;
                parts.committed(index, attempt);
                Poll::Ready(index as usize)
            }
            None => {
                goroutine::park(parts.reason(), Some(self.place));
                Poll::Pending
            }
        }
    }

    /// A peer has served one of the cases.
    fn finish(&mut self) -> Poll<usize> {
        self.phase = Phase::Finished;
        // SAFETY: the waiter is done, and this is the owner.
        let chosen = unsafe { self.waiter.chosen() };
        let mut parts = self.storage.parts();
        for (index, case) in parts.slots.iter_mut().enumerate() {
            if let (true, Some(case)) = (index != chosen, case) {
                case.as_mut().unlink();
            }
        }
        // SAFETY: the waiter is done and this case was chosen.
        if !unsafe { parts.case(chosen as u32).served() } {
            texts::throw(texts::SEND_ON_CLOSED, parts.case(chosen as u32).place());
        }
        Poll::Ready(chosen)
    }

    /// A later poll that has to look at futures or to store another waker.
    #[cold]
    fn again(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        if self.waiter.poke() == Poke::Done {
            return self.finish();
        }
        // From here on `BUSY` is held.
        let mut parts = self.storage.parts();
        if self.has_future
            && let Some(index) = parts.poll_futures(cx)
        {
            parts.unlink_all();
            self.phase = Phase::Finished;
            return Poll::Ready(index);
        }
        let (waker, owner) = goroutine::waker_of(cx);
        self.owner = owner;
        // SAFETY: this is the owner, and `poke` gave it `BUSY`.
        unsafe { self.waiter.set_waker(&waker) };
        if self.waiter.resume() {
            return Poll::Pending;
        }
        // A peer passed by meanwhile: look again.
        shuffle(parts.order);
        let mut wakers = Wakers::default();
        let channels = parts.sort();
        parts.lock(channels);
        // SAFETY: all locks are held, and the waiter is busy.
        let found = unsafe { parts.try_locked(&mut wakers) };
        if found.is_none() {
            self.waiter.resume_checked();
        }
        // SAFETY: they were taken above.
        unsafe { parts.unlock(channels) };
        if let Some((index, attempt)) = found {
            // The waiter is still busy, so nobody serves the other cases.
            parts.unlink_all();
            self.phase = Phase::Finished;
            wakers.wake();
            parts.committed(index, attempt);
            return Poll::Ready(index as usize);
        }
        Poll::Pending
    }
}

impl<'a, S: Storage<'a>> Future for Select<'a, S> {
    type Output = usize;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
        // SAFETY: nothing is moved out of the pinned future; the waiter stays where it is.
        let this = unsafe { self.get_unchecked_mut() };
        match this.phase {
            Phase::New => {
                if goroutine::poll_budget(cx).is_pending() {
                    return Poll::Pending;
                }
                this.start(cx)
            }
            Phase::Parked if this.waiter.is_done() => this.finish(),
            Phase::Parked => {
                let reason = this.storage.parts().reason();
                goroutine::park(reason, Some(this.place));
                if !this.has_future && this.owner != 0 && this.owner == goroutine::owner_of(cx) {
                    return Poll::Pending;
                }
                this.again(cx)
            }
            Phase::Finished => panic!("a select was polled after it had ended"),
        }
    }
}

impl<'a, S: Storage<'a>> Drop for Select<'a, S> {
    fn drop(&mut self) {
        if self.phase != Phase::Parked {
            return;
        }
        let mut parts = self.storage.parts();
        parts.unlink_all();
        if self.waiter.is_done() {
            // SAFETY: the waiter is done, this is the owner, and all cases are unlinked.
            unsafe {
                let chosen = self.waiter.chosen();
                parts.case(chosen as u32).give_back();
            }
        }
    }
}

impl<'a, S: Storage<'a>> fmt::Debug for Select<'a, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select").field("phase", &self.phase).field("place", &self.place).finish_non_exhaustive()
    }
}

/// The future of `select! {}`, which never ends.
#[derive(Debug)]
#[must_use = "a select does nothing until it is awaited"]
pub struct Forever {
    /// Where the program selects.
    place: &'static Location<'static>,
}

/// Waits for ever.
///
/// # Go
/// `select {}`
#[track_caller]
pub fn forever() -> Forever {
    Forever { place: Location::caller() }
}

/// As [`forever`], for the program's `place`.
pub(super) fn forever_at(place: &'static Location<'static>) -> Forever {
    Forever { place }
}

impl Future for Forever {
    type Output = Infallible;

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Infallible> {
        goroutine::park(WaitReason::SelectNoCases, Some(self.place));
        Poll::Pending
    }
}
