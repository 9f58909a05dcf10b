//! The process's threads, as far as the deadlock detector must know them.
//!
//! An ordinary thread may hold a channel and send to it at any time, so a process that has a thread this crate did not
//! start is never deadlocked. The threads that it knows are counted; the kernel tells how many there are.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How many service threads run.
static SERVICES: AtomicUsize = AtomicUsize::new(0);

/// Starts a thread of the crate's own, which only ever does what goroutines asked for.
pub(crate) fn service(name: &str, run: impl FnOnce() + Send + 'static) {
    SERVICES.fetch_add(1, Ordering::SeqCst);
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(|| {
        run();
        // A moment before the thread is gone: until then there seems to be a thread too many, and nothing is reported.
        SERVICES.fetch_sub(1, Ordering::SeqCst);
    });
    if let Err(error) = started {
        SERVICES.fetch_sub(1, Ordering::SeqCst);
        panic!("cannot start the thread `{name}`: {error}");
    }
}

/// Whether the process has no threads but `expected` ones and the crate's own; false if that cannot be told.
pub(super) fn are_known(expected: usize) -> bool {
    count().is_some_and(|threads| threads <= expected + SERVICES.load(Ordering::SeqCst))
}

/// How many threads the process has.
#[cfg(target_os = "linux")]
fn count() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/task").ok()?.count())
}

/// How many threads the process has: there is no way to tell, so nothing is ever reported.
#[cfg(not(target_os = "linux"))]
fn count() -> Option<usize> {
    None
}
