//! Go's layouts: a time is formatted after the pattern of one reference time, `Mon Jan 2 15:04:05 MST 2006`.

use std::fmt::Write;

use super::Time;

/// `Mon Jan _2 15:04:05 2006`
pub const ANSIC: &str = "Mon Jan _2 15:04:05 2006";
/// `Mon, 02 Jan 2006 15:04:05 MST`
pub const RFC1123: &str = "Mon, 02 Jan 2006 15:04:05 MST";
/// `2006-01-02T15:04:05Z07:00`
pub const RFC3339: &str = "2006-01-02T15:04:05Z07:00";
/// `2006-01-02T15:04:05.999999999Z07:00`
pub const RFC3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";
/// `3:04PM`
pub const KITCHEN: &str = "3:04PM";
/// `Jan _2 15:04:05`
pub const STAMP: &str = "Jan _2 15:04:05";
/// `2006-01-02 15:04:05`
pub const DATE_TIME: &str = "2006-01-02 15:04:05";
/// `2006-01-02`
pub const DATE_ONLY: &str = "2006-01-02";
/// `15:04:05`
pub const TIME_ONLY: &str = "15:04:05";

/// A piece of a layout that stands for a part of the time.
#[derive(Clone, Copy)]
enum Piece {
    /// `January`
    LongMonth,
    /// `Jan`
    Month,
    /// `1`, `01`
    NumMonth(usize),
    /// `Monday`
    LongWeekday,
    /// `Mon`
    Weekday,
    /// `2`, `02`, and `_2` with a space
    Day(usize, char),
    /// `002`, and `__2` with spaces
    YearDay(char),
    /// `15`
    Hour,
    /// `3`, `03`
    Hour12(usize),
    /// `4`, `04`
    Minute(usize),
    /// `5`, `05`
    Second(usize),
    /// `2006`
    Year,
    /// `06`
    ShortYear,
    /// `PM`, `pm`
    Half(&'static str, &'static str),
    /// `MST`
    ZoneName,
    /// `-0700` and its kin
    Offset {
        /// Whether universal time is `Z`.
        z: bool,
        /// Whether hours and minutes are kept apart by a colon.
        colon: bool,
        /// Whether the minutes are shown.
        minutes: bool,
        /// Whether the seconds are shown.
        seconds: bool,
    },
    /// `.000`, `,999`
    Fraction {
        /// How many digits.
        digits: usize,
        /// The sign before them.
        point: char,
        /// Whether zeros at the end are left out.
        trim: bool,
    },
}

/// The offset that the layout writes so.
const fn offset(z: bool, colon: bool, minutes: bool, seconds: bool) -> Piece {
    Piece::Offset { z, colon, minutes, seconds }
}

/// The pieces by how they are written; of two that fit the first is meant.
const PIECES: &[(&str, Piece)] = &[
    ("January", Piece::LongMonth),
    ("Jan", Piece::Month),
    ("Monday", Piece::LongWeekday),
    ("Mon", Piece::Weekday),
    ("MST", Piece::ZoneName),
    ("002", Piece::YearDay('0')),
    ("__2", Piece::YearDay(' ')),
    ("01", Piece::NumMonth(2)),
    ("02", Piece::Day(2, '0')),
    ("03", Piece::Hour12(2)),
    ("04", Piece::Minute(2)),
    ("05", Piece::Second(2)),
    ("06", Piece::ShortYear),
    ("15", Piece::Hour),
    ("1", Piece::NumMonth(1)),
    ("2006", Piece::Year),
    ("_2", Piece::Day(2, ' ')),
    ("2", Piece::Day(1, '0')),
    ("3", Piece::Hour12(1)),
    ("4", Piece::Minute(1)),
    ("5", Piece::Second(1)),
    ("PM", Piece::Half("AM", "PM")),
    ("pm", Piece::Half("am", "pm")),
    ("-070000", offset(false, false, true, true)),
    ("-07:00:00", offset(false, true, true, true)),
    ("-0700", offset(false, false, true, false)),
    ("-07:00", offset(false, true, true, false)),
    ("-07", offset(false, false, false, false)),
    ("Z070000", offset(true, false, true, true)),
    ("Z07:00:00", offset(true, true, true, true)),
    ("Z0700", offset(true, false, true, false)),
    ("Z07:00", offset(true, true, true, false)),
    ("Z07", offset(true, false, false, false)),
];

/// The piece with which `layout` begins, and its length.
fn piece(layout: &str) -> Option<(Piece, usize)> {
    // `_2006` is an underscore and the year.
    if layout.starts_with("_2006") {
        return None;
    }
    if let Some(point) = layout.chars().next().filter(|c| matches!(c, '.' | ',')) {
        let digit = layout[1..].chars().next().filter(|c| matches!(c, '0' | '9'))?;
        let rest = layout[1..].trim_start_matches(digit);
        // A fraction ends where the digits end.
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let digits = layout.len() - 1 - rest.len();
        return Some((Piece::Fraction { digits, point, trim: digit == '9' }, digits + 1));
    }
    let (text, piece) = PIECES.iter().find(|(text, _)| layout.starts_with(text))?;
    // `Jan` and `Mon` inside a longer word are that word.
    let word = matches!(piece, Piece::Month | Piece::Weekday);
    if word && layout[text.len()..].starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    Some((*piece, text.len()))
}

