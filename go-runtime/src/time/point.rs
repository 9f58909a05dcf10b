//! A point in time.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::time::{Duration, SystemTime};

use jiff::civil;

use super::zone::{Location, UTC};
use super::{LOCAL, Month, Weekday};
use crate::rt;

/// A point in time with nanosecond precision, and the zone in which it is shown.
///
/// A time from [`now`] also holds a reading of the monotonic clock, which alone counts when two such times are compared
/// or subtracted; so a clock that is set while the program runs does no harm.
///
/// `==`, `<` and the like compare the points in time, whatever their zones. The calendar is good for the years -9999 to
/// 9999. The default is Go's zero time: the first of January of the year 1.
///
/// # Go
/// `time.Time`. `==` is Go's `t.Equal(u)`. Differences are [`Duration`]s, which cannot be negative: an earlier time minus
/// a later one is zero; compare with [`before`](Time::before) first where that matters.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let start = time::date(2022, 2, 10, 8, 0, 0, 0, time::UTC);
/// let end = start + 90 * time::MINUTE;
/// assert_eq!(end - start, 90 * time::MINUTE);
/// assert!(start.before(end));
/// assert_eq!(end.to_string(), "2022-02-10 09:30:00 +0000 UTC");
/// ```
#[derive(Clone, Copy)]
pub struct Time {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    seconds: i64,
    /// Nanoseconds of the second.
    nanos: u32,
    /// The monotonic clock's reading, 0 for none.
    monotonic: u64,
    /// Where it is shown.
    location: Location,
}

/// Nanoseconds in a second.
const SECOND: i128 = 1_000_000_000;
/// Seconds in a day.
const DAY: i64 = 86_400;
/// Go's zero time in seconds after 1970.
const YEAR_ONE: i64 = -62_135_596_800;

/// The current time, shown in the local zone.
///
/// # Go
/// `time.Now()`. In a `#[go::test]` time is virtual and starts at 2000-01-01 00:00:00 UTC.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let start = time::now();
/// assert!(time::since(start) < time::HOUR);
/// ```
#[must_use]
pub fn now() -> Time {
    rt::timers().now()
}

/// The time that has passed since `time`; zero if it is in the future.
///
/// # Go
/// `time.Since(t)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// assert!(time::since(time::now()) < time::HOUR);
/// ```
#[must_use]
pub fn since(time: Time) -> Duration {
    now().sub(time)
}

/// The time until `time`; zero if it has passed.
///
/// # Go
/// `time.Until(t)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// assert!(time::until(time::now() + time::HOUR) > time::MINUTE);
/// ```
#[must_use]
pub fn until(time: Time) -> Duration {
    time.sub(now())
}

/// `seconds` and `nanos` after 1970-01-01 00:00:00 UTC, shown in the local zone. Either may be negative.
///
/// # Go
/// `time.Unix(sec, nsec)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// assert_eq!(time::unix(1_000_000_000, 0).utc().to_string(), "2001-09-09 01:46:40 +0000 UTC");
/// ```
#[must_use]
pub fn unix(seconds: i64, nanos: i64) -> Time {
    Time::from_nanos(i128::from(seconds) * SECOND + i128::from(nanos), 0, LOCAL)
}

/// `millis` milliseconds after 1970-01-01 00:00:00 UTC, shown in the local zone.
///
/// # Go
/// `time.UnixMilli(msec)`
#[must_use]
pub fn unix_milli(millis: i64) -> Time {
    Time::from_nanos(i128::from(millis) * 1_000_000, 0, LOCAL)
}

