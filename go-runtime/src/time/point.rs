//! A point in time.

use std::time::SystemTime;

/// A point in time with nanosecond precision.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    seconds: i64,
    /// Nanoseconds of the second.
    nanos: u32,
    /// The monotonic clock's reading, 0 for none.
    monotonic: u64,
}

/// Nanoseconds in a second.
const SECOND: i128 = 1_000_000_000;

impl Time {
    /// The system's time with the monotonic clock's reading.
    pub(super) fn from_system(time: SystemTime, monotonic: u64) -> Time {
        let nanos = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => since.as_nanos() as i128,
            Err(before) => -(before.duration().as_nanos() as i128),
        };
        Time::from_nanos(nanos, monotonic)
    }

    /// `nanos` after `seconds` after 1970, with the monotonic clock's reading.
    pub(super) fn from_unix(seconds: i64, nanos: u64, monotonic: u64) -> Time {
        Time::from_nanos(i128::from(seconds) * SECOND + i128::from(nanos), monotonic)
    }

    /// So many nanoseconds after 1970.
    fn from_nanos(nanos: i128, monotonic: u64) -> Time {
        Time { seconds: nanos.div_euclid(SECOND) as i64, nanos: nanos.rem_euclid(SECOND) as u32, monotonic }
    }

    /// The monotonic clock's reading, 0 for none.
    pub(super) fn monotonic(&self) -> u64 {
        self.monotonic
    }

    /// The time when the monotonic clock showed `monotonic`.
    pub(super) fn back_to(&self, monotonic: u64) -> Time {
        let by = i128::from(monotonic) - i128::from(self.monotonic);
        Time::from_nanos(i128::from(self.seconds) * SECOND + i128::from(self.nanos) + by, monotonic)
    }
}
