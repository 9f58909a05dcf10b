//! Goroutines on a tokio runtime that the user owns: the drains are started at the first `go!`.

use std::panic::Location;

use tokio::runtime::Handle;

use super::scheduler::{Rules, Scheduler};
use crate::shim::Lock;

/// Keeps two threads from starting the drains of one runtime twice; held while a scheduler is made, never while
/// anything waits.
static STARTING: Lock<()> = Lock::new(());

/// The scheduler of the tokio runtime that the caller runs in, for a `go!` at `place`.
pub(super) fn scheduler(place: &'static Location<'static>) -> &'static Scheduler {
    match current() {
        Some(scheduler) => scheduler,
        None => panic!(
            "go: no runtime to start a goroutine on at {place}: call it inside `#[go::main]`, `#[go::test]`, or a task \
             of a tokio runtime"
        ),
    }
}

/// The scheduler of the tokio runtime that the caller runs in; made now if there is a runtime without one.
pub(super) fn current() -> Option<&'static Scheduler> {
    let handle = Handle::try_current().ok()?;
    if let Some(scheduler) = Scheduler::of(&handle) {
        return Some(scheduler);
    }
    let (scheduler, made) = {
        let _one_at_a_time = STARTING.lock();
        match Scheduler::of(&handle) {
            Some(scheduler) => (scheduler, false),
            None => {
                let workers = handle.metrics().num_workers();
                (Scheduler::new(&handle, workers, Rules::Process { deadlock: false }), true)
            }
        }
    };
    if made {
        scheduler.run();
    }
    Some(scheduler)
}
