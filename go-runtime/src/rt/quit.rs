//! `SIGQUIT`: every goroutine's state, then exit code 2, as in Go.
//!
//! A thread of its own waits for the signal, so that it is answered also when every worker computes.

#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the program itself asks for the signal, or ignores it.
#[cfg(unix)]
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The program itself asks for the signal or ignores it, or no longer does.
#[cfg(unix)]
pub(crate) fn take_quit(taken: bool) {
    TAKEN.store(taken, Ordering::SeqCst);
}

/// Watches for the signal from now on.
#[cfg(unix)]
pub(super) fn watch() {
    use signal_hook::consts::SIGQUIT;
    use signal_hook::iterator::Signals;

    // A program that cannot watch for the signal runs all the same; the signal then has its usual effect.
    if let Ok(mut signals) = Signals::new([SIGQUIT]) {
        super::service("go-sigquit", move || {
            for _ in signals.forever() {
                if !TAKEN.load(Ordering::SeqCst) {
                    super::process::quit();
                }
            }
        });
    }
}

/// There is no such signal here.
#[cfg(not(unix))]
pub(super) fn watch() {}