impl Time {
    /// The time after Go's pattern: `layout` shows how the reference time `Mon Jan 2 15:04:05 MST 2006` would look.
    ///
    /// # Go
    /// `t.Format(layout)`
    ///
    /// # Examples
    /// ```
    /// use go::prelude::*;
    ///
    /// let t = time::date(2022, 2, 10, 8, 5, 9, 120_000_000, time::UTC);
    /// assert_eq!(t.format("2006/01/02 15:04:05.000"), "2022/02/10 08:05:09.120");
    /// assert_eq!(t.format(time::RFC3339), "2022-02-10T08:05:09Z");
    /// assert_eq!(t.format(time::KITCHEN), "8:05AM");
    /// ```
    #[must_use]
    pub fn format(self, layout: &str) -> String {
        let mut out = String::with_capacity(layout.len() + 8);
        let mut rest = layout;
        while let Some(next) = rest.chars().next() {
            let length = match piece(rest) {
                Some((piece, length)) => {
                    self.write_piece(&mut out, piece);
                    length
                }
                None => {
                    out.push(next);
                    next.len_utf8()
                }
            };
            rest = &rest[length..];
        }
        out
    }

    /// Writes one part of the time.
    fn write_piece(self, out: &mut String, piece: Piece) {
        let shown = self.civil();
        let hour12 = match shown.hour() % 12 {
            0 => 12,
            hour => hour,
        };
        // Writing to a string cannot fail.
        let _ = match piece {
            Piece::LongMonth => write!(out, "{}", self.month()),
            Piece::Month => write!(out, "{:.3}", self.month()),
            Piece::NumMonth(width) => write!(out, "{:0width$}", shown.month()),
            Piece::LongWeekday => write!(out, "{}", self.weekday()),
            Piece::Weekday => write!(out, "{:.3}", self.weekday().to_string()),
            Piece::Day(width, '0') => write!(out, "{:0width$}", shown.day()),
            Piece::Day(width, _) => write!(out, "{:width$}", shown.day()),
            Piece::YearDay('0') => write!(out, "{:03}", shown.day_of_year()),
            Piece::YearDay(_) => write!(out, "{:3}", shown.day_of_year()),
            Piece::Hour => write!(out, "{:02}", shown.hour()),
            Piece::Hour12(width) => write!(out, "{hour12:0width$}"),
            Piece::Minute(width) => write!(out, "{:0width$}", shown.minute()),
            Piece::Second(width) => write!(out, "{:0width$}", shown.second()),
            Piece::Year if shown.year() < 0 => write!(out, "-{:04}", -shown.year()),
            Piece::Year => write!(out, "{:04}", shown.year()),
            Piece::ShortYear => write!(out, "{:02}", shown.year().rem_euclid(100)),
            Piece::Half(morning, afternoon) => {
                out.push_str(if shown.hour() < 12 { morning } else { afternoon });
                Ok(())
            }
            Piece::ZoneName => {
                out.push_str(&self.abbreviation());
                Ok(())
            }
            Piece::Offset { z: true, .. } if self.offset() == 0 => {
                out.push('Z');
                Ok(())
            }
            Piece::Offset { colon, minutes, seconds, .. } => {
                let (offset, separator) = (self.offset(), if colon { ":" } else { "" });
                out.push(if offset < 0 { '-' } else { '+' });
                let offset = offset.unsigned_abs();
                let mut written = write!(out, "{:02}", offset / 3600);
                if minutes {
                    written = write!(out, "{separator}{:02}", offset / 60 % 60);
                }
                if seconds {
                    written = write!(out, "{separator}{:02}", offset % 60);
                }
                written
            }
            Piece::Fraction { digits, point, trim } => {
                let nanos = format!("{:09}", self.nanosecond());
                let mut shown: String = nanos.chars().chain(std::iter::repeat('0')).take(digits).collect();
                if trim {
                    shown.truncate(shown.trim_end_matches('0').len());
                }
                if !shown.is_empty() {
                    out.push(point);
                    out.push_str(&shown);
                }
                Ok(())
            }
        };
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use crate::time::{ANSIC, RFC1123, RFC3339_NANO, STAMP, UTC, date, fixed_zone};

    #[test]
    fn every_piece_shows_its_part() {
        let t = date(2009, 2, 4, 21, 0, 57, 12_345_678, fixed_zone("PST", -8 * 3600));
        let cases = [
            (ANSIC, "Wed Feb  4 21:00:57 2009"),
            (RFC1123, "Wed, 04 Feb 2009 21:00:57 PST"),
            (RFC3339_NANO, "2009-02-04T21:00:57.012345678-08:00"),
            (STAMP, "Feb  4 21:00:57"),
            ("January 2 06 03:04pm, Monday", "February 4 09 09:00pm, Wednesday"),
            ("002 __2 1 3 4 5 -07 Z0700 -070000", "035  35 2 9 0 57 -08 -0800 -080000"),
            ("5.000 5,999999 5.00000000000", "57.012 57,012345 57.01234567800"),
            ("Janus Monk _2006 v.05", "Janus Monk _2009 v.57"),
        ];
        for (layout, expected) in cases {
            assert_eq!(t.format(layout), expected, "{layout}");
        }
        assert_eq!(date(2009, 2, 4, 0, 0, 57, 0, UTC).format("3PM 15.999 Z07:00 -0700"), "12AM 00 Z +0000");
    }
}
