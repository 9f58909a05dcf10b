//! The algorithm of select.
//!
//! # Invariants
//! 1. A select commits exactly one case: a channel case of its own under that channel's lock while its waiter is not
//!    claimable (not queued, or `BUSY`), or one that a peer claims through the waiter's one compare-and-swap.
//! 2. `default` is chosen, and the select parks, only after every channel was seen not ready while all their locks were
//!    held at once. So a select never misses a partner that was there at some one instant.
//! 3. Whatever ends the select, its nodes are unlinked before its waiter goes.
//! 4. Futures are polled with no lock held, and before the waiter is queued or while it is `BUSY`. So no peer can serve
//!    the select while one of its futures ends, and a future may use the select's own channels.
//!
//! # Locking
//! All channels' locks at once are taken in the order of the channels' addresses, each once; nothing is woken, polled or
//! called while they are held.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::storage::{Parts, Storage, case, committed, reason, unlink_all_but};
use crate::chan::Wakers;
use crate::goroutine::{self, WaitReason, inspect};
use crate::texts;
use crate::waiter::{Poke, Waiter};

/// The number that stands for the default case.
pub const DEFAULT: usize = usize::MAX;

/// How far a select has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Not polled yet.
    New,
    /// Queued at every channel.
    Parked,
    /// As `Parked`, with the waiter `BUSY`: its futures are being polled, or one of them has panicked.
    Looking,
    /// Over.
    Finished,
}

/// The future of a select; yields the number of the chosen case.
///
/// # Cancel safety
/// A select that is dropped has received nothing: a value that a peer handed to it goes to the next receiver. A value of
/// one of its sends either was taken by a receiver or is dropped.
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
    /// The pass in which it was asked last what it waits on, see `goroutine::inspect`.
    asked: u8,
    /// The goroutine whose waker is stored, or 0; there once it has been parked.
    owner: MaybeUninit<u64>,
    /// The operation that all cases share; there while it is parked, and has no waker left once it was served.
    waiter: MaybeUninit<Waiter>,
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
        asked: 0,
        owner: MaybeUninit::uninit(),
        waiter: MaybeUninit::uninit(),
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
        Poll::Ready(storage.with_parts(|parts| without_waiting(parts, cx)))
    })
    .await
}

