//! The executor: goroutines on tokio's workers.
//!
//! - `scheduler`: what the workers of one tokio runtime share: the injector, who is idle, the counters;
//! - `drain`: the tokio task on each worker that runs goroutines;
//! - `task`: starting goroutines; `cell`: their memory; `state`: queued, running, done; `step`: one poll of one;
//! - `section`: the lock around a drain's own things, which others enter rarely;
//! - `calm`: when an idle drain is woken for what another one has too much of;
//! - `stranger`: the waker that code outside this crate gets, counted so that a deadlock can be told from waiting;
//! - `sysmon`: the thread that looks after busy schedulers; `threads`: what is known of the process's threads;
//! - `deadlock`: what is decided when every worker is idle;
//! - `leaks`: which goroutines can never run again;
//! - `report` and `process`: Go's reports and exit codes; `outcome`: how a test ended; `quit`: `SIGQUIT`;
//! - `entry`: `#[go::main]` and `#[go::test]`; `launch`: the tokio runtimes they run on; `owned`: runtimes of the user's.
//!
//! # Architecture Invariant
//! Only this folder, `time` and `http` name tokio.

mod calm;
mod cell;
mod deadlock;
mod drain;
mod entry;
mod launch;
mod leaks;
mod name;
mod outcome;
mod owned;
mod process;
mod quit;
mod report;
mod scheduler;
pub(crate) mod section;
pub(crate) mod state;
mod step;
mod stranger;
mod sysmon;
mod task;
#[cfg(all(test, not(go_loom)))]
mod tests;
mod threads;

#[cfg(unix)]
pub(crate) use deadlock::{source_closes, source_opens};
pub(crate) use entry::{MainOptions, main_with};
pub use entry::{TestOptions, main, test};
pub(crate) use launch::gomaxprocs;
pub(crate) use leaks::leaked;
pub use name::Name;
#[cfg(feature = "http")]
pub(crate) use name::go_name;
pub(crate) use owned::attach;
pub(crate) use process::{exit, fatal, goexit, is_exit, recheck};
#[cfg(unix)]
pub(crate) use quit::take_quit;
pub(crate) use report::{dump, go_type, panic_text, typed_panic_text};
#[cfg(feature = "http")]
pub(crate) use report::{goroutines, stack_of};
pub use scheduler::PanicRule;
pub(crate) use scheduler::Scheduler;
pub(crate) use step::Step;
pub(crate) use task::{Spawner, go};
pub(crate) use threads::service;

use crate::time::Timers;

/// The timers of the current goroutine's runtime: virtual ones in a test, otherwise the process's.
pub(crate) fn timers() -> &'static Timers {
    drain::scheduler().map_or_else(Timers::global, |scheduler| scheduler.timers())
}

/// How many goroutines there are: on the current runtime, or in the process if called from outside.
pub(crate) fn num_goroutine() -> usize {
    match drain::scheduler() {
        Some(scheduler) => scheduler.alive(),
        None => Scheduler::all().iter().map(|scheduler| scheduler.alive()).sum(),
    }
}
