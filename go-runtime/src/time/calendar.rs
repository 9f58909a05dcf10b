//! Months and days of the week.

use std::fmt;

/// A month. A number outside 1 to 12 is allowed: [`date`](super::date) carries it over into the years.
///
/// # Go
/// `time.Month`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let t = time::date(2022, 2, 10, 8, 0, 0, 0, time::UTC);
/// assert_eq!(t.month(), time::FEBRUARY);
/// assert_eq!(t.month().to_string(), "February");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

/// The names of the months.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Makes the constants of the months.
macro_rules! months {
    ($($name:ident = $number:literal),*) => {
        $(
            #[doc = concat!("The month ", $number, ".")]
            pub const $name: Month = Month($number);
        )*
    };
}

months!(
    JANUARY = 1,
    FEBRUARY = 2,
    MARCH = 3,
    APRIL = 4,
    MAY = 5,
    JUNE = 6,
    JULY = 7,
    AUGUST = 8,
    SEPTEMBER = 9,
    OCTOBER = 10,
    NOVEMBER = 11,
    DECEMBER = 12
);

impl Month {
    /// The month's number; 1 for January.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0
    }
}

impl From<i32> for Month {
    fn from(number: i32) -> Month {
        Month(number)
    }
}

impl From<Month> for i32 {
    fn from(month: Month) -> i32 {
        month.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match usize::try_from(self.0 - 1).ok().and_then(|index| MONTHS.get(index)) {
            Some(name) => f.pad(name),
            None => write!(f, "%!Month({})", self.0),
        }
    }
}

/// A day of the week.
///
/// # Go
/// `time.Weekday`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// assert_eq!(time::date(2022, 2, 10, 8, 0, 0, 0, time::UTC).weekday(), time::Weekday::Thursday);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// Day 0.
    Sunday,
    /// Day 1.
    Monday,
    /// Day 2.
    Tuesday,
    /// Day 3.
    Wednesday,
    /// Day 4.
    Thursday,
    /// Day 5.
    Friday,
    /// Day 6.
    Saturday,
}

impl Weekday {
    /// The day by its number from Sunday.
    pub(super) fn from_sunday(number: i8) -> Weekday {
        const DAYS: [Weekday; 7] = [
            Weekday::Sunday,
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
        ];
        DAYS[number.rem_euclid(7) as usize]
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
