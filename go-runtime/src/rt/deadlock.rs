//! What is decided when every drain is idle: wait, move a test's clock, or report a deadlock.
//!
//! # Invariants
//! 1. Whatever may still wake a goroutine is counted before it wakes it and counted off afterwards: clones of wakers,
//!    timers that fire, foreign tasks, threads, signals. So if the counts are zero and no drain has stopped being idle while they
//!    were read, nothing can wake a goroutine any more.
//! 2. Whatever is counted off has the detector look again: timers, strangers and signals call it, threads and foreign tasks, which
//!    tell nobody, are looked at again by the system monitor.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::scheduler::{Rules, Scheduler};
use super::{process, sysmon, threads};

/// The pause before a thread or a foreign task is looked at again.
const AGAIN: Duration = Duration::from_millis(20);
/// How long a test waits for a thread that it may have started before it calls itself deadlocked.
const GRACE: u32 = 100;

/// How many sources of wakes there are that are neither thread nor task, timer nor waker: signals that are relayed.
static SOURCES: AtomicUsize = AtomicUsize::new(0);

/// There is another source of wakes.
#[cfg(unix)]
pub(crate) fn source_opens() {
    SOURCES.fetch_add(1, Ordering::SeqCst);
}

/// A source of wakes is gone.
#[cfg(unix)]
pub(crate) fn source_closes() {
    SOURCES.fetch_sub(1, Ordering::SeqCst);
    process::recheck();
}

/// What the detector found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// Something may still wake a goroutine, and has the detector look again.
    Alive,
    /// Something may still wake a goroutine, and tells nobody when it ends.
    Unsure,
    /// A test's clock can move.
    Later,
    /// Nothing can wake a goroutine.
    Dead,
}

/// Looks at a scheduler whose drains may all be idle.
pub(super) fn look(scheduler: &'static Scheduler) {
    // One at a time; whoever comes meanwhile has the one inside look once more.
    if scheduler.checking.fetch_add(1, Ordering::SeqCst) > 0 {
        return;
    }
    loop {
        let asked = scheduler.checking.load(Ordering::SeqCst);
        match find(scheduler) {
            Finding::Alive => {}
            Finding::Unsure => sysmon::look_again(scheduler, AGAIN),
            Finding::Later => {
                scheduler.timers().advance();
            }
            Finding::Dead => process::deadlocked(scheduler),
        }
        if scheduler.checking.fetch_sub(asked, Ordering::SeqCst) == asked {
            return;
        }
    }
}

/// Reads the counts.
pub(super) fn find(scheduler: &'static Scheduler) -> Finding {
    let wakes = scheduler.wakes();
    if !scheduler.all_idle() || scheduler.strangers.load(Ordering::SeqCst) > 0 {
        return Finding::Alive;
    }
    let timers = scheduler.timers();
    let timed = timers.may_fire();
    let finding = match scheduler.rules() {
        Rules::Process { deadlock: false, .. } => return Finding::Alive,
        // The test's function has returned: its clock stands still, and what is still blocked is told there.
        Rules::Test { outcome, .. } if outcome.has_ended() => return Finding::Alive,
        _ if timed && !timers.is_virtual() => return Finding::Alive,
        _ if scheduler.handle().metrics().num_alive_tasks() > scheduler.workers().len() => Finding::Unsure,
        _ if timed => Finding::Later,
        _ if SOURCES.load(Ordering::SeqCst) > 0 => Finding::Alive,
        Rules::Process { deadlock: true, .. } if threads::are_known(scheduler.workers().len() + 1) => Finding::Dead,
        Rules::Process { deadlock: true, .. } => Finding::Unsure,
        // Other tests' threads are there too, and this test's own cannot be told from them: they get some time.
        Rules::Test { outcome, .. } if outcome.patience_is_over(wakes, GRACE) => Finding::Dead,
        Rules::Test { .. } => Finding::Unsure,
    };
    if scheduler.all_idle() && scheduler.wakes() == wakes { finding } else { Finding::Alive }
}
