//! Time zones, from jiff's database.

use std::fmt;
use std::sync::{LazyLock, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A time zone: [`UTC`], [`LOCAL`], one of [`load_location`], or a fixed one.
///
/// # Go
/// `*time.Location`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// assert_eq!(time::UTC.to_string(), "UTC");
/// assert_eq!(time::fixed_zone("MSK", 3 * 3600).to_string(), "MSK");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// Which it is.
    zone: Zone,
}

/// What a location may be.
#[derive(Clone, Copy)]
enum Zone {
    /// Universal time.
    Utc,
    /// What the machine is set to.
    Local,
    /// A zone of the database, or a fixed offset.
    Named(&'static Named),
}

/// A zone with its name.
#[derive(Debug)]
struct Named {
    /// The name that the location was asked for by.
    name: String,
    /// Its offset, if that is fixed by hand.
    fixed: Option<i32>,
    /// Its rules.
    rules: TimeZone,
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        match (self, other) {
            (Zone::Utc, Zone::Utc) | (Zone::Local, Zone::Local) => true,
            (Zone::Named(one), Zone::Named(two)) => std::ptr::eq(*one, *two),
            _ => false,
        }
    }
}

impl Eq for Zone {}

/// Universal time.
///
/// # Go
/// `time.UTC`
pub const UTC: Location = Location { zone: Zone::Utc };

/// The machine's time zone: the variable `TZ` if it is set, otherwise the system's.
///
/// # Go
/// `time.Local`
pub const LOCAL: Location = Location { zone: Zone::Local };

/// The machine's rules; universal time where they are not known, as in Go.
static SYSTEM: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::try_system().unwrap_or(TimeZone::UTC));
/// The zones that were asked for. They stay, so that a [`Location`] is a plain value.
static LOADED: Mutex<Vec<&'static Named>> = Mutex::new(Vec::new());

/// The error of [`load_location`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownZone {
    /// The name that is not in the database.
    name: String,
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown time zone {}", self.name)
    }
}

impl std::error::Error for UnknownZone {}

/// The zone of this name in the database; `""` and `"UTC"` are [`UTC`], `"Local"` is [`LOCAL`].
///
/// # Go
/// `time.LoadLocation(name)`
///
/// # Errors
/// If the database has no such zone.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// assert_eq!(time::load_location("UTC").unwrap(), time::UTC);
/// assert_eq!(time::load_location("Nowhere/Town").unwrap_err().to_string(), "unknown time zone Nowhere/Town");
/// ```
pub fn load_location(name: &str) -> Result<Location, UnknownZone> {
    match name {
        "" | "UTC" => Ok(UTC),
        "Local" => Ok(LOCAL),
        _ => match TimeZone::get(name) {
            Ok(rules) => Ok(keep(Named { name: name.to_owned(), fixed: None, rules })),
            Err(_) => Err(UnknownZone { name: name.to_owned() }),
        },
    }
}

/// A zone that is always `offset` seconds east of Greenwich.
///
/// # Go
/// `time.FixedZone(name, offset)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let noon = time::date(2024, 5, 1, 12, 0, 0, 0, time::fixed_zone("MSK", 3 * 3600));
/// assert_eq!(noon.utc().hour(), 9);
/// ```
#[must_use]
pub fn fixed_zone(name: &str, offset: i32) -> Location {
    let rules = jiff::tz::Offset::from_seconds(offset).map_or(TimeZone::UTC, TimeZone::fixed);
    keep(Named { name: name.to_owned(), fixed: Some(offset), rules })
}

/// The location of `named`, which is kept for ever, once.
fn keep(named: Named) -> Location {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = loaded.iter().find(|other| other.name == named.name && other.fixed == named.fixed);
    let named = match known {
        Some(known) => *known,
        None => {
            let kept: &'static Named = Box::leak(Box::new(named));
            loaded.push(kept);
            kept
        }
    };
    Location { zone: Zone::Named(named) }
}

impl Location {
    /// The rules.
    fn rules(&self) -> &'static TimeZone {
        match self.zone {
            Zone::Utc => const { &TimeZone::UTC },
            Zone::Local => &SYSTEM,
            Zone::Named(named) => &named.rules,
        }
    }

    /// Seconds east of Greenwich at `seconds` after 1970.
    pub(super) fn offset(&self, seconds: i64) -> i32 {
        self.rules().to_offset(timestamp(seconds)).seconds()
    }

    /// The zone's short name at `seconds` after 1970, such as `CET`.
    pub(super) fn abbreviation(&self, seconds: i64) -> String {
        match self.zone {
            Zone::Utc => "UTC".to_owned(),
            Zone::Named(named) if named.fixed.is_some() => named.name.clone(),
            Zone::Local | Zone::Named(_) => self.rules().to_offset_info(timestamp(seconds)).abbreviation().to_owned(),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.zone {
            Zone::Utc => "UTC",
            Zone::Local => "Local",
            Zone::Named(named) => &named.name,
        })
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

/// The nearest time that jiff knows.
fn timestamp(seconds: i64) -> Timestamp {
    let seconds = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
