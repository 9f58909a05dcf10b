//! A goroutine's memory: one allocation with a header, which the executor sees, and the future behind it.
//!
//! # Invariants
//! 1. A [`Runnable`] is the right to poll the task, or to drop its future; there is at most one (see `state`).
//! 2. The future is dropped in place before the task is done, by whoever holds that right; after that nobody touches it.

use std::alloc::Layout;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use super::drain;
use super::process;
use super::scheduler::Scheduler;
use super::state::{Begun, Parked, Reference, State, Woken};
use crate::goroutine::{Current, Record, Registered, WaitReason, inspect};

/// The part of a task that does not depend on the future's type.
#[repr(C)]
struct Header {
    /// Whether it is queued, running, done.
    state: State,
    /// What depends on the future's type.
    vtable: &'static Vtable,
    /// The goroutine's record, which knows where it runs.
    record: &'static Record,
}

impl Header {
    /// Where the goroutine runs.
    ///
    /// # Safety
    /// The task is not done.
    #[inline]
    unsafe fn scheduler(&self) -> &'static Scheduler {
        // SAFETY: until its goroutine is over, the owner in a record is what `task::made` wrote: a scheduler, which lives
        // for ever.
        unsafe { &*self.record.owner().cast() }
    }
}

/// What depends on the future's type.
struct Vtable {
    /// Polls the future once under a catch.
    poll: unsafe fn(NonNull<Header>, &mut Context<'_>) -> Polled,
    /// Drops the future in place.
    drop_future: unsafe fn(NonNull<Header>),
    /// The layout of the whole task.
    layout: Layout,
}

/// A poll's result: a panic's payload, or ready or not.
type Polled = std::thread::Result<Poll<()>>;

/// A whole task.
#[repr(C)]
struct Task<F> {
    /// The header; first, so that a pointer to it is a pointer to the task.
    header: Header,
    /// The future; dropped in place when the task is done.
    future: ManuallyDrop<F>,
}

impl<F: Future<Output = ()>> Task<F> {
    /// The functions for this future.
    const VTABLE: Vtable =
        Vtable { poll: Task::<F>::poll, drop_future: Task::<F>::drop_future, layout: Layout::new::<Task<F>>() };

    /// Where the future is.
    fn future(task: NonNull<Header>) -> *mut ManuallyDrop<F> {
        let task = task.cast::<Task<F>>().as_ptr();
        // SAFETY: the header is the first field of a live `Task<F>`; no reference is made.
        unsafe { &raw mut (*task).future }
    }

    /// See [`Vtable::poll`].
    ///
    /// # Safety
    /// The caller has the right to poll, and the task is a `Task<F>` that is not done.
    unsafe fn poll(task: NonNull<Header>, cx: &mut Context<'_>) -> Polled {
        // SAFETY: the caller's promise; the future lies in an allocation that never moves.
        let future = unsafe { Pin::new_unchecked(&mut **Task::<F>::future(task)) };
        catch_unwind(AssertUnwindSafe(|| future.poll(cx)))
    }

    /// See [`Vtable::drop_future`].
    ///
    /// # Safety
    /// As `poll`; the future is not touched afterwards.
    unsafe fn drop_future(task: NonNull<Header>) {
        // SAFETY: the caller's promise.
        unsafe { ManuallyDrop::drop(&mut *Task::<F>::future(task)) }
    }
}

/// A goroutine that is ready to run.
pub(super) struct Runnable {
    /// The task, of which this is one reference.
    task: NonNull<Header>,
}

// SAFETY: the future is `Send`, and a task is polled by one thread at a time (first invariant).
unsafe impl Send for Runnable {}

impl Runnable {
    /// A task for `future`, ready to run for the first time.
    #[inline]
    pub(super) fn new<F>(future: F, record: &'static Record) -> Runnable
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let header = Header { state: State::new(), vtable: &Task::<F>::VTABLE, record };
        let task = Box::new(Task { header, future: ManuallyDrop::new(future) });
        Runnable { task: NonNull::from(Box::leak(task)).cast() }
    }

    /// Where it runs.
    #[inline]
    pub(super) fn scheduler(&self) -> &'static Scheduler {
        // SAFETY: the reference keeps the task, which is not done while somebody has the right to poll it.
        unsafe { self.task.as_ref().scheduler() }
    }

    /// Where the task lies.
    #[inline]
    pub(super) fn task(&self) -> *mut () {
        self.task.as_ptr().cast()
    }

    /// The task as one word; [`Runnable::from_raw`] takes it back.
    pub(super) fn into_raw(self) -> NonNull<()> {
        ManuallyDrop::new(self).task.cast()
    }

    /// The task behind a word.
    ///
    /// # Safety
    /// The word came from `into_raw` and is used once.
    pub(super) unsafe fn from_raw(raw: NonNull<()>) -> Runnable {
        Runnable { task: raw.cast() }
    }

