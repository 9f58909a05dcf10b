//! Where a select keeps its cases, and what can be done with all of them.

use std::marker::PhantomData;
use std::pin::Pin;
use std::ptr;
use std::task::Context;

use super::case::{Attempt, Case};
use crate::chan::{Door, Wakers};
use crate::goroutine::{self, WaitReason};
use crate::shim::{AtomicU64, Head};
use crate::texts;

/// The place of one case.
pub(super) type Slot<'a> = Option<Pin<&'a mut (dyn Case + 'a)>>;

/// Where a select keeps its cases.
pub trait Storage<'a> {
    /// The cases.
    fn slots(&mut self) -> &mut [Slot<'a>];
    /// Runs `f` with the cases and room to work with them.
    fn with_parts<R>(&mut self, f: impl FnOnce(Parts<'a, '_>) -> R) -> R;
}

/// The cases of a select that is at work, and what is noted of them meanwhile. One list a property: what was just written
/// in words is not to be read as a whole.
#[allow(missing_debug_implementations, reason = "a view that lives for one call")]
pub struct Parts<'a, 's> {
    /// The cases.
    pub(super) slots: &'s mut [Slot<'a>],
    /// The numbers of the cases in the order in which they are tried.
    pub(super) order: &'s mut [u32],
    /// Each case's channel, as its [`Door`] says.
    pub(super) heads: &'s mut [*const Channel],
    /// Each case's sign, as its [`Door`] says.
    pub(super) signs: &'s mut [u64],
    /// The channels by their addresses, once sorted.
    pub(super) sorted: &'s mut [*const Channel],
}

/// A channel's lock and signs.
type Channel = Head<AtomicU64>;

/// Up to so many cases are sorted by insertion; more of them cost too much that way.
const FEW: usize = 16;

/// The cases of a `select!`: `N` of them, of the types listed in `M`.
#[allow(missing_debug_implementations, reason = "the cases have no types left to print")]
pub struct Static<'a, M, const N: usize> {
    /// The cases.
    slots: [Slot<'a>; N],
    /// How many cases are in place.
    len: usize,
    /// Each case's type, for `Send`.
    types: PhantomData<M>,
}

// SAFETY: `case` and `group` are the only ways to put cases in, and they add the cases' types to `M`; so if `M` may go
// to another thread, so may every case, and a mutable borrow of it.
unsafe impl<M: Send, const N: usize> Send for Static<'_, M, N> {}

/// Room for `N` cases.
#[must_use]
pub fn cases_of<'a, const N: usize>() -> Static<'a, (), N> {
    Static { slots: [const { None }; N], len: 0, types: PhantomData }
}

impl<'a, M, const N: usize> Static<'a, M, N> {
    /// The same cases and one more.
    #[must_use]
    #[inline]
    pub fn case<C: Case + 'a>(self, case: Pin<&'a mut C>) -> Static<'a, (C, M), N> {
        let Static { mut slots, len, .. } = self;
        slots[len] = Some(case);
        Static { slots, len: len + 1, types: PhantomData }
    }
}

impl<'a, M, const N: usize> Static<'a, M, N> {
    /// The same cases and some more. The types nest by groups, so that a select of hundreds of cases stays within the
    /// compiler's limits.
    #[must_use]
    #[inline]
    pub fn group<G: Group<'a>>(self, group: G) -> Static<'a, (G, M), N> {
        let Static { mut slots, len, .. } = self;
        let added = group.put(&mut slots[len..]);
        Static { slots, len: len + added, types: PhantomData }
    }
}

