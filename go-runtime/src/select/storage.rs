//! Where a select keeps its cases, and what can be done with all of them.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::Context;

use super::case::{Attempt, Case, Kind};
use crate::chan::Wakers;
use crate::goroutine::{self, WaitReason};
use crate::texts;

/// The place of one case.
pub(super) type Slot<'a> = Option<Pin<&'a mut (dyn Case + 'a)>>;

/// Where a select keeps its cases.
pub trait Storage<'a> {
    /// The cases, and room for two orders of them.
    fn parts(&mut self) -> Parts<'a, '_>;
}

/// A storage's parts.
#[allow(missing_debug_implementations, reason = "a view that lives for one call")]
pub struct Parts<'a, 's> {
    /// The cases.
    pub(super) slots: &'s mut [Slot<'a>],
    /// The numbers of the cases in the order in which they are tried.
    pub(super) order: &'s mut [u32],
    /// The channel cases in the order of their channels' addresses, once sorted.
    pub(super) by_address: &'s mut [Placed],
}

/// A case at its place in the order of the channels' addresses.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Placed {
    /// The channel's address.
    address: usize,
    /// The case's number.
    index: u32,
}

/// Up to so many cases are sorted by insertion; more of them cost too much that way.
const FEW: usize = 16;

/// The cases of a `select!`: `N` of them, of the types listed in `M`.
#[allow(missing_debug_implementations, reason = "the cases have no types left to print")]
pub struct Static<'a, M, const N: usize> {
    /// The cases.
    slots: [Slot<'a>; N],
    /// See [`Parts`].
    order: [u32; N],
    /// See [`Parts`].
    by_address: [Placed; N],
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
    Static {
        slots: [const { None }; N],
        order: [0; N],
        by_address: [Placed { address: 0, index: 0 }; N],
        len: 0,
        types: PhantomData,
    }
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

impl<'a, M, const N: usize> Static<'a, M, N> {
    /// The same cases and some more. The types nest by groups, so that a select of hundreds of cases stays within the
    /// compiler's limits.
    #[must_use]
    #[inline]
    pub fn group<G: Group<'a>>(self, group: G) -> Static<'a, (G, M), N> {
        let Static { mut slots, order, by_address, len, .. } = self;
        let added = group.put(&mut slots[len..]);
        Static { slots, order, by_address, len: len + added, types: PhantomData }
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
    fn parts(&mut self) -> Parts<'a, '_> {
        Parts { slots: &mut self.slots, order: &mut self.order, by_address: &mut self.by_address }
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
        match self.slots.get_mut(index as usize) {
            Some(Some(case)) => case.as_mut(),
            _ => unreachable!("every number in an order names a case"),
        }
    }

    /// Ends an attempt of the case `index`: panics if a send met a closed channel.
    pub(super) fn committed(&mut self, index: u32, attempt: Attempt) -> bool {
        match attempt {
            Attempt::Committed => true,
            Attempt::Wait => false,
            Attempt::Closed => texts::throw(texts::SEND_ON_CLOSED, self.case(index).place()),
        }
    }

    /// Tries each case in the random order, one lock at a time; also notes whether there are futures.
    pub(super) fn try_each(&mut self, cx: &mut Context<'_>, has_future: &mut bool) -> Option<usize> {
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
    pub(super) fn poll_futures(&mut self, cx: &mut Context<'_>) -> Option<usize> {
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
    pub(super) fn sort(&mut self) -> usize {
        let few = self.slots.len() <= FEW;
        let mut channels = 0;
        for index in 0..self.slots.len() as u32 {
            let Kind::Channel(address) = self.case(index).kind() else { continue };
            let mut at = channels;
            while few && at > 0 && self.by_address[at - 1].address > address {
                self.by_address[at] = self.by_address[at - 1];
                at -= 1;
            }
            self.by_address[at] = Placed { address, index };
            channels += 1;
        }
        if !few {
            self.by_address[..channels].sort_unstable_by_key(|placed| placed.address);
        }
        channels
    }

    /// Calls `f` for one case of each distinct channel, in the order of the addresses.
    #[inline]
    fn each_channel(&mut self, channels: usize, f: impl Fn(&dyn Case)) {
        let mut last = 0;
        for at in 0..channels {
            let Placed { address, index } = self.by_address[at];
            if address != last {
                f(&*self.case(index));
                last = address;
            }
        }
    }

    /// Takes every channel's lock.
    pub(super) fn lock(&mut self, channels: usize) {
        self.each_channel(channels, |case| case.lock());
    }

    /// Gives every channel's lock back.
    ///
    /// # Safety
    /// The caller took them with `lock`.
    pub(super) unsafe fn unlock(&mut self, channels: usize) {
        // SAFETY: the caller's promise.
        self.each_channel(channels, |case| unsafe { case.unlock() });
    }

    /// Tries each case in the random order while all locks are held.
    ///
    /// # Safety
    /// The caller holds all locks, and the cases are not queued or their waiter is busy.
    pub(super) unsafe fn try_locked(&mut self, wakers: &mut Wakers) -> Option<(u32, Attempt)> {
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

    /// Takes every case but one out of its channel's queue.
    pub(super) fn unlink_all_but(&mut self, chosen: Option<u32>) {
        for (index, case) in self.slots.iter_mut().enumerate() {
            if let (true, Some(case)) = (chosen != Some(index as u32), case) {
                case.as_mut().unlink();
            }
        }
    }

    /// What a report calls this select: a select of one channel reads as the plain operation.
    pub(super) fn reason(&mut self) -> WaitReason {
        match self.slots {
            [Some(case)] => case.reason(),
            _ => WaitReason::Select,
        }
    }
}