/// A select with a default.
pub(super) fn without_waiting(mut parts: Parts<'_, '_>, cx: &mut Context<'_>) -> usize {
    parts.look();
    if let Some(index) = parts.try_each(cx) {
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
        let found = parts.try_locked(false, &mut wakers);
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
    /// The same select, on behalf of the program's `place`.
    pub(crate) fn at(mut self, place: &'static Location<'static>) -> Select<'a, S> {
        self.place = place;
        self
    }

    /// Where the program selects.
    pub(super) fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// The operation.
    ///
    /// # Safety
    /// The select is parked.
    #[inline]
    unsafe fn waiter(&self) -> &Waiter {
        // SAFETY: parking has made the waiter.
        unsafe { self.waiter.assume_init_ref() }
    }

    /// The first poll.
    fn start(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        let Select { storage, place, phase, has_future, owner: owner_place, waiter, .. } = self;
        storage.with_parts(|mut parts| {
            *has_future = parts.look();
            if (*has_future || parts.any_ready())
                && let Some(index) = parts.try_each(cx)
            {
                *phase = Phase::Finished;
                return Poll::Ready(index);
            }
            let channels = parts.sort();
            let mut wakers = Wakers::default();
            // Not under the locks: cloning a foreign waker runs foreign code.
            let (waker, owner) = goroutine::waker_of(cx);
            parts.lock(channels);
            // SAFETY: all locks are held, and nothing is queued.
            let found = unsafe { parts.try_locked(false, &mut wakers) };
            let Some((index, attempt)) = found else {
                owner_place.write(owner);
                *phase = Phase::Parked;
                let waiter = waiter.write(Waiter::armed(waker));
                // SAFETY: nothing is queued yet; the locks are held; the waiter is pinned with this future, whose `Drop`
                // unlinks all cases now that it is parked.
                unsafe {
                    parts.order_to_queue(channels);
                    for at in 0..parts.order.len() {
                        let index = parts.order[at];
                        parts.case(index).queue_locked(waiter, index, &mut wakers);
                    }
                    parts.unlock(channels);
                }
                goroutine::park(reason(parts.slots), Some(*place));
                wakers.wake();
                return Poll::Pending;
            };
            // SAFETY: they were taken above.
            unsafe { parts.unlock(channels) };
            *phase = Phase::Finished;
            wakers.wake();
            parts.committed(index, attempt);
            Poll::Ready(index as usize)
        })
    }

    /// A peer has served one of the cases.
    fn finish(&mut self) -> Poll<usize> {
        self.phase = Phase::Finished;
        // SAFETY: it was parked, the waiter is done, and this is the owner.
        let chosen = unsafe { self.waiter().chosen() };
        let slots = self.storage.slots();
        unlink_all_but(slots, Some(chosen));
        let mut chosen_case = case(slots, chosen);
        // SAFETY: the waiter is done and this case was chosen.
        if !unsafe { chosen_case.as_mut().served() } {
            texts::throw(texts::SEND_ON_CLOSED, chosen_case.place());
        }
        Poll::Ready(chosen as usize)
    }

    /// A case was committed by the select itself, which was parked: leaves all queues.
    fn finish_busy(&mut self, wakers: &mut Wakers) {
        self.phase = Phase::Finished;
        unlink_all_but(self.storage.slots(), None);
        // Before the select's own waker goes, which may run foreign code.
        wakers.wake();
        // SAFETY: it was parked, and nobody knows of the waiter any more.
        unsafe { self.waiter.assume_init_drop() };
    }

    /// A later poll by something that is not the goroutine's own executor: stores another waker.
    #[cold]
    fn again(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        let (mut waker, owner) = goroutine::waker_of(cx);
        self.owner.write(owner);
        // SAFETY: it is parked.
        let waiter = unsafe { self.waiter.assume_init_ref() };
        let waits = self.storage.with_parts(|mut parts| {
            let channels = parts.lock_all();
            // SAFETY: this is the owner, and it holds all locks, which were taken above.
            unsafe {
                let waits = waiter.swap_waker(&mut waker);
                parts.unlock(channels);
                waits
            }
        });
        if waits { Poll::Pending } else { self.finish() }
    }

    /// Tells what may wake the select, which has no futures. A nil case never does.
    #[cold]
    fn tell(&mut self) {
        let cases = self.storage.slots().iter().flatten();
        self.asked = inspect::tell(self.asked, |sources| cases.for_each(|case| case.sources(sources)));
    }

    /// A later poll of a select with futures.
    fn look(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        // SAFETY: it is parked.
        match unsafe { self.waiter() }.poke() {
            Poke::Busy => self.phase = Phase::Looking,
            Poke::Done => return self.finish(),
            Poke::Claimed => {
                // The peer holds one of the locks until it is done.
                self.storage.with_parts(|mut parts| parts.wait_for_peers());
                return self.finish();
            }
        }
        if let Some(index) = self.storage.with_parts(|mut parts| parts.poll_futures(cx)) {
            self.finish_busy(&mut Wakers::default());
            return Poll::Ready(index);
        }
        // SAFETY: it is parked.
        let owner = unsafe { self.owner.assume_init() };
        if owner == 0 || owner != goroutine::owner_of(cx) {
            let (waker, owner) = goroutine::waker_of(cx);
            self.owner.write(owner);
            // SAFETY: it is parked, this is the owner, and `poke` gave it `BUSY`.
            unsafe { self.waiter().set_waker(waker) };
        }
        self.phase = Phase::Parked;
        // SAFETY: it is parked.
        let waiter = unsafe { self.waiter.assume_init_ref() };
        if waiter.resume() {
            return Poll::Pending;
        }
        // A peer passed by meanwhile: look at the channels.
        let mut wakers = Wakers::default();
        let found = self.storage.with_parts(|mut parts| {
            let channels = parts.lock_all();
            // SAFETY: all locks are held, and the waiter is busy; they were taken above.
            unsafe {
                let found = parts.try_locked(true, &mut wakers);
                if found.is_none() {
                    waiter.resume_checked();
                }
                parts.unlock(channels);
                found
            }
        });
        let Some((index, attempt)) = found else {
            wakers.wake();
            return Poll::Pending;
        };
        // The waiter is still busy, so nobody serves the other cases.
        self.finish_busy(&mut wakers);
        committed(self.storage.slots(), index, attempt);
        Poll::Ready(index as usize)
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
            // SAFETY: it is parked.
            Phase::Parked if unsafe { this.waiter() }.is_done() => this.finish(),
            Phase::Parked => {
                goroutine::park(reason(this.storage.slots()), Some(this.place));
                // SAFETY: it is parked.
                let owner = unsafe { this.owner.assume_init() };
                if this.has_future {
                    this.look(cx)
                } else if owner != 0 && owner == goroutine::owner_of(cx) {
                    if inspect::is_asked() {
                        this.tell();
                    }
                    Poll::Pending
                } else {
                    this.again(cx)
                }
            }
            Phase::Looking => panic!("a select was polled after one of its futures had panicked"),
            Phase::Finished => panic!("a select was polled after it had ended"),
        }
    }
}

impl<'a, S: Storage<'a>> Drop for Select<'a, S> {
    fn drop(&mut self) {
        if !matches!(self.phase, Phase::Parked | Phase::Looking) {
            return;
        }
        let slots = self.storage.slots();
        unlink_all_but(slots, None);
        // SAFETY: it is parked; this is the owner, and all cases are unlinked, so nobody knows of the waiter any more.
        unsafe {
            let waiter = self.waiter.assume_init_ref();
            if waiter.is_done() {
                case(slots, waiter.chosen()).give_back();
            }
            self.waiter.assume_init_drop();
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