/// The time that the calendar and the clock of `location` show so. Numbers outside their range carry over: the month 14
/// is February of the next year, the day 0 the last of the month before.
///
/// A time that a zone shows twice, or never, is one of the two that are meant.
///
/// # Go
/// `time.Date(year, month, day, hour, min, sec, nsec, loc)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let t = time::date(2023, 14, 0, 25, 61, 0, 0, time::UTC);
/// assert_eq!(t, time::date(2024, time::FEBRUARY, 1, 2, 1, 0, 0, time::UTC));
/// ```
#[allow(clippy::too_many_arguments, reason = "Go's signature")]
#[must_use]
pub fn date(
    year: i32,
    month: impl Into<Month>,
    day: i32,
    hour: i32,
    minute: i32,
    second: i32,
    nanosecond: i64,
    location: Location,
) -> Time {
    let month = i64::from(month.into().number()) - 1;
    let year = (i64::from(year) + month.div_euclid(12)).clamp(-9999, 9999);
    let first = civil::Date::new(year as i16, month.rem_euclid(12) as i8 + 1, 1).unwrap_or(civil::Date::ZERO);
    let seconds = days(first) * DAY
        + (i64::from(day) - 1) * DAY
        + i64::from(hour) * 3600
        + i64::from(minute) * 60
        + i64::from(second)
        + nanosecond.div_euclid(SECOND as i64);
    // The offset at the universal time of these numbers is right unless the zone changes its clock in between.
    let mut offset = i64::from(location.offset(seconds));
    offset = i64::from(location.offset(seconds - offset));
    let nanos = nanosecond.rem_euclid(SECOND as i64) as u32;
    Time { seconds: seconds - offset, nanos, monotonic: 0, location }
}

/// The days from 1970-01-01 to `date`.
fn days(date: civil::Date) -> i64 {
    date.duration_since(civil::Date::constant(1970, 1, 1)).as_secs() / DAY
}

