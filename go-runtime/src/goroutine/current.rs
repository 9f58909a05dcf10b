//! The thread's current goroutine.
//!
//! A goroutine is polled with a waker of this crate's making whose *clone* is counted (see `rt::task`): whoever clones
//! it is a stranger that may wake the goroutine at any time. The core never clones it: [`waker_of`] recognises it and
//! hands out the executor's own waker. So a goroutine without outstanding clones can be woken by this crate alone,
//! which is what makes the deadlock report exact.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::ptr;
use std::sync::OnceLock;
use std::task::{Context, Poll, RawWakerVTable, Waker};

use super::{Record, WaitReason, spare};

/// Operations that a goroutine may do before it gives way to the others.
const BUDGET: u32 = 512;

/// The goroutine that the executor polls; one for all the goroutines that a drain polls one after the other.
pub(crate) struct Current {
    /// The goroutine's record; `None` between two goroutines.
    record: Cell<Option<&'static Record>>,
    /// The data pointer of the waker that goroutines are polled with.
    outer: Cell<*const ()>,
    /// The data pointer of the executor's own waker.
    inner: Cell<*const ()>,
    /// The functions of the executor's own wakers.
    vtable: &'static RawWakerVTable,
    /// What is left of its budget.
    budget: Cell<u32>,
    /// Whether the reference that the executor's own waker stands for was given away.
    lent: Cell<bool>,
}

impl Current {
    /// For goroutines whose executor's own wakers have these functions.
    ///
    /// # Safety
    /// With the data given to [`Current::poll`] they make a waker that is `Send` and `Sync`.
    #[inline]
    pub(crate) unsafe fn new(vtable: &'static RawWakerVTable) -> Current {
        Current {
            record: Cell::new(None),
            outer: Cell::new(ptr::null()),
            inner: Cell::new(ptr::null()),
            vtable,
            budget: Cell::new(0),
            lent: Cell::new(false),
        }
    }

    /// Goroutines will be polled with the waker whose data is `outer`.
    #[inline]
    pub(crate) fn set_outer(&self, outer: *const ()) {
        self.outer.set(outer);
    }

    /// Runs `poll`, which polls the goroutine of `record`, inside [`enter`].
    ///
    /// `inner` is the data of the executor's own waker, and stands for one reference. Whether that was given away, as it is
    /// with the first waker that the poll asks for, is told with the result.
    ///
    /// # Safety
    /// `inner` is valid until `poll` returns, which does not panic.
    #[inline]
    pub(crate) unsafe fn poll<R>(
        &self,
        record: &'static Record,
        inner: *const (),
        poll: impl FnOnce() -> R,
    ) -> (R, bool) {
        self.inner.set(inner);
        self.budget.set(BUDGET);
        self.lent.set(false);
        self.record.set(Some(record));
        record.set_running();
        let polled = poll();
        self.record.set(None);
        (polled, self.lent.get())
    }

    /// The executor's own waker, for the length of the poll.
    #[inline]
    pub(crate) fn inner(&self) -> ManuallyDrop<Waker> {
        // SAFETY: the promises of `new` and `poll`; the reference that it stands for is not given away by this.
        ManuallyDrop::new(unsafe { Waker::new(self.inner.get(), self.vtable) })
    }
}

/// The thread's state.
struct Local {
    /// The goroutine that is being polled; null if there is none.
    current: Cell<*const Current>,
    /// Whether operations cost nothing: the thread itself waits for them.
    exempt: Cell<bool>,
    /// The state of the random numbers.
    seed: Cell<u64>,
}

thread_local! {
    static LOCAL: Local =
        const { Local { current: Cell::new(ptr::null()), exempt: Cell::new(false), seed: Cell::new(0) } };
}

/// The goroutine that is being polled on this thread, and its record.
#[inline]
fn current<'a>() -> Option<(&'a Current, &'static Record)> {
    // SAFETY: the pointer is null or was put there by `enter`, which takes it back before its `Current` goes. No caller
    // keeps the reference beyond a function of this file.
    let current = LOCAL.try_with(|local| unsafe { local.current.get().as_ref() }).ok().flatten()?;
    Some((current, current.record.get()?))
}

/// The budget of tasks that are not goroutines.
type ForeignBudget = fn(&mut Context<'_>) -> Poll<()>;
/// See [`set_foreign_budget`].
static FOREIGN_BUDGET: OnceLock<ForeignBudget> = OnceLock::new();

/// Says how a task that is not a goroutine pays for an operation.
pub(crate) fn set_foreign_budget(budget: ForeignBudget) {
    // A second runtime sets the same function again.
    let _ = FOREIGN_BUDGET.set(budget);
}

/// Runs `polls`, in which goroutines are polled by [`Current::poll`].
#[inline]
pub(crate) fn enter<R>(current: &Current, polls: impl FnOnce() -> R) -> R {
    /// Puts the outer goroutine back, also after a panic.
    struct Restore {
        /// The outer goroutine.
        current: *const Current,
    }
    impl Drop for Restore {
        #[inline]
        fn drop(&mut self) {
            spare::flush();
            LOCAL.with(|local| local.current.set(self.current));
        }
    }
    let _restore = Restore { current: LOCAL.with(|local| local.current.replace(current)) };
    polls()
}

/// Runs `wait`, in which the thread itself waits for an operation: it cannot give way to other tasks, so it does not
/// pay. With a budget to keep to, it would be told to come back later for ever.
pub(crate) fn exempt<R>(wait: impl FnOnce() -> R) -> R {
    /// Puts the mark back, also when `wait` panics.
    struct Restore {
        /// What it was.
        exempt: bool,
    }
    impl Drop for Restore {
        fn drop(&mut self) {
            // A thread that is being torn down has no budget either.
            let _ = LOCAL.try_with(|local| local.exempt.set(self.exempt));
        }
    }
    let _restore = Restore { exempt: LOCAL.try_with(|local| local.exempt.replace(true)).unwrap_or(true) };
    wait()
}

/// The record of the goroutine that runs on this thread.
pub(crate) fn record() -> Option<&'static Record> {
    current().map(|(_, record)| record)
}

