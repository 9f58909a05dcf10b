//! Why a context is done: its error, and the cause behind it.

use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::share::Share;

/// Why a context is done: [`CANCELED`] or [`DEADLINE_EXCEEDED`].
///
/// # Go
/// What `ctx.Err()` returns.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let (ctx, cancel) = context::with_cancel(&context::background());
/// assert_eq!(ctx.err(), None);
/// cancel();
/// assert_eq!(ctx.err(), Some(context::CANCELED));
/// assert_eq!(ctx.err().unwrap().to_string(), "context canceled");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    /// Which it is.
    pub(super) reason: Reason,
}

/// What may end a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Somebody cancelled it.
    Canceled,
    /// Its deadline has passed.
    DeadlineExceeded,
}

/// The error of a context that was cancelled.
///
/// # Go
/// `context.Canceled`
pub const CANCELED: Error = Error { reason: Reason::Canceled };

/// The error of a context whose deadline has passed.
///
/// # Go
/// `context.DeadlineExceeded`
pub const DEADLINE_EXCEEDED: Error = Error { reason: Reason::DeadlineExceeded };

impl Error {
    /// Whether the error says that the time was up.
    ///
    /// # Go
    /// The method `Timeout` of `net.Error`, which `context.DeadlineExceeded` has.
    ///
    /// # Examples
    /// ```
    /// use go::prelude::*;
    ///
    /// assert!(context::DEADLINE_EXCEEDED.timeout() && !context::CANCELED.timeout());
    /// ```
    #[must_use]
    pub fn timeout(&self) -> bool {
        self.reason == Reason::DeadlineExceeded
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            Reason::Canceled => "context canceled",
            Reason::DeadlineExceeded => "context deadline exceeded",
        })
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Error").field(&self.to_string()).finish()
    }
}

impl StdError for Error {}

/// The reason behind a context's error: any error, or the context's own if nobody gave one.
///
/// It derefs to `dyn Error`, so that `errors::is(&*cause, &..)` and `cause.to_string()` work. Two are equal if they are
/// clones of one, or both the same error of a context.
///
/// # Go
/// The `error` that `context.Cause` returns.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let (ctx, cancel) = context::with_cancel_cause(&context::background());
/// cancel(errors::new("the disk is full"));
/// assert_eq!(ctx.err(), Some(context::CANCELED));
/// assert_eq!(context::cause(&ctx).unwrap().to_string(), "the disk is full");
/// ```
#[derive(Clone)]
pub struct Cause {
    /// The error.
    error: Behind,
}

/// What is behind a context's error.
#[derive(Clone)]
enum Behind {
    /// Nothing but itself.
    Context(Error),
    /// An error of the program's.
    Other(Arc<dyn StdError + Send + Sync>),
}

impl Cause {
    /// Whether this is nothing but the context's own error.
    pub(super) fn own(error: Error) -> Cause {
        Cause { error: Behind::Context(error) }
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Cause {
    fn from(error: E) -> Cause {
        // A context's error handed on stays one, so that causes compare as Go's do.
        let own = (&error as &dyn StdError).downcast_ref::<Error>().cloned();
        match own {
            Some(own) => Cause::own(own),
            None => Cause { error: Behind::Other(Arc::new(error)) },
        }
    }
}

impl Deref for Cause {
    type Target = dyn StdError + Send + Sync;

    fn deref(&self) -> &(dyn StdError + Send + Sync + 'static) {
        match &self.error {
            Behind::Context(error) => error,
            Behind::Other(error) => &**error,
        }
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Cause) -> bool {
        match (&self.error, &other.error) {
            (Behind::Context(one), Behind::Context(two)) => one == two,
            (Behind::Other(one), Behind::Other(two)) => Arc::ptr_eq(one, two),
            _ => false,
        }
    }
}

impl PartialEq<Error> for Cause {
    fn eq(&self, other: &Error) -> bool {
        matches!(&self.error, Behind::Context(own) if own == other)
    }
}

impl Share for Cause {
    fn share(&self) -> Cause {
        self.clone()
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