/// Some cases: a tuple of pinned ones. Implemented here only, so that what it puts in is what its type says.
pub trait Group<'a> {
    /// Puts the cases into the first slots: how many they are.
    fn put(self, slots: &mut [Slot<'a>]) -> usize;
}

/// Implements [`Group`] for a tuple and for all shorter ones.
macro_rules! groups {
    () => {
        impl<'a> Group<'a> for () {
            fn put(self, _slots: &mut [Slot<'a>]) -> usize {
                0
            }
        }
    };
    ($first:ident $($rest:ident)*) => {
        impl<'a, $first: Case + 'a, $($rest: Case + 'a),*> Group<'a> for (Pin<&'a mut $first>, $(Pin<&'a mut $rest>,)*) {
            #[inline]
            #[allow(non_snake_case, reason = "each variable is called like its type")]
            fn put(self, slots: &mut [Slot<'a>]) -> usize {
                let ($first, $($rest,)*) = self;
                let cases: [Slot<'a>; _] = [Some($first), $(Some($rest)),*];
                let count = cases.len();
                for (slot, case) in slots.iter_mut().zip(cases) {
                    *slot = case;
                }
                count
            }
        }
        groups!($($rest)*);
    };
}

groups!(A B C D E F G H I J K L);

impl<'a, M, const N: usize> Storage<'a> for Static<'a, M, N> {
    #[inline]
    fn slots(&mut self) -> &mut [Slot<'a>] {
        &mut self.slots
    }

    #[inline]
    fn with_parts<R>(&mut self, f: impl FnOnce(Parts<'a, '_>) -> R) -> R {
        f(Parts {
            slots: &mut self.slots,
            order: &mut [0; N],
            heads: &mut [ptr::null(); N],
            signs: &mut [0; N],
            sorted: &mut [ptr::null(); N],
        })
    }
}

/// The case with this number.
#[inline]
pub(super) fn case<'s, 'a>(slots: &'s mut [Slot<'a>], index: u32) -> Pin<&'s mut (dyn Case + 'a)> {
    match slots.get_mut(index as usize) {
        Some(Some(case)) => case.as_mut(),
        _ => unreachable!("every number in an order names a case"),
    }
}

/// Ends an attempt of the case `index`: panics if a send met a closed channel.
#[inline]
pub(super) fn committed(slots: &mut [Slot<'_>], index: u32, attempt: Attempt) -> bool {
    match attempt {
        Attempt::Committed => true,
        Attempt::Wait => false,
        Attempt::Closed => texts::throw(texts::SEND_ON_CLOSED, case(slots, index).place()),
    }
}

/// Takes every case but one out of its channel's queue.
pub(super) fn unlink_all_but(slots: &mut [Slot<'_>], chosen: Option<u32>) {
    for (index, case) in slots.iter_mut().enumerate() {
        if let (true, Some(case)) = (chosen != Some(index as u32), case) {
            case.as_mut().unlink();
        }
    }
}

/// What a report calls this select: a select of one channel reads as the plain operation.
pub(super) fn reason(slots: &[Slot<'_>]) -> WaitReason {
    match slots {
        [Some(case)] => case.reason(),
        _ => WaitReason::Select,
    }
}

/// The cases in a random order, each order equally likely.
pub(super) fn shuffle(order: &mut [u32]) {
    for i in 0..order.len() {
        let j = goroutine::random(i as u32 + 1) as usize;
        order[i] = order[j];
        order[j] = i as u32;
    }
}

impl<'a> Parts<'a, '_> {
    /// The case with this number.
    #[inline]
    pub(super) fn case(&mut self, index: u32) -> Pin<&mut (dyn Case + 'a)> {
        case(self.slots, index)
    }

    /// As [`committed`].
    #[inline]
    pub(super) fn committed(&mut self, index: u32, attempt: Attempt) -> bool {
        committed(self.slots, index, attempt)
    }

    /// Asks each case where it waits. Whether there are futures.
    pub(super) fn look(&mut self) -> bool {
        let mut has_future = false;
        for (at, case) in self.slots.iter().enumerate() {
            let Door { head, sign } = case.as_ref().map_or(Door::NIL, |case| case.door());
            self.heads[at] = head;
            self.signs[at] = sign;
            has_future |= self.door(at).is_future();
        }
        has_future
    }

    /// Where a case waits that was asked.
    #[inline]
    fn door(&self, at: usize) -> Door {
        Door { head: self.heads[at], sign: self.signs[at] }
    }

    /// Whether a channel's sign is up.
    pub(super) fn any_ready(&self) -> bool {
        // SAFETY: the cases keep their channels.
        (0..self.heads.len()).any(|at| unsafe { self.door(at).is_ready() })
    }

    /// Says in which order cases that all have to wait are queued: at random if two are of one channel, since a peer finds the
    /// first of them.
    pub(super) fn order_to_queue(&mut self, channels: usize) {
        if self.sorted[..channels].windows(2).any(|two| two[0] == two[1]) {
            shuffle(self.order);
        } else {
            (0..).zip(self.order.iter_mut()).for_each(|(at, place)| *place = at);
        }
    }

    /// Tries each case in a random order, one lock at a time; they were asked where they wait.
    pub(super) fn try_each(&mut self, cx: &mut Context<'_>) -> Option<usize> {
        shuffle(self.order);
        for at in 0..self.order.len() {
            let index = self.order[at];
            let door = self.door(index as usize);
            // SAFETY: the case keeps its channel.
            if unsafe { door.is_ready() } {
                let mut wakers = Wakers::default();
                let attempt = self.case(index).attempt(&mut wakers);
                wakers.wake();
                if self.committed(index, attempt) {
                    return Some(index as usize);
                }
            } else if door.is_future() && self.case(index).poll_future(cx) {
                return Some(index as usize);
            }
        }
        None
    }

    /// Polls the futures in a random order.
    pub(super) fn poll_futures(&mut self, cx: &mut Context<'_>) -> Option<usize> {
        shuffle(self.order);
        for at in 0..self.order.len() {
            let index = self.order[at];
            if self.case(index).door().is_future() && self.case(index).poll_future(cx) {
                return Some(index as usize);
            }
        }
        None
    }

    /// Sorts the channels by address; how many cases have one. They were asked.
    pub(super) fn sort(&mut self) -> usize {
        let few = self.heads.len() <= FEW;
        let mut channels = 0;
        for head in self.heads.iter().filter(|head| !head.is_null()) {
            let mut at = channels;
            while few && at > 0 && self.sorted[at - 1] > *head {
                self.sorted[at] = self.sorted[at - 1];
                at -= 1;
            }
            self.sorted[at] = *head;
            channels += 1;
        }
        if !few {
            self.sorted[..channels].sort_unstable();
        }
        channels
    }

    /// Each distinct channel and its number, in the order of the addresses.
    #[inline]
    fn each_channel(&self, channels: usize, f: impl Fn(&Channel, usize)) {
        let (mut last, mut number) = (ptr::null(), 0);
        for head in &self.sorted[..channels] {
            if *head != last {
                // SAFETY: the cases keep their channels.
                f(unsafe { &**head }, number);
                last = *head;
                number += 1;
            }
        }
    }

    /// Takes every channel's lock, in the order of their addresses.
    pub(super) fn lock(&self, channels: usize) {
        self.each_channel(channels, |channel, number| channel.gate.enter(number));
    }

    /// Gives every channel's lock back.
    ///
    /// # Safety
    /// The caller took them with `lock`.
    pub(super) unsafe fn unlock(&self, channels: usize) {
        // SAFETY: the caller's promise.
        self.each_channel(channels, |channel, number| unsafe { channel.gate.leave(number) });
    }

    /// Asks each case where it waits and takes every channel's lock; how many cases have a channel.
    pub(super) fn lock_all(&mut self) -> usize {
        self.look();
        let channels = self.sort();
        self.lock(channels);
        channels
    }

    /// Takes every channel's lock at once and gives them back: whoever held one is through.
    pub(super) fn wait_for_peers(&mut self) {
        let channels = self.lock_all();
        // SAFETY: they were taken just now.
        unsafe { self.unlock(channels) };
    }

    /// Tries each case in a random order while all locks are held. Unless they are `queued`, nothing is tried while all
    /// signs are down.
    ///
    /// # Safety
    /// The caller holds all locks, and the cases are not queued or their waiter is busy.
    pub(super) unsafe fn try_locked(&mut self, queued: bool, wakers: &mut Wakers) -> Option<(u32, Attempt)> {
        if !queued && !self.any_ready() {
            return None;
        }
        shuffle(self.order);
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
}
