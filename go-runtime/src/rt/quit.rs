//! `SIGQUIT`: every goroutine's state, then exit code 2, as in Go.
//!
//! A thread of its own waits for the signal, so that it is answered also when every worker computes.

/// Watches for the signal from now on.
#[cfg(unix)]
pub(super) fn watch() {
    use signal_hook::consts::SIGQUIT;
    use signal_hook::iterator::Signals;

    // A program that cannot watch for the signal runs all the same; the signal then has its usual effect.
    if let Ok(mut signals) = Signals::new([SIGQUIT]) {
        super::service("go-sigquit", move || {
            if signals.forever().next().is_some() {
                super::process::quit();
            }
        });
    }
}

/// There is no such signal here.
#[cfg(not(unix))]
pub(super) fn watch() {}
