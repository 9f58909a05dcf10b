//! One poll of a goroutine, by which something is recognised that cannot outlive it.

use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use super::drain;

/// A poll of a goroutine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// How many polls its drain has begun.
    ticks: &'static AtomicU64,
    /// How many they were with this one.
    number: u64,
}

impl Step {
    /// The poll that this thread is inside of; `None` if it runs no goroutine.
    pub(crate) fn current() -> Option<Step> {
        // Relaxed: the drain is this thread's, which alone writes it.
        drain::ticks().map(|ticks| Step { ticks, number: ticks.load(Ordering::Relaxed) })
    }

    /// Whether the poll is over. A thread that is not inside of it may learn of its end late.
    pub(crate) fn is_over(&self) -> bool {
        // Relaxed: it only matters whether it has moved, and it never moves back.
        self.ticks.load(Ordering::Relaxed) != self.number
    }
}

impl PartialEq for Step {
    fn eq(&self, other: &Step) -> bool {
        ptr::eq(self.ticks, other.ticks) && self.number == other.number
    }
}
