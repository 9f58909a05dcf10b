//! What can go wrong, in Go's words.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

use crate::share::Share;

/// An error of the server or the client. Its text is Go's.
///
/// What is behind it is its [`source`](StdError::source), so [`errors::is`](crate::errors::is) finds a context's error:
/// `errors::is(&error, &context::CANCELED)`. Two errors are equal if one is a clone of the other, or both are the same
/// constant.
///
/// # Examples
/// ```
/// use go::http;
///
/// assert_eq!(http::ERR_SERVER_CLOSED.to_string(), "http: Server closed");
/// assert!(!http::ERR_SERVER_CLOSED.is_timeout());
/// ```
#[derive(Clone)]
pub struct Error {
    /// Which one it is.
    repr: Repr,
}

/// A constant, or one that was made.
#[derive(Clone)]
enum Repr {
    /// One of the constants.
    Fixed(&'static str),
    /// One with something behind it.
    Made(Arc<Made>),
}

/// An error that was made.
struct Made {
    /// The whole text.
    text: String,
    /// What is behind it.
    source: Option<Box<dyn StdError + Send + Sync>>,
    /// Whether a time was over.
    timeout: bool,
}

/// [`Server::serve`](super::Server::serve) and its kin return this after `shutdown` or `close`.
///
/// # Go
/// `http.ErrServerClosed`
pub const ERR_SERVER_CLOSED: Error = Error::fixed("http: Server closed");
/// A write after [`timeout_handler`](super::timeout_handler) has answered.
///
/// # Go
/// `http.ErrHandlerTimeout`
pub const ERR_HANDLER_TIMEOUT: Error = Error::fixed("http: Handler timeout");
/// A write although the method or the status allows no body.
///
/// # Go
/// `http.ErrBodyNotAllowed`
pub const ERR_BODY_NOT_ALLOWED: Error =
    Error::fixed("http: request method or response status code does not allow body");
/// A write beyond the `Content-Length` that the handler has set.
///
/// # Go
/// `http.ErrContentLength`
pub const ERR_CONTENT_LENGTH: Error = Error::fixed("http: wrote more than the declared Content-Length");
/// A write after the connection was hijacked.
///
/// # Go
/// `http.ErrHijacked`
pub const ERR_HIJACKED: Error = Error::fixed("http: connection has been hijacked");
/// The connection cannot be hijacked, as with HTTP/2.
///
/// # Go
/// `http.ErrNotSupported`, as `errors.ErrUnsupported`
pub const ERR_NOT_SUPPORTED: Error = Error::fixed("feature not supported");
/// The request has no such cookie.
///
/// # Go
/// `http.ErrNoCookie`
pub const ERR_NO_COOKIE: Error = Error::fixed("http: named cookie not present");
/// A form is longer than [`Request::parse_multipart_form`](super::Request) allows.
///
/// # Go
/// `multipart.ErrMessageTooLarge`
pub const ERR_MESSAGE_TOO_LARGE: Error = Error::fixed("multipart: message too large");
/// A form has no such file.
///
/// # Go
/// `http.ErrMissingFile`
pub const ERR_MISSING_FILE: Error = Error::fixed("http: no such file");
/// A request's body is no form with files.
///
/// # Go
/// `http.ErrNotMultipart`
pub const ERR_NOT_MULTIPART: Error = Error::fixed("request Content-Type isn't multipart/form-data");
/// A read from a body that was closed.
///
/// # Go
/// `http.ErrBodyReadAfterClose`
pub const ERR_BODY_READ_AFTER_CLOSE: Error = Error::fixed("http: invalid Read on closed Body");
/// A [`Client`](super::Client)'s redirect rule returns this to get the redirecting response itself.
///
/// # Go
/// `http.ErrUseLastResponse`
pub const ERR_USE_LAST_RESPONSE: Error = Error::fixed("net/http: use last response");
/// A body is longer than [`max_bytes_reader`](super::max_bytes_reader) allows.
///
/// # Go
/// `*http.MaxBytesError`
pub const ERR_BODY_TOO_LARGE: Error = Error::fixed("http: request body too large");
/// The connection is gone.
pub(super) const ERR_CONNECTION_GONE: Error = Error::fixed("http: connection closed by client");
/// The handler has returned.
pub(super) const ERR_HANDLER_RETURNED: Error = Error::fixed("http: response written after the handler returned");
/// A body in chunks that are none.
pub(super) const ERR_MALFORMED_CHUNKS: Error = Error::fixed("malformed chunked encoding");
/// A stream ended too early.
pub(super) const ERR_UNEXPECTED_EOF: Error = Error::fixed("unexpected EOF");
/// A stream ended where a message was to begin.
pub(super) const ERR_EOF: Error = Error::fixed("EOF");

impl Error {
    /// A constant.
    const fn fixed(text: &'static str) -> Error {
        Error { repr: Repr::Fixed(text) }
    }

