//! Go's words for what goes wrong, and panics that carry the caller's place.

use std::fmt;
use std::panic::Location;

/// A run-time error of Go's: what a misused channel panics with.
///
/// # Go
/// Go's `runtime.Error`, of the type `runtime.plainError`.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let ch: Chan<i32> = chan!(i32);
/// ch.close();
/// let panic = std::panic::catch_unwind(|| ch.close()).unwrap_err();
/// let error = panic.downcast_ref::<go::runtime::Error>().unwrap();
/// assert_eq!(error.to_string(), "close of closed channel");
/// assert_eq!(error.go_type_name(), "runtime.plainError");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// Go's text.
    text: &'static str,
    /// Where the program called.
    place: &'static Location<'static>,
}

impl Error {
    /// The place in the program whose call failed.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.place
    }

    /// The name that Go's `%T` prints for such an error.
    #[must_use]
    pub fn go_type_name(&self) -> &'static str {
        "runtime.plainError"
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl std::error::Error for Error {}

/// A send met a closed channel.
pub(crate) const SEND_ON_CLOSED: &str = "send on closed channel";
/// A channel was closed twice.
pub(crate) const CLOSE_OF_CLOSED: &str = "close of closed channel";
/// The nil channel was closed.
pub(crate) const CLOSE_OF_NIL: &str = "close of nil channel";

/// Panics with one of Go's run-time errors, at the caller's place.
#[cold]
pub(crate) fn throw(text: &'static str, place: &'static Location<'static>) -> ! {
    crate::panics::install();
    std::panic::panic_any(Error { text, place })
}

/// Panics as Go's `make` does for a capacity that is negative or absurd; in a constant, at compile time.
#[track_caller]
pub(crate) const fn makechan_out_of_range() -> ! {
    panic!("makechan: size out of range")
}