impl Time {
    /// The system's time with the monotonic clock's reading.
    #[inline]
    pub(super) fn from_system(time: SystemTime, monotonic: u64) -> Time {
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => Time {
                seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
                nanos: since.subsec_nanos(),
                monotonic,
                location: LOCAL,
            },
            Err(before) => Time::from_nanos(-(before.duration().as_nanos() as i128), monotonic, LOCAL),
        }
    }

    /// `nanos` after `seconds` after 1970, with the monotonic clock's reading.
    pub(super) fn from_unix(seconds: i64, nanos: u64, monotonic: u64) -> Time {
        Time::from_nanos(i128::from(seconds) * SECOND + i128::from(nanos), monotonic, LOCAL)
    }

    /// So many nanoseconds after 1970.
    fn from_nanos(nanos: i128, monotonic: u64, location: Location) -> Time {
        let seconds = nanos.div_euclid(SECOND).clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        Time { seconds, nanos: nanos.rem_euclid(SECOND) as u32, monotonic, location }
    }

    /// Nanoseconds since 1970.
    fn total(&self) -> i128 {
        i128::from(self.seconds) * SECOND + i128::from(self.nanos)
    }

    /// The monotonic clock's reading, 0 for none.
    pub(crate) fn monotonic(&self) -> u64 {
        self.monotonic
    }

    /// The time when the monotonic clock showed `monotonic`.
    pub(super) fn back_to(&self, monotonic: u64) -> Time {
        let by = i128::from(monotonic) - i128::from(self.monotonic);
        Time::from_nanos(self.total() + by, monotonic, self.location)
    }

    /// The nanoseconds from `earlier` to this time: by the monotonic clock if both have a reading.
    pub(crate) fn nanos_since(&self, earlier: &Time) -> i128 {
        if self.monotonic != 0 && earlier.monotonic != 0 {
            i128::from(self.monotonic) - i128::from(earlier.monotonic)
        } else {
            self.total() - earlier.total()
        }
    }

    /// This time moved by so many nanoseconds.
    fn moved(&self, by: i128) -> Time {
        let monotonic = match self.monotonic {
            0 => 0,
            reading => u64::try_from(i128::from(reading) + by).unwrap_or(0),
        };
        Time::from_nanos(self.total() + by, monotonic, self.location)
    }

    /// This time moved by `duration`; `None` if one of its numbers is too small for that.
    #[inline]
    fn later(&self, duration: Duration) -> Option<Time> {
        let seconds = self.seconds.checked_add(i64::try_from(duration.as_secs()).ok()?)?;
        let nanos = self.nanos + duration.subsec_nanos();
        // Without the 128-bit division that the general way takes.
        let (carry, nanos) = if nanos >= SECOND as u32 { (1, nanos - SECOND as u32) } else { (0, nanos) };
        let monotonic = match self.monotonic {
            0 => 0,
            reading => reading.checked_add(u64::try_from(duration.as_nanos()).ok()?)?,
        };
        Some(Time { seconds: seconds.checked_add(carry)?, nanos, monotonic, location: self.location })
    }

    /// What the calendar and the clock of the time's zone show.
    pub(super) fn civil(&self) -> civil::DateTime {
        let seconds = self.seconds.saturating_add(i64::from(self.offset()));
        let nanos = self.nanos as i32;
        jiff::Timestamp::new(seconds, nanos).map_or_else(
            |_| if seconds < 0 { civil::DateTime::MIN } else { civil::DateTime::MAX },
            |shown| jiff::tz::Offset::UTC.to_datetime(shown),
        )
    }

    /// The zone's distance from Greenwich, in seconds to the east.
    pub(super) fn offset(&self) -> i32 {
        self.location.offset(self.seconds)
    }

    /// The zone's short name.
    pub(super) fn abbreviation(&self) -> String {
        self.location.abbreviation(self.seconds)
    }

    /// The time `duration` later. `t + duration` is the same.
    ///
    /// # Go
    /// `t.Add(d)`; `t - d` goes back.
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "it is implemented; Go writes the method")]
    pub fn add(self, duration: Duration) -> Time {
        self.later(duration)
            .unwrap_or_else(|| self.moved(i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX >> 1)))
    }

    /// The time from `earlier` to this time; zero if it is not earlier. `t - earlier` is the same.
    ///
    /// # Go
    /// `t.Sub(u)`
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "it is implemented; Go writes the method")]
    pub fn sub(self, earlier: Time) -> Duration {
        let nanos = self.nanos_since(&earlier).max(0);
        Duration::new((nanos / SECOND) as u64, (nanos % SECOND) as u32)
    }

    /// The time so many years, months and days later by the calendar.
    ///
    /// # Go
    /// `t.AddDate(years, months, days)`: numbers carry over, so a month after the 31st of January is in March.
    ///
    /// # Examples
    /// ```
    /// use go::prelude::*;
    ///
    /// let t = time::date(2023, 1, 31, 0, 0, 0, 0, time::UTC);
    /// assert_eq!(t.add_date(0, 1, 0), time::date(2023, 3, 3, 0, 0, 0, 0, time::UTC));
    /// ```
    #[must_use]
    pub fn add_date(self, years: i32, months: i32, days: i32) -> Time {
        date(
            self.year() + years,
            self.month().number() + months,
            self.day() + days,
            self.hour(),
            self.minute(),
            self.second(),
            i64::from(self.nanos),
            self.location,
        )
    }

    /// Whether this time is before `other`.
    ///
    /// # Go
    /// `t.Before(u)`
    #[must_use]
    pub fn before(self, other: Time) -> bool {
        self.nanos_since(&other) < 0
    }

    /// Whether this time is after `other`.
    ///
    /// # Go
    /// `t.After(u)`
    #[must_use]
    pub fn after(self, other: Time) -> bool {
        self.nanos_since(&other) > 0
    }

    /// Whether both are the same point in time. `==` is the same.
    ///
    /// # Go
    /// `t.Equal(u)`
    #[must_use]
    pub fn equal(self, other: Time) -> bool {
        self.nanos_since(&other) == 0
    }

    /// Whether this is Go's zero time, the first of January of the year 1.
    ///
    /// # Go
    /// `t.IsZero()`
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.seconds == YEAR_ONE && self.nanos == 0
    }

    /// Seconds since 1970-01-01 00:00:00 UTC.
    ///
    /// # Go
    /// `t.Unix()`
    #[must_use]
    pub fn unix(self) -> i64 {
        self.seconds
    }

    /// Milliseconds since 1970-01-01 00:00:00 UTC.
    ///
    /// # Go
    /// `t.UnixMilli()`
    #[must_use]
    pub fn unix_milli(self) -> i64 {
        self.total().div_euclid(1_000_000) as i64
    }

    /// Microseconds since 1970-01-01 00:00:00 UTC.
    ///
    /// # Go
    /// `t.UnixMicro()`
    #[must_use]
    pub fn unix_micro(self) -> i64 {
        self.total().div_euclid(1_000) as i64
    }

    /// Nanoseconds since 1970-01-01 00:00:00 UTC, which do not fit before 1678 and after 2262.
    ///
    /// # Go
    /// `t.UnixNano()`
    #[must_use]
    pub fn unix_nano(self) -> i64 {
        self.total() as i64
    }

    /// The same time shown in universal time.
    ///
    /// # Go
    /// `t.UTC()`
    #[must_use]
    pub fn utc(self) -> Time {
        self.within(UTC)
    }

    /// The same time shown in the local zone.
    ///
    /// # Go
    /// `t.Local()`
    #[must_use]
    pub fn local(self) -> Time {
        self.within(LOCAL)
    }

    /// The same time shown in another zone.
    ///
    /// # Go
    /// `t.In(loc)`; `in` is a keyword in Rust.
    #[must_use]
    pub fn within(self, location: Location) -> Time {
        Time { location, ..self }
    }

    /// The zone in which the time is shown.
    ///
    /// # Go
    /// `t.Location()`
    #[must_use]
    pub fn location(self) -> Location {
        self.location
    }

    /// The same time without the monotonic clock's reading.
    ///
    /// # Go
    /// `t.Round(0)`
    #[must_use]
    pub fn without_monotonic(self) -> Time {
        Time { monotonic: 0, ..self }
    }

    /// The year.
    ///
    /// # Go
    /// `t.Year()`
    #[must_use]
    pub fn year(self) -> i32 {
        self.civil().year().into()
    }

    /// The month.
    ///
    /// # Go
    /// `t.Month()`
    #[must_use]
    pub fn month(self) -> Month {
        Month::from(i32::from(self.civil().month()))
    }

    /// The day of the month, from 1.
    ///
    /// # Go
    /// `t.Day()`
    #[must_use]
    pub fn day(self) -> i32 {
        self.civil().day().into()
    }

    /// The hour, from 0 to 23.
    ///
    /// # Go
    /// `t.Hour()`
    #[must_use]
    pub fn hour(self) -> i32 {
        self.civil().hour().into()
    }

    /// The minute.
    ///
    /// # Go
    /// `t.Minute()`
    #[must_use]
    pub fn minute(self) -> i32 {
        self.civil().minute().into()
    }

    /// The second.
    ///
    /// # Go
    /// `t.Second()`
    #[must_use]
    pub fn second(self) -> i32 {
        self.civil().second().into()
    }

    /// The nanosecond of the second.
    ///
    /// # Go
    /// `t.Nanosecond()`
    #[must_use]
    pub fn nanosecond(self) -> i32 {
        self.nanos as i32
    }

    /// The day of the week.
    ///
    /// # Go
    /// `t.Weekday()`
    #[must_use]
    pub fn weekday(self) -> Weekday {
        Weekday::from_sunday(self.civil().weekday().to_sunday_zero_offset())
    }

    /// The day of the year, from 1.
    ///
    /// # Go
    /// `t.YearDay()`
    #[must_use]
    pub fn year_day(self) -> i32 {
        self.civil().day_of_year().into()
    }
}

