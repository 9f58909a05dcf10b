//! One goroutine, from the `go` statement to its end.

use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::drain;
use super::name::Name;
use super::process;
use super::scheduler::Scheduler;
use super::stranger;
use crate::goroutine::{self, Current, Record, Spawned};

/// What the executor knows of a goroutine without looking into its future.
#[derive(Clone, Copy)]
pub(super) struct Meta {
    /// Its record.
    pub(super) record: &'static Record,
    /// Where it runs.
    pub(super) scheduler: &'static Scheduler,
}

/// A goroutine that is ready to run.
pub(super) type Runnable = async_task::Runnable<Meta>;

/// The future that a goroutine is: the user's, with a catch around it.
struct Goroutine<F> {
    /// The user's future.
    future: F,
    /// What the executor knows.
    meta: Meta,
    /// Whether a reference is held so that a goroutine that nobody can wake stays, as in Go, instead of being dropped.
    kept: bool,
}

impl<F: Future<Output = ()>> Future for Goroutine<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: the user's future is pinned with this one and never moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Meta { record, scheduler } = this.meta;
        let future = &mut this.future;
        let polled = stranger::with(cx.waker(), scheduler, |outer, data| {
            let current = Current { record, outer: data, inner: cx.waker() };
            let poll = || {
                catch_unwind(AssertUnwindSafe(|| {
                    // SAFETY: pinned, as above.
                    unsafe { Pin::new_unchecked(future) }.poll(&mut Context::from_waker(outer))
                }))
                .unwrap_or_else(|payload| {
                    process::panicked(scheduler, record, payload);
                    Poll::Ready(())
                })
            };
            // SAFETY: the waker outlives this call.
            unsafe { goroutine::enter(current, poll) }
        });
        if polled.is_pending() {
            if !this.kept {
                this.kept = true;
                std::mem::forget(cx.waker().clone());
            }
            return Poll::Pending;
        }
        if this.kept {
            // SAFETY: this is the reference forgotten above: the task's waker has the same data and functions each time.
            drop(unsafe { Waker::new(cx.waker().data(), cx.waker().vtable()) });
        }
        drain::ended(scheduler);
        record.release();
        Poll::Ready(())
    }
}

/// Starts a goroutine on the current runtime.
#[inline]
pub(crate) fn go<F>(name: Name, place: &'static Location<'static>, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    start(drain::scheduler().unwrap_or_else(|| super::owned::scheduler(place)), name.raw::<F>(), place, future);
}

/// Starts a goroutine on `scheduler`.
pub(super) fn start<F>(scheduler: &'static Scheduler, name: &'static str, place: &'static Location<'static>, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let parent = goroutine::record();
    let spawned =
        Spawned { name, place, parent: parent.map_or(0, Record::id), parent_name: parent.map_or("", Record::name) };
    let id = drain::started(scheduler);
    let meta = Meta { record: Record::take(id, std::ptr::from_ref(scheduler).addr(), spawned), scheduler };
    let (runnable, task) = async_task::Builder::new()
        .metadata(meta)
        .spawn(move |_| Goroutine { future, meta, kept: false }, async_task::WithInfo(drain::schedule));
    task.detach();
    drain::spawn(runnable);
}

/// Where code that runs elsewhere, such as a timer, starts its goroutines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spawner {
    /// The runtime.
    scheduler: &'static Scheduler,
}

impl Spawner {
    /// The current runtime.
    #[track_caller]
    pub(crate) fn current() -> Spawner {
        let place = Location::caller();
        Spawner { scheduler: drain::scheduler().unwrap_or_else(|| super::owned::scheduler(place)) }
    }

    /// The current runtime, if there is one.
    pub(crate) fn try_current() -> Option<Spawner> {
        drain::scheduler().or_else(super::owned::current).map(|scheduler| Spawner { scheduler })
    }

    /// Starts a goroutine.
    pub(crate) fn spawn<F>(&self, name: &'static str, place: &'static Location<'static>, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        start(self.scheduler, name, place, future);
    }
}