    /// An error that is a text.
    pub(super) fn new(text: impl Into<String>) -> Error {
        Error::made(text.into(), None, false)
    }

    /// An error with all its parts.
    fn made(text: String, source: Option<Box<dyn StdError + Send + Sync>>, timeout: bool) -> Error {
        Error { repr: Repr::Made(Arc::new(Made { text, source, timeout })) }
    }

    /// `before: source`
    pub(super) fn wrap(before: impl fmt::Display, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        let source = source.into();
        Error::with_text(format!("{before}: {source}"), source)
    }

    /// An error with a text of its own and something behind it.
    pub(super) fn with_text(text: String, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        let source = source.into();
        let timeout = is_timeout(&*source);
        Error::made(text, Some(source), timeout)
    }

    /// An error that counts as a timeout.
    pub(super) fn timeout(text: String, source: Option<Box<dyn StdError + Send + Sync>>) -> Error {
        Error::made(text, source, true)
    }

    /// An error of the operating system, in Go's words.
    pub(super) fn io(before: impl fmt::Display, error: io::Error) -> Error {
        let text = format!("{before}: {}", io_text(&error));
        Error::with_text(text, error)
    }

    /// Any error, passed through if it is one of these.
    pub(super) fn from_boxed(error: Box<dyn StdError + Send + Sync>) -> Error {
        match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => Error::with_text(error.to_string(), error),
        }
    }

    /// An error of the program's, as a function that decides on redirects returns it: a text, or any other error, which
    /// stays behind it.
    ///
    /// # Go
    /// `errors.New(text)`, or the error itself
    ///
    /// # Examples
    /// ```
    /// use go::http::{Client, Error};
    ///
    /// let _client = Client::new().check_redirect(|hop| {
    ///     if hop.request.host() == "localhost" { Ok(()) } else { Err(Error::other("stay here")) }
    /// });
    /// ```
    #[must_use]
    pub fn other(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        Error::from_boxed(error.into())
    }

    /// Whether a time was over: a context's deadline, [`Client::timeout`](super::Client::timeout), the network's.
    ///
    /// # Go
    /// `err.(net.Error).Timeout()`
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match &self.repr {
            Repr::Fixed(_) => *self == ERR_HANDLER_TIMEOUT,
            Repr::Made(made) => made.timeout,
        }
    }

    /// Whether a context was cancelled.
    ///
    /// # Go
    /// `errors.Is(err, context.Canceled)`
    #[must_use]
    pub fn is_canceled(&self) -> bool {
        crate::errors::is(self, &crate::context::CANCELED)
    }

    /// Whether a context's deadline, or the client's, has passed.
    ///
    /// # Go
    /// `errors.Is(err, context.DeadlineExceeded)`
    #[must_use]
    pub fn is_deadline_exceeded(&self) -> bool {
        crate::errors::is(self, &crate::context::DEADLINE_EXCEEDED)
    }

    /// Whether nobody listens at the address.
    ///
    /// # Go
    /// `errors.Is(err, syscall.ECONNREFUSED)`
    #[must_use]
    pub fn is_connection_refused(&self) -> bool {
        self.io_kind() == Some(io::ErrorKind::ConnectionRefused)
    }

    /// The kind of the operating system's error behind this one, if there is one.
    #[must_use]
    pub fn io_kind(&self) -> Option<io::ErrorKind> {
        crate::errors::find::<io::Error>(self).map(io::Error::kind)
    }
}

