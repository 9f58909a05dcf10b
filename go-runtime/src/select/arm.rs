//! An arm of a `select!` as the statement begins with it: no more than its operands.
//!
//! What is ready is committed at once: [`ready`] looks at all channels without their locks and chooses one, whose
//! [`Arm::commit`] takes one lock. Only a select that has to wait turns its arms into cases, and those that are all not
//! ready leave a select with a default without any lock.
//!
//! # Invariants
//! 1. A channel whose sign is down was not ready at the instant of the look (see `chan::core`). Two looks in a row that
//!    find the same words, all of them down, say that there was an instant at which none was ready. So `default` is
//!    chosen only if nothing could go on, as with all locks held. Like Go's own look without the lock, this orders nothing
//!    else in the program.
//! 2. Of those whose signs are up each is chosen with the same probability. A sign may be up for nothing; then the select
//!    begins again with its cases.

use std::fmt;
use std::future::Future;
use std::panic::Location;

use super::case::Case;
use super::engine::DEFAULT;
use super::future::{FutureCase, FutureOutput};
use super::recv::{RecvCase, RecvOutput};
use super::send::SendCase;
use crate::chan::{Core, Outcome};
use crate::goroutine;
use crate::texts;

/// The bit of a look that says that the arm may be ready.
const READY: u64 = 1;
/// The look of an arm that has to be polled. A channel never looks so: it puts up a sign each time it counts.
const POLL: u64 = u64::MAX;
/// More arms than this are left to the cases.
const MOST: usize = 64;

/// An arm.
pub trait Arm {
    /// What it yields when chosen.
    type Output;
    /// What it becomes when the select has to wait.
    type Case: Case;
    /// A word that tells whether the arm may be ready, and changes whenever it becomes so.
    fn look(&self) -> u64;
    /// Commits the arm, if that needs no waiting.
    fn commit(&mut self) -> Option<Self::Output>;
    /// The case.
    fn case(self) -> Self::Case;
}

/// `case <-ch`
pub struct RecvArm<'a, T> {
    /// The channel, `None` for nil.
    core: Option<&'a Core<T>>,
    /// Where the handle lies that this borrows.
    handle: usize,
    /// Where the program wrote the case.
    place: &'static Location<'static>,
}

/// `case ch <- v`
pub struct SendArm<'a, T> {
    /// The channel, `None` for nil.
    core: Option<&'a Core<T>>,
    /// Where the handle lies that this borrows.
    handle: usize,
    /// Where the program wrote the case.
    place: &'static Location<'static>,
    /// The value until it is sent.
    value: Option<T>,
}

impl<'a, T> RecvArm<'a, T> {
    /// A receive from `core`, whose handle is `handle`.
    #[inline]
    pub(crate) fn new<H>(
        core: Option<&'a Core<T>>,
        handle: &'a H,
        place: &'static Location<'static>,
    ) -> RecvArm<'a, T> {
        RecvArm { core, handle: std::ptr::from_ref(handle).addr(), place }
    }
}

impl<'a, T> SendArm<'a, T> {
    /// A send of `value` to `core`, whose handle is `handle`.
    #[inline]
    pub(crate) fn new<H>(
        core: Option<&'a Core<T>>,
        handle: &'a H,
        value: T,
        place: &'static Location<'static>,
    ) -> SendArm<'a, T> {
        SendArm { core, handle: std::ptr::from_ref(handle).addr(), place, value: Some(value) }
    }
}

impl<'a, T> Arm for RecvArm<'a, T> {
    type Output = RecvOutput<T>;
    type Case = RecvCase<'a, T>;

    #[inline]
    fn look(&self) -> u64 {
        self.core.map_or(0, Core::look_receive)
    }

    #[inline]
    fn commit(&mut self) -> Option<RecvOutput<T>> {
        match self.core?.receive_now() {
            Outcome::Done(value) => Some(RecvOutput::new(Some(value))),
            Outcome::Closed => Some(RecvOutput::new(None)),
            Outcome::Wait => None,
        }
    }

    #[inline]
    fn case(self) -> RecvCase<'a, T> {
        RecvCase::of(self.core, self.handle, self.place)
    }
}

impl<'a, T> Arm for SendArm<'a, T> {
    type Output = ();
    type Case = SendCase<'a, T>;

    #[inline]
    fn look(&self) -> u64 {
        self.core.map_or(0, Core::look_send)
    }

    #[inline]
    fn commit(&mut self) -> Option<()> {
        match self.core?.send_now(&mut self.value) {
            Outcome::Done(()) => Some(()),
            Outcome::Closed => texts::throw(texts::SEND_ON_CLOSED, self.place),
            Outcome::Wait => None,
        }
    }

    #[inline]
    fn case(self) -> SendCase<'a, T> {
        SendCase::of(self.core, self.handle, self.value, self.place)
    }
}

impl<F: Future> Arm for FutureCase<F> {
    type Output = FutureOutput<F::Output>;
    type Case = FutureCase<F>;

    #[inline]
    fn look(&self) -> u64 {
        POLL
    }

    #[inline]
    fn commit(&mut self) -> Option<FutureOutput<F::Output>> {
        None
    }

    #[inline]
    fn case(self) -> FutureCase<F> {
        self
    }
}

/// The number of an arm that may be ready, each of them equally likely; `N` if the select must begin with its cases.
#[inline]
pub fn ready<const N: usize>(look: impl Fn() -> [u64; N]) -> usize {
    choose(look()).unwrap_or(N)
}

/// As [`ready`] for a select with a default: `usize::MAX` if there was an instant at which no arm was ready.
#[inline]
pub fn ready_or_default<const N: usize>(look: impl Fn() -> [u64; N]) -> usize {
    let looks = look();
    if none_ready(&looks, look) && goroutine::pay() {
        return DEFAULT;
    }
    choose(looks).unwrap_or(N)
}

/// Whether there was an instant after the first look at which no arm was ready; `look` looks again.
#[inline]
pub(crate) fn none_ready<const N: usize>(looks: &[u64; N], look: impl Fn() -> [u64; N]) -> bool {
    // One look is an instant.
    looks.iter().all(|look| look & READY == 0) && (N < 2 || look() == *looks)
}

/// Chooses among the arms that may be ready, and pays for the operation.
#[inline]
fn choose<const N: usize>(looks: [u64; N]) -> Option<usize> {
    let (mut set, mut count) = (0_u64, 0);
    for (at, look) in looks.iter().enumerate() {
        if *look == POLL || at == MOST {
            return None;
        }
        set |= (look & READY) << at;
        count += (look & READY) as u32;
    }
    if count == 0 || !goroutine::pay() {
        return None;
    }
    if count > 1 {
        for _ in 0..goroutine::random(count) {
            // Takes the lowest one out.
            set &= set - 1;
        }
    }
    Some(set.trailing_zeros() as usize)
}

impl<T> fmt::Debug for RecvArm<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvArm").field("place", &self.place).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for SendArm<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendArm").field("place", &self.place).finish_non_exhaustive()
    }
}
