//! How goroutines are asked what they wait on: the other half of `runtime::leaked`.
//!
//! Whoever asks makes every goroutine be polled once more, in three passes. An operation that is still parked then tells
//! what could wake it: a channel, a lock, a wait group, a condition, the several channels of a select, a context and those
//! above it. Of each it says how many handles there are through which that can happen, and where the one lies that it
//! borrows itself; the executor adds where the goroutine's own memory lies and how many wakers of it are out. Nothing of
//! this costs an operation that is not asked anything.
//!
//! # Invariants
//! 1. A report counts for the pass in which it arrives, and only if everything in it was told in that pass; passes change
//!    under the lock of the reports. So whatever counts for a pass was seen after the end of the pass before.
//! 2. An operation remembers the pass in which it was asked last, and a new one was asked in none. So one that was asked
//!    in three passes has been parked from the first to the third.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use super::record;
use crate::shim::{Lazy, LazyArc};

/// The pass that is under way; 0 if nobody asks.
static PASS: AtomicU8 = AtomicU8::new(0);
/// What goroutines have reported in this pass.
static REPORTS: Mutex<Vec<Report>> = Mutex::new(Vec::new());

/// What may wake a parked operation.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// The object's address: a channel, a lock, a group, a condition, a context.
    pub(crate) object: usize,
    /// How many handles there are through which it can wake the operation; `None` if that may happen otherwise.
    pub(crate) handles: Option<usize>,
    /// Where the one lies that the operation borrows, if it does: not one of a context, which cannot cancel it.
    pub(crate) handle: Option<usize>,
}

/// A handle that an operation borrows, or an object that is used without any.
pub(crate) trait Handle {
    /// What the operation can be woken through.
    fn source(&self) -> Source;
}

impl<T: Lazy> Handle for LazyArc<T> {
    fn source(&self) -> Source {
        Source { object: self.pointer().addr(), handles: self.handles(), handle: Some(std::ptr::from_ref(self).addr()) }
    }
}

impl Source {
    /// An object that is not behind handles: whoever owns the memory in which it lies uses it, and nobody else.
    pub(crate) fn in_place<T>(object: &T) -> Source {
        let address = std::ptr::from_ref(object).addr();
        Source { object: address, handles: Some(1), handle: Some(address) }
    }
}

/// What a parked operation tells.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// What may wake it; nothing if all of it is nil.
    pub(crate) sources: Vec<Source>,
    /// Whether the operation has told the same in every pass so far.
    steady: bool,
    /// The pass.
    pass: u8,
    /// The goroutine's own number.
    goroutine: u64,
}

/// What a goroutine reports that is parked.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    /// The goroutine's own number.
    pub(crate) goroutine: u64,
    /// How many wakers of it are out.
    pub(crate) wakers: usize,
    /// Where its memory lies.
    pub(crate) memory: Range<usize>,
    /// What its operations told.
    pub(crate) told: Vec<Told>,
}

impl Report {
    /// Everything that may wake the goroutine.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.told.iter().flat_map(|told| &told.sources)
    }
}

thread_local! {
    /// What operations have told during the current poll.
    static TOLD: RefCell<Vec<Told>> = const { RefCell::new(Vec::new()) };
}

/// Whether somebody asks.
#[inline]
pub(crate) fn is_asked() -> bool {
    PASS.load(Ordering::Relaxed) != 0
}

/// A parked operation of the current goroutine, of which one waker is out, tells what may wake it, which `add` adds; `last`
/// is the pass in which it was asked last. The pass in which it is asked now.
#[cold]
pub(crate) fn tell(last: u8, add: impl FnOnce(&mut Vec<Source>)) -> u8 {
    // Acquire: pairs with the release in `begin`; what is counted below is counted after the pass has begun.
    let pass = PASS.load(Ordering::Acquire);
    if pass != 0
        && let Some(record) = record()
    {
        let steady = pass == 1 || last + 1 == pass;
        let mut sources = Vec::new();
        add(&mut sources);
        let told = Told { sources, steady, pass, goroutine: record.incarnation() };
        // A thread that is being torn down tells nothing, and its goroutine is not reported.
        let _ = TOLD.try_with(|all| all.borrow_mut().push(told));
    }
    pass
}

/// The executor reports a goroutine whose poll has ended and which was not woken meanwhile.
#[cold]
pub(crate) fn report(goroutine: u64, wakers: usize, memory: Range<usize>) {
    let mut told = TOLD.try_with(RefCell::take).unwrap_or_default();
    // A poll that ended in another way has left what it told.
    told.retain(|told| told.goroutine == goroutine);
    let mut reports = REPORTS.lock().unwrap_or_else(PoisonError::into_inner);
    let pass = PASS.load(Ordering::Relaxed);
    if pass != 0 && told.iter().all(|told| told.pass == pass && told.steady) {
        reports.push(Report { goroutine, wakers, memory, told });
    }
}

/// Begins a pass, or ends the last one with 0; what was reported in the one before.
pub(crate) fn begin(pass: u8) -> Vec<Report> {
    let mut reports = REPORTS.lock().unwrap_or_else(PoisonError::into_inner);
    // Release: pairs with the acquire in `tell`.
    PASS.store(pass, Ordering::Release);
    std::mem::take(&mut *reports)
}

/// How many goroutines have reported in this pass.
pub(crate) fn count() -> usize {
    REPORTS.lock().unwrap_or_else(PoisonError::into_inner).len()
}
