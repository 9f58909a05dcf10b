//! Go's `time`: sleeping, timers and points in time.
//!
//! [`Duration`] is the standard library's, with Go's units as constants: `2 * time::SECOND`. In a `#[go::test]` the clock
//! is a virtual one, which starts at 2000-01-01 00:00:00 UTC and jumps to the next timer when every goroutine waits.
//!
//! The files: `timers` (the heap's user: every timer of a clock, and the thread that fires them), `heap`, `sleep`, `timer`
//! ([`Timer`], [`Ticker`] and their kin), `point` ([`Time`]), `format` (Go's layouts), `zone` ([`Location`]), `calendar`,
//! `duration`.

mod calendar;
mod duration;
mod format;
mod heap;
mod point;
mod sleep;
#[cfg(all(test, not(go_loom)))]
mod tests;
mod timer;
mod timers;
mod zone;

pub use std::time::Duration;

pub use calendar::{
    APRIL, AUGUST, DECEMBER, FEBRUARY, JANUARY, JULY, JUNE, MARCH, MAY, Month, NOVEMBER, OCTOBER, SEPTEMBER, Weekday,
};
pub(crate) use duration::Signed;
pub use duration::{HOUR, MICROSECOND, MILLISECOND, MINUTE, NANOSECOND, SECOND, duration_string};
pub use format::{ANSIC, DATE_ONLY, DATE_TIME, KITCHEN, RFC1123, RFC3339, RFC3339_NANO, STAMP, TIME_ONLY};
pub(crate) use heap::Key;
pub use point::{Time, date, now, since, unix, unix_milli, until};
pub use sleep::{Sleep, sleep};
pub use timer::{Ticker, Timer, after, after_func, new_ticker, new_timer, tick};
pub(crate) use timers::{Action, Timers};
pub use zone::{LOCAL, Location, UTC, UnknownZone, fixed_zone, load_location};
