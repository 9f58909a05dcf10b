//! Goroutines on a tokio runtime that the user owns: the drains are started at the first `go!`.

use std::panic::Location;

use tokio::runtime::Handle;

use super::scheduler::{PanicRule, Rules, Scheduler};
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
    let default = Rules::Process { deadlock: false, panics: PanicRule::Exit };
    Some(start(&handle, default).unwrap_or_else(|existing| existing))
}

/// Starts the drains on `handle`'s runtime.
///
/// # Errors
/// The scheduler that is there already.
pub(super) fn start(handle: &Handle, rules: Rules) -> Result<&'static Scheduler, &'static Scheduler> {
    let scheduler = {
        let _one_at_a_time = STARTING.lock();
        if let Some(existing) = Scheduler::of(handle) {
            return Err(existing);
        }
        Scheduler::new(handle, handle.metrics().num_workers(), rules)
    };
    scheduler.run();
    Ok(scheduler)
}

/// Starts the drains on the caller's runtime under rules of the caller's choice; false if they run already.
///
/// # Panics
/// Outside a tokio runtime.
#[track_caller]
pub(crate) fn attach(panics: PanicRule) -> bool {
    let Ok(handle) = Handle::try_current() else {
        panic!("go: no tokio runtime to start goroutines on: call it inside a task, or use `Builder::run`");
    };
    start(&handle, Rules::Process { deadlock: false, panics }).is_ok()
}