impl Default for Time {
    /// The first of January of the year 1, in universal time.
    fn default() -> Time {
        Time { seconds: YEAR_ONE, nanos: 0, monotonic: 0, location: UTC }
    }
}

impl PartialEq for Time {
    fn eq(&self, other: &Time) -> bool {
        self.equal(*other)
    }
}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Time) -> Option<Ordering> {
        Some(self.nanos_since(other).cmp(&0))
    }
}

impl Add<Duration> for Time {
    type Output = Time;
    fn add(self, duration: Duration) -> Time {
        Time::add(self, duration)
    }
}

impl AddAssign<Duration> for Time {
    fn add_assign(&mut self, duration: Duration) {
        *self = Time::add(*self, duration);
    }
}

impl Sub<Duration> for Time {
    type Output = Time;
    fn sub(self, duration: Duration) -> Time {
        self.moved(-i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX >> 1))
    }
}

impl SubAssign<Duration> for Time {
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

impl Sub<Time> for Time {
    type Output = Duration;
    fn sub(self, earlier: Time) -> Duration {
        Time::sub(self, earlier)
    }
}

impl From<SystemTime> for Time {
    /// Shown in the local zone, without a reading of the monotonic clock.
    fn from(time: SystemTime) -> Time {
        Time::from_system(time, 0)
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Time {
    /// As Go's `String()`: `2022-02-10 08:00:00 +0000 UTC`, and `m=+1.500000000` if there is a monotonic reading: the
    /// seconds since the program first asked for the time.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format("2006-01-02 15:04:05.999999999 -0700 MST"))?;
        if self.monotonic != 0 {
            let reading = u128::from(self.monotonic);
            write!(f, " m=+{}.{:09}", reading / SECOND as u128, reading % SECOND as u128)?;
        }
        Ok(())
    }
}
