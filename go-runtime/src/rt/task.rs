//! Starting goroutines.

use std::future::Future;
use std::panic::Location;

use super::cell::Runnable;
use super::drain;
use super::name::Name;
use super::scheduler::Scheduler;
use crate::goroutine::{self, Creator, Origin, Record};

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
    start_for(scheduler, by_current(name, place), future);
}

/// The origin of a goroutine that the current one starts.
#[inline]
fn by_current(name: &'static str, place: &'static Location<'static>) -> Origin {
    Origin { name, place, creator: Creator::of(goroutine::record()) }
}

/// Starts a goroutine whose origin is known.
fn start_for<F>(scheduler: &'static Scheduler, origin: Origin, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    drain::spawn(made(scheduler, origin, future));
}

/// A goroutine that is ready to run for the first time.
#[inline]
fn made<F>(scheduler: &'static Scheduler, origin: Origin, future: F) -> Runnable
where
    F: Future<Output = ()> + Send + 'static,
{
    let id = drain::started(scheduler);
    let record = Record::take(id, scheduler.owner(), origin);
    let runnable = Runnable::new(future, record);
    record.set_task(runnable.task());
    runnable
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

    /// A number that stands for the runtime.
    #[cfg(feature = "http")]
    pub(crate) fn runtime(&self) -> usize {
        std::ptr::from_ref(self.scheduler).addr()
    }

    /// Starts a goroutine.
    pub(crate) fn spawn<F>(&self, name: &'static str, place: &'static Location<'static>, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        start(self.scheduler, name, place, future);
    }

    /// Starts a goroutine and lets it run at once, inside of the one that starts it, until it waits for the first time:
    /// for a goroutine that has nothing to do before the new one has got that far. From then on it goes on by itself.
    #[cfg(feature = "http")]
    pub(crate) fn spawn_here<F>(&self, name: &'static str, place: &'static Location<'static>, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        drain::run_here(made(self.scheduler, by_current(name, place), future));
    }

    /// Starts a goroutine for the program's function of type `F` on behalf of `creator`, a function of the library's which
    /// is no goroutine.
    pub(crate) fn spawn_function<F>(
        &self,
        creator: Creator,
        place: &'static Location<'static>,
        future: impl Future<Output = ()> + Send + 'static,
    ) {
        let name = std::any::type_name::<F>();
        start_for(self.scheduler, Origin { name, place, creator }, future);
    }
}