/// Whether an error in the chain says that a time was over.
fn is_timeout(error: &(dyn StdError + 'static)) -> bool {
    let mut at = Some(error);
    while let Some(error) = at {
        let timeout = error.downcast_ref::<Error>().is_some_and(Error::is_timeout)
            || error.downcast_ref::<crate::context::Error>().is_some_and(|e| *e == crate::context::DEADLINE_EXCEEDED)
            || error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::TimedOut);
        if timeout {
            return true;
        }
        at = error.source();
    }
    false
}

/// What Go says for an error of the operating system.
pub(super) fn io_text(error: &io::Error) -> String {
    if let Some(inner) = error.get_ref() {
        return inner.to_string();
    }
    let text = error.to_string();
    let text = text.split(" (os error ").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.repr {
            Repr::Fixed(text) => text,
            Repr::Made(made) => &made.text,
        })
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("Error");
        tuple.field(&self.to_string());
        if let Some(source) = self.source() {
            tuple.field(&source);
        }
        tuple.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.repr {
            Repr::Fixed(_) => None,
            Repr::Made(made) => made.source.as_deref().map(|source| source as _),
        }
    }
}

impl PartialEq for Error {
    fn eq(&self, other: &Error) -> bool {
        match (&self.repr, &other.repr) {
            (Repr::Fixed(a), Repr::Fixed(b)) => a == b,
            (Repr::Made(a), Repr::Made(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Eq for Error {}

impl Share for Error {
    fn share(&self) -> Error {
        self.clone()
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        let kind = if error.is_timeout() { io::ErrorKind::TimedOut } else { io::ErrorKind::Other };
        io::Error::new(error.io_kind().unwrap_or(kind), error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_system_speak_as_in_go() {
        for (code, text) in [
            (libc_code::REFUSED, "connection refused"),
            (libc_code::RESET, "connection reset by peer"),
            (libc_code::IN_USE, "address already in use"),
        ] {
            let error = Error::io("dial tcp 1.2.3.4:5: connect", io::Error::from_raw_os_error(code));
            assert_eq!(error.to_string(), format!("dial tcp 1.2.3.4:5: connect: {text}"));
        }
        let refused = Error::io("connect", io::Error::from_raw_os_error(libc_code::REFUSED));
        assert!(refused.is_connection_refused() && !refused.is_timeout());
        let outer = Error::wrap("Get \"http://x\"", refused.clone());
        assert!(outer.is_connection_refused());
        assert_eq!(outer.to_string(), "Get \"http://x\": connect: connection refused");
        assert_ne!(outer, refused);
    }

    /// Linux's numbers.
    mod libc_code {
        pub(super) const REFUSED: i32 = 111;
        pub(super) const RESET: i32 = 104;
        pub(super) const IN_USE: i32 = 98;
    }

    #[test]
    fn timeouts_are_seen_through_the_chain() {
        let inner = Error::timeout("too slow".to_owned(), None);
        assert!(Error::wrap("x", inner).is_timeout());
        assert!(Error::io("read", io::Error::from(io::ErrorKind::TimedOut)).is_timeout());
        assert!(Error::wrap("x", crate::context::DEADLINE_EXCEEDED).is_timeout());
        assert!(!Error::wrap("x", crate::context::CANCELED).is_timeout());
        assert!(Error::wrap("x", crate::context::CANCELED).is_canceled());
    }

    #[test]
    fn errors_survive_a_trip_through_io() {
        let error = io::Error::from(ERR_HIJACKED);
        assert_eq!(error.to_string(), "http: connection has been hijacked");
        assert!(crate::errors::is(&error, &ERR_HIJACKED) || error.get_ref().is_some());
    }
}