/// Whether a goroutine runs on this thread.
pub(crate) fn is_inside() -> bool {
    current().is_some()
}

/// The goroutine, if `cx` is the context that the executor polls it with.
#[inline]
fn direct<'a>(cx: &Context<'_>) -> Option<(&'a Current, &'static Record)> {
    current().filter(|(current, _)| ptr::eq(cx.waker().data(), current.outer.get()))
}

/// A number that no other goroutine ever has, for the goroutine whose own context `cx` is; 0 if it is not a goroutine's.
#[inline]
pub(crate) fn owner_of(cx: &Context<'_>) -> u64 {
    direct(cx).map_or(0, |(_, record)| record.incarnation())
}

/// The waker of the goroutine whose own context `cx` is, and its [`owner_of`]. The executor's own waker runs no foreign
/// code, so it may be made under a lock.
#[inline]
pub(crate) fn own_waker_of(cx: &Context<'_>) -> Option<(Waker, u64)> {
    direct(cx).map(own_waker)
}

/// As [`own_waker_of`], for an operation that is about to wait at `place`, and notes that: cheaper than a [`park`] afterwards.
#[inline]
pub(crate) fn own_waker_to_park(
    cx: &Context<'_>,
    reason: WaitReason,
    place: &'static Location<'static>,
) -> Option<(Waker, u64)> {
    let (current, record) = direct(cx)?;
    record.set_waiting(reason, Some(place));
    Some(own_waker((current, record)))
}

/// The waker of a goroutine, and its own number.
#[inline]
fn own_waker((current, record): (&Current, &'static Record)) -> (Waker, u64) {
    let inner = current.inner();
    // The reference that the waker stands for can be given away once, which the mark sees to.
    let waker = if current.lent.replace(true) { Waker::clone(&inner) } else { ManuallyDrop::into_inner(inner) };
    (waker, record.incarnation())
}

/// A waker for `cx` and its [`owner_of`]. Not under a lock: cloning a foreign waker runs foreign code.
#[inline]
pub(crate) fn waker_of(cx: &Context<'_>) -> (Waker, u64) {
    own_waker_of(cx).unwrap_or_else(|| (cx.waker().clone(), 0))
}

/// Notes why and where the current goroutine waits.
#[inline]
pub(crate) fn park(reason: WaitReason, place: Option<&'static Location<'static>>) {
    if let Some(record) = record() {
        record.set_waiting(reason, place);
    }
}

/// Pays for one operation; pending (and woken at once) if it is the others' turn.
#[inline]
pub(crate) fn poll_budget(cx: &mut Context<'_>) -> Poll<()> {
    if let Some((current, _)) = current() {
        let left = current.budget.get();
        if left > 0 {
            current.budget.set(left - 1);
            return Poll::Ready(());
        }
    }
    out_of_budget(cx)
}

/// Pays for one operation if a goroutine runs here and has something left; otherwise the operation has to ask
/// [`poll_budget`].
#[inline]
pub(crate) fn pay() -> bool {
    let Some((current, _)) = current() else { return false };
    let left = current.budget.get();
    current.budget.set(left.saturating_sub(1));
    left > 0
}

/// What [`poll_budget`] does outside a goroutine, or in one that has done enough.
#[cold]
fn out_of_budget(cx: &mut Context<'_>) -> Poll<()> {
    if LOCAL.try_with(|local| local.exempt.get()).unwrap_or(true) {
        return Poll::Ready(());
    }
    if is_inside() {
        cx.waker().wake_by_ref();
        return Poll::Pending;
    }
    FOREIGN_BUDGET.get().map_or(Poll::Ready(()), |budget| budget(cx))
}

/// A random number below `bound`.
#[inline]
pub(crate) fn random(bound: u32) -> u32 {
    if cfg!(go_loom) {
        // A model must run the same way each time; the last number leaves a shuffle's order as it is.
        return bound - 1;
    }
    let next = LOCAL.try_with(|local| {
        let mut x = local.seed.get();
        if x == 0 {
            x = fresh_seed();
        }
        // xorshift64*
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        local.seed.set(x);
        (x.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as u32
    });
    // The product's upper half is uniform below `bound`, up to a bias of `bound` in 2^32.
    ((u64::from(next.unwrap_or(0)) * u64::from(bound)) >> 32) as u32
}

/// Makes this thread's random numbers those of `seed`, for a test that can be run again.
pub(crate) fn set_seed(seed: u64) {
    LOCAL.with(|local| local.seed.set(seed | 1));
}

/// A seed that differs from thread to thread and from run to run.
#[cold]
pub(crate) fn fresh_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish() | 1
}
