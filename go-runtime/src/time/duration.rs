//! Spans of time: the units, and Go's way to print them.

use std::fmt;
use std::time::Duration;

/// A billionth of a second.
pub const NANOSECOND: Duration = Duration::from_nanos(1);
/// A millionth of a second.
pub const MICROSECOND: Duration = Duration::from_micros(1);
/// A thousandth of a second.
pub const MILLISECOND: Duration = Duration::from_millis(1);
/// A second.
pub const SECOND: Duration = Duration::from_secs(1);
/// A minute.
pub const MINUTE: Duration = Duration::from_secs(60);
/// An hour.
pub const HOUR: Duration = Duration::from_secs(3600);

/// A duration as Go prints it: `1.5s`, `2h45m0s`, `100ms`, `0s`.
///
/// # Go
/// `d.String()`, which `fmt.Println(d)` calls.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// assert_eq!(time::duration_string(2 * time::HOUR + 45 * time::MINUTE), "2h45m0s");
/// assert_eq!(time::duration_string(1500 * time::MICROSECOND), "1.5ms");
/// ```
#[must_use]
pub fn duration_string(duration: Duration) -> String {
    Signed(i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX)).to_string()
}

/// A span of nanoseconds that may be negative.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed(pub(crate) i128);

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let nanos = self.0.unsigned_abs();
        let (unit, name) = match nanos {
            0 => return f.write_str("0s"),
            1..1_000 => return write!(f, "{nanos}ns"),
            1_000..1_000_000 => (1_000, "µs"),
            1_000_000..1_000_000_000 => (1_000_000, "ms"),
            _ => (1_000_000_000, "s"),
        };
        let (mut whole, part) = (nanos / unit, nanos % unit);
        if unit == 1_000_000_000 && whole >= 60 {
            let minutes = whole / 60;
            whole %= 60;
            if minutes >= 60 {
                write!(f, "{}h", minutes / 60)?;
            }
            write!(f, "{}m", minutes % 60)?;
        }
        write!(f, "{whole}")?;
        if part > 0 {
            let digits = unit.ilog10() as usize;
            f.write_str(".")?;
            f.write_str(format!("{part:0digits$}").trim_end_matches('0'))?;
        }
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::Signed;

    #[test]
    fn durations_print_as_in_go() {
        let cases = [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1µs"),
            (2_200_000, "2.2ms"),
            (3_300_000_000, "3.3s"),
            (245_000_000_000, "4m5s"),
            (245_001_000_000, "4m5.001s"),
            (18_367_001_000_000, "5h6m7.001s"),
            (480_000_000_001, "8m0.000000001s"),
            (3_600_000_000_000, "1h0m0s"),
            (-1_500_000, "-1.5ms"),
        ];
        for (nanos, text) in cases {
            assert_eq!(Signed(nanos).to_string(), text);
        }
    }
}
