//! A clock of seconds for the goroutines' records: a wait costs a load, not a look at the real clock.
//!
//! The executor, which looks at the real clock anyway, sets it at the beginning of each slice. So a goroutine that has
//! computed for long without giving way is said to wait longer than it does, by as much.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// The seconds.
static SECONDS: AtomicU64 = AtomicU64::new(0);
/// Where they begin.
static START: OnceLock<Instant> = OnceLock::new();

/// The second.
#[inline]
pub(crate) fn seconds() -> u64 {
    SECONDS.load(Ordering::Relaxed)
}

/// Sets the clock.
#[inline]
pub(crate) fn set(now: Instant) {
    let second = now.saturating_duration_since(*START.get_or_init(|| now)).as_secs();
    // Two threads may set it back by a second for a moment, which nobody can tell.
    if seconds() != second {
        SECONDS.store(second, Ordering::Relaxed);
    }
}

/// How many seconds have gone since one.
pub(crate) fn since(second: u64) -> u64 {
    let now = START.get().map_or(0, |start| start.elapsed().as_secs());
    now.saturating_sub(second)
}

/// How many whole minutes have gone since a second.
pub(crate) fn minutes_since(second: u64) -> u64 {
    since(second) / 60
}
