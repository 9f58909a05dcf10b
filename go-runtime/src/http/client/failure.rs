//! The errors of hyper and of contexts in Go's words.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::Connected;

use super::dial::Ends;
use crate::context::{CANCELED, Cause, DEADLINE_EXCEEDED};
use crate::errors;
use crate::http::error::{ERR_EOF, ERR_UNEXPECTED_EOF, Error, io_text};

/// Why a context is done, as an error.
pub(super) fn from_cause(cause: Cause) -> Error {
    if cause == DEADLINE_EXCEEDED {
        return Error::with_text(cause.to_string(), DEADLINE_EXCEEDED);
    }
    if cause == CANCELED {
        return Error::with_text(cause.to_string(), CANCELED);
    }
    Error::with_text(cause.to_string(), Because { cause })
}

/// A cause of the program's, in an error's chain.
#[derive(Debug)]
struct Because {
    /// The cause.
    cause: Cause,
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl StdError for Because {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.cause)
    }
}

/// Why there is no response.
pub(super) fn of_request(error: legacy::Error) -> Error {
    if let Some(own) = errors::find::<Error>(&error) {
        return own.clone();
    }
    let ends = error.connect_info().and_then(ends_of);
    if let Some(io) = errors::find::<io::Error>(&error) {
        return of_io(io, ends.as_ref(), error.to_string());
    }
    if let Some(hyper) = errors::find::<hyper::Error>(&error) {
        if hyper.is_incomplete_message() || hyper.is_closed() || hyper.is_canceled() {
            return ERR_EOF;
        }
        if hyper.is_parse() {
            let text = format!("net/http: HTTP/1.x transport connection broken: malformed HTTP response: {hyper}");
            return Error::with_text(text, error);
        }
        let text = hyper.to_string();
        return Error::with_text(text, error);
    }
    let text = error.to_string();
    Error::with_text(text, error)
}

/// The two ends of a connection.
fn ends_of(connected: &Connected) -> Option<Ends> {
    let mut extensions = ::http::Extensions::new();
    connected.get_extras(&mut extensions);
    extensions.remove::<Ends>()
}

/// An error of the connection.
fn of_io(io: &io::Error, ends: Option<&Ends>, other: String) -> Error {
    match io.kind() {
        io::ErrorKind::UnexpectedEof => ERR_UNEXPECTED_EOF,
        kind => {
            let what = if kind == io::ErrorKind::BrokenPipe { "write" } else { "read" };
            let text = match ends {
                Some(ends) => format!("{what} tcp {}->{}: {what}: {}", ends.local, ends.remote, io_text(io)),
                None if other.is_empty() => io_text(io),
                None => format!("{what}: {}", io_text(io)),
            };
            Error::with_text(text, copy(io))
        }
    }
}

/// The same error of the system; one behind a reference cannot be kept.
fn copy(io: &io::Error) -> io::Error {
    match io.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::from(io.kind()),
    }
}

/// Why there is no more of a body.
pub(super) fn of_body(error: hyper::Error) -> Error {
    if let Some(io) = errors::find::<io::Error>(&error) {
        return of_io(io, None, error.to_string());
    }
    if error.is_incomplete_message() || error.is_closed() || error.is_canceled() || error.is_body_write_aborted() {
        return ERR_UNEXPECTED_EOF;
    }
    let text = error.to_string();
    Error::with_text(text, error)
}
