//! The logger behind the macros.

use std::any::type_name;
use std::fmt::{Display, Write as _};
use std::io::{self, Write};
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

use crate::rt;
use crate::time::now;

/// The date: `2009/11/10`.
pub const LDATE: i32 = 1;
/// The time: `23:00:00`.
pub const LTIME: i32 = 2;
/// The time with microseconds: `23:00:00.123123`.
pub const LMICROSECONDS: i32 = 4;
/// The file with its path, and the line.
pub const LLONGFILE: i32 = 8;
/// The file's name and the line; instead of [`LLONGFILE`].
pub const LSHORTFILE: i32 = 16;
/// Date and time in universal time.
pub const LUTC: i32 = 32;
/// The prefix stands before the text instead of at the beginning of the line.
pub const LMSGPREFIX: i32 = 64;
/// What is set at first: date and time.
pub const LSTD_FLAGS: i32 = LDATE | LTIME;

/// The logger.
struct Logger {
    /// What stands before each text.
    flags: i32,
    /// The program's own beginning of each line.
    prefix: String,
    /// Where lines go; stderr if `None`.
    output: Option<Box<dyn Write + Send>>,
}

/// The process's logger.
static LOGGER: Mutex<Logger> = Mutex::new(Logger { flags: LSTD_FLAGS, prefix: String::new(), output: None });

/// Runs `f` with the logger.
fn with<R>(f: impl FnOnce(&mut Logger) -> R) -> R {
    f(&mut LOGGER.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What stands before each text.
///
/// # Go
/// `log.Flags()`
#[must_use]
pub fn flags() -> i32 {
    with(|logger| logger.flags)
}

/// Sets what stands before each text.
///
/// # Go
/// `log.SetFlags(flag)`
///
/// # Examples
/// ```
/// use go::log;
///
/// log::set_flags(log::LSTD_FLAGS | log::LSHORTFILE);
/// assert_eq!(log::flags(), log::LDATE | log::LTIME | log::LSHORTFILE);
/// ```
pub fn set_flags(flags: i32) {
    with(|logger| logger.flags = flags);
}

/// The beginning of each line.
///
/// # Go
/// `log.Prefix()`
#[must_use]
pub fn prefix() -> String {
    with(|logger| logger.prefix.clone())
}

/// Sets the beginning of each line.
///
/// # Go
/// `log.SetPrefix(prefix)`
///
/// # Examples
/// ```
/// use go::log;
///
/// log::set_prefix("worker: ");
/// assert_eq!(log::prefix(), "worker: ");
/// ```
pub fn set_prefix(prefix: impl Into<String>) {
    let prefix = prefix.into();
    with(|logger| logger.prefix = prefix);
}

/// Sets where lines go, one write each; at first to stderr.
///
/// # Go
/// `log.SetOutput(w)`
///
/// # Examples
/// ```
/// use go::log;
///
/// log::set_output(std::io::stdout());
/// log::println!("on stdout");
/// ```
pub fn set_output(output: impl Write + Send + 'static) {
    let before = with(|logger| logger.output.replace(Box::new(output)));
    drop(before);
}

impl Logger {
    /// The line of `text`, logged at `place`.
    fn line(&self, text: &str, place: &Location<'_>) -> String {
        let at_front = self.flags & LMSGPREFIX == 0;
        let mut line = if at_front { self.prefix.clone() } else { String::new() };
        if self.flags & (LDATE | LTIME | LMICROSECONDS) != 0 {
            let time = if self.flags & LUTC != 0 { now().utc() } else { now() };
            if self.flags & LDATE != 0 {
                line += &time.format("2006/01/02 ");
            }
            if self.flags & LMICROSECONDS != 0 {
                line += &time.format("15:04:05.000000 ");
            } else if self.flags & LTIME != 0 {
                line += &time.format("15:04:05 ");
            }
        }
        if self.flags & (LLONGFILE | LSHORTFILE) != 0 {
            let file = place.file();
            let short = file.rsplit(['/', '\\']).next().unwrap_or(file);
            let file = if self.flags & LSHORTFILE != 0 { short } else { file };
            // Writing to a string cannot fail.
            let _ = write!(line, "{file}:{}: ", place.line());
        }
        if !at_front {
            line += &self.prefix;
        }
        line += text;
        if !line.ends_with('\n') {
            line.push('\n');
        }
        line
    }
}

/// Logs a text.
#[track_caller]
pub fn output(text: impl AsRef<str>) {
    let place = Location::caller();
    with(|logger| {
        let line = logger.line(text.as_ref(), place);
        // As in Go, there is nobody to tell of an error.
        let _ = match &mut logger.output {
            Some(output) => output.write_all(line.as_bytes()),
            None => io::stderr().write_all(line.as_bytes()),
        };
    });
}

/// Ends the process after a fatal line.
pub fn exit() -> ! {
    rt::exit(1)
}

/// Logs a text and panics with it.
#[track_caller]
pub fn unwind(text: String) -> ! {
    output(&text);
    std::panic!("{text}")
}

/// A value to be logged.
#[derive(Debug)]
pub struct Text {
    /// How it is shown.
    shown: String,
    /// Whether it is a string: only values that are not are kept apart by a space.
    is_string: bool,
}

impl Text {
    /// The text of a value.
    pub fn new<T: Display>(value: &T) -> Text {
        let kind = type_name::<T>().trim_start_matches('&').trim_start_matches("mut ");
        Text { shown: value.to_string(), is_string: matches!(kind, "str" | "alloc::string::String") }
    }
}

/// Puts values together as Go does: a space between two of which neither is a string; with `line`, between all, and a
/// newline.
pub fn join(line: bool, texts: &[Text]) -> String {
    let mut all = String::new();
    for (i, text) in texts.iter().enumerate() {
        if i > 0 && (line || !(text.is_string || texts[i - 1].is_string)) {
            all.push(' ');
        }
        all += &text.shown;
    }
    if line {
        all.push('\n');
    }
    all
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use std::panic::Location;

    use super::{LLONGFILE, LMSGPREFIX, LSHORTFILE, LSTD_FLAGS, LUTC, Logger, Text, join};

    #[test]
    fn values_are_put_together_as_in_go() {
        let texts = || [Text::new(&"a"), Text::new(&"b"), Text::new(&1), Text::new(&2), Text::new(&true)];
        assert_eq!(join(false, &texts()), "ab1 2 true");
        assert_eq!(join(true, &texts()), "a b 1 2 true\n");
        assert_eq!(join(false, &[Text::new(&String::from("x")), Text::new(&&"y")]), "xy");
        assert_eq!(join(true, &[]), "\n");
    }

    #[test]
    fn a_line_has_what_the_flags_say() {
        let place = Location::caller();
        let line =
            |flags, prefix: &str, text| Logger { flags, prefix: prefix.to_owned(), output: None }.line(text, place);
        assert_eq!(line(0, "pfx: ", "flags 0"), "pfx: flags 0\n");
        assert_eq!(line(LMSGPREFIX, "pfx: ", "with newline\n"), "pfx: with newline\n");
        assert_eq!(line(LSHORTFILE, "", "x"), format!("logger.rs:{}: x\n", place.line()));
        assert_eq!(line(LLONGFILE, "", "x"), format!("{}:{}: x\n", place.file(), place.line()));
        let dated = line(LSTD_FLAGS | LUTC, "p ", "x");
        let shape: String = dated.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "p 0000/00/00 00:00:00 x\n");
    }
}
