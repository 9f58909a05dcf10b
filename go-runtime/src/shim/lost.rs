//! How long threads wait for each other at gates: time that another processor does not help to save.

use std::cell::Cell;
use std::time::Instant;

thread_local! {
    /// How long the thread has waited since it was last asked for, in nanoseconds.
    static LOST: Cell<u64> = const { Cell::new(0) };
}

/// How long the thread has waited at gates since this was last called, in nanoseconds.
pub(crate) fn take() -> u64 {
    // A thread that is being torn down waits for nothing that counts.
    LOST.try_with(|lost| lost.replace(0)).unwrap_or_default()
}

/// Measures how long a thread waits at a gate. There is no clock in a model.
pub(super) struct Waiting {
    /// Since when, once it does.
    since: Option<Instant>,
}

impl Waiting {
    /// It does not wait yet.
    pub(super) fn new() -> Waiting {
        Waiting { since: None }
    }

    /// It waits from now on, if it did not before.
    pub(super) fn begins(&mut self) {
        if !cfg!(go_loom) {
            self.since.get_or_insert_with(Instant::now);
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(since) = self.since {
            let waited = since.elapsed().as_nanos() as u64;
            let _ = LOST.try_with(|lost| lost.set(lost.get() + waited));
        }
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use std::time::Duration;

    use super::{Waiting, take};

    #[test]
    fn what_was_waited_is_told_once() {
        take();
        drop(Waiting::new());
        assert_eq!(take(), 0);
        for _ in 0..2 {
            let mut waiting = Waiting::new();
            waiting.begins();
            std::thread::sleep(Duration::from_millis(2));
            waiting.begins();
        }
        assert!(take() >= 4_000_000);
        assert_eq!(take(), 0);
    }
}