    /// Polls the goroutine once, with the waker that belongs to `current`.
    #[inline]
    pub(super) fn run(self, current: &Current, outer: &Waker) {
        let task = ManuallyDrop::new(self).task;
        // SAFETY: this was the right to poll, and one reference.
        let header = unsafe { task.as_ref() };
        let record = header.record;
        let begun = header.state.begin();
        // SAFETY: this is the right to poll, and the task is not done; a panic is caught in there. The waker stands for the
        // runner's own reference: `current` says what became of it.
        let (polled, lent) = unsafe {
            current.poll(record, waker_data(task), || (header.vtable.poll)(task, &mut Context::from_waker(outer)))
        };
        let reference = if lent { Reference::Lent } else { Reference::Held };
        match polled {
            Ok(Poll::Pending) => {
                // Before it can be woken: afterwards another worker may run it already. What gives way waits for nothing.
                if record.is_running() && header.state.wakers(begun, reference).is_some() {
                    record.set_waiting(WaitReason::Foreign, None);
                }
                if inspect::is_asked() {
                    inspected(header, begun, reference);
                }
                if header.state.park(begun, reference) == Parked::Again {
                    record.set_runnable();
                    drain::give_way(Runnable { task });
                }
                // Waiting: the reference is gone, and with it perhaps the task.
            }
            Ok(Poll::Ready(())) => finish(task, reference),
            Err(payload) => {
                // SAFETY: the task is not done.
                process::panicked(unsafe { header.scheduler() }, record, payload);
                finish(task, reference);
            }
        }
    }
}

/// Reports a goroutine that waits to whoever asks what it waits on.
#[cold]
fn inspected(header: &Header, begun: Begun, reference: Reference) {
    if let Some(wakers) = header.state.wakers(begun, reference) {
        let start = std::ptr::from_ref(header).addr();
        inspect::report(header.record.incarnation(), wakers, start..start + header.vtable.layout.size());
    }
}

/// A waker of a task.
///
/// # Safety
/// The word is [`Runnable::task`]'s, and the task is not freed during the call, which is inside the sections of all drains
/// of the task's scheduler or made by whoever has a reference.
pub(super) unsafe fn waker(task: NonNull<()>) -> Waker {
    let task = task.cast::<Header>();
    // SAFETY: the caller's promise; the waker has a reference of its own.
    unsafe {
        task.as_ref().state.add_reference();
        Waker::from_raw(raw_waker(task))
    }
}

/// The goroutines of a scheduler, by number, as a report shows them.
pub(super) fn goroutines(owner: *const ()) -> Vec<Registered> {
    // SAFETY: `all` calls this only while the task cannot be freed.
    Record::all(owner, |task| unsafe { task.cast::<Header>().as_ref() }.state.is_woken())
}

/// The goroutine is over: drops its future and the reference of whoever ran it, if that was not lent.
fn finish(task: NonNull<Header>, reference: Reference) {
    // SAFETY: the task is not done, so it is not freed.
    let header = unsafe { task.as_ref() };
    let record = header.record;
    // SAFETY: the task is not done.
    let scheduler = unsafe { header.scheduler() };
    // SAFETY: the caller has the right to poll, and the future is not touched afterwards.
    let dropped = catch_unwind(AssertUnwindSafe(|| unsafe { (header.vtable.drop_future)(task) }));
    if let Err(payload) = dropped {
        process::panicked(scheduler, record, payload);
    }
    drain::ended(scheduler);
    record.release();
    if header.state.finish(reference) {
        free(task);
    }
}

/// Gives the memory back.
fn free(task: NonNull<Header>) {
    // SAFETY: the state said that there is no reference and that the future was dropped; the header needs no drop.
    unsafe {
        let layout = task.as_ref().vtable.layout;
        std::alloc::dealloc(task.as_ptr().cast(), layout);
    }
}

impl Drop for Runnable {
    fn drop(&mut self) {
        // The runtime is shut down: the goroutine never runs again.
        // SAFETY: the reference keeps the task.
        unsafe { self.task.as_ref() }.state.begin();
        finish(self.task, Reference::Held);
    }
}

/// For the goroutines that a drain polls.
#[inline]
pub(super) fn current() -> Current {
    // SAFETY: the functions and the data of a task make a waker, which may be used from any thread.
    unsafe { Current::new(&WAKER) }
}

/// The data of a task's wakers.
#[inline]
fn waker_data(task: NonNull<Header>) -> *const () {
    task.as_ptr().cast_const().cast()
}

/// A waker's parts.
fn raw_waker(task: NonNull<Header>) -> RawWaker {
    RawWaker::new(waker_data(task), &WAKER)
}

/// The task of a waker.
///
/// # Safety
/// `data` came from [`raw_waker`], and the waker's reference is still there.
unsafe fn task_of<'a>(data: *const ()) -> (NonNull<Header>, &'a Header) {
    // SAFETY: the caller's promise.
    unsafe {
        let task = NonNull::new_unchecked(data.cast_mut().cast::<Header>());
        (task, task.as_ref())
    }
}

/// Does what a wake asks for.
#[inline]
fn after(woken: Woken, task: NonNull<Header>) {
    match woken {
        Woken::Queue => drain::schedule(Runnable { task }),
        Woken::Nothing => {}
        Woken::Free => free(task),
    }
}

/// The functions of the executor's own wakers.
static WAKER: RawWakerVTable = RawWakerVTable::new(
    |data| {
        // SAFETY: the waker that is cloned has a reference.
        let (task, header) = unsafe { task_of(data) };
        header.state.add_reference();
        raw_waker(task)
    },
    |data| {
        // SAFETY: the waker had a reference, which `wake` uses up.
        let (task, header) = unsafe { task_of(data) };
        let alone = || header.state.wake_alone().then(|| Runnable { task });
        // If the task is done, this may be another's owner, and the state says that there is nothing to do.
        if !drain::schedule_woken(header.record.owner(), alone) {
            after(header.state.wake(), task);
        }
    },
    |data| {
        // SAFETY: the waker has a reference.
        let (task, header) = unsafe { task_of(data) };
        after(header.state.wake_by_ref(), task);
    },
    |data| {
        // SAFETY: the waker had a reference, which is used up here.
        let (task, header) = unsafe { task_of(data) };
        if header.state.drop_reference() {
            free(task);
        }
    },
);
