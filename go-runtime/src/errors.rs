//! Go's `errors`: errors made of a text, and the questions that are asked of an error's chain.
//!
//! Everything works on ordinary [`std::error::Error`]s: what Go calls `Unwrap` is [`source`](StdError::source).

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use crate::share::Share;

/// An error that is nothing but a text. Two of them are equal only if one is a clone of the other.
///
/// # Go
/// What `errors.New` returns.
#[derive(Clone)]
pub struct Error {
    /// What it says.
    text: Arc<str>,
}

/// An error made of a text.
///
/// # Go
/// `errors.New(text)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let full = errors::new("the queue is full");
/// assert_eq!(full.to_string(), "the queue is full");
/// assert_ne!(full, errors::new("the queue is full"));
/// assert_eq!(full, full.clone());
/// ```
pub fn new(text: impl Into<String>) -> Error {
    Error { text: Arc::from(text.into()) }
}

/// Whether `target` is in the chain of `error`: `error` itself, its source, that one's source, and so on; all branches
/// of a [`join`].
///
/// # Go
/// `errors.Is(err, target)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let (ctx, cancel) = context::with_cancel(&context::background());
/// cancel();
/// let error = ctx.err().unwrap();
/// assert!(errors::is(&error, &context::CANCELED));
/// assert!(!errors::is(&error, &context::DEADLINE_EXCEEDED));
/// ```
pub fn is<T: StdError + PartialEq + 'static>(error: &(dyn StdError + 'static), target: &T) -> bool {
    walk(error, &mut |error| error.downcast_ref::<T>().is_some_and(|error| error == target).then_some(())).is_some()
}

/// The first error of the type `T` in the chain of `error`.
///
/// # Go
/// `errors.As(err, &target)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let error = errors::join([errors::new("a").into(), "x".parse::<i32>().unwrap_err().into()]).unwrap();
/// assert!(errors::find::<std::num::ParseIntError>(&error).is_some());
/// assert!(errors::find::<std::io::Error>(&error).is_none());
/// ```
pub fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    walk(error, &mut |error| error.downcast_ref::<T>())
}

/// Several errors as one, whose text is theirs, a line each; `None` if there are none.
///
/// # Go
/// `errors.Join(errs...)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let (a, b) = (errors::new("a"), errors::new("b"));
/// let both = errors::join([a.clone().into(), b.into()]).unwrap();
/// assert_eq!(both.to_string(), "a\nb");
/// assert!(errors::is(&both, &a));
/// assert!(errors::join([]).is_none());
/// ```
pub fn join(errors: impl IntoIterator<Item = Box<dyn StdError + Send + Sync>>) -> Option<Joined> {
    let errors: Vec<_> = errors.into_iter().collect();
    if errors.is_empty() { None } else { Some(Joined { errors }) }
}

/// Several errors as one, see [`join`].
#[derive(Debug)]
pub struct Joined {
    /// The errors; at least one.
    errors: Vec<Box<dyn StdError + Send + Sync>>,
}

/// Calls `look` for each error of the chain until it finds something.
fn walk<'a, R>(
    error: &'a (dyn StdError + 'static),
    look: &mut impl FnMut(&'a (dyn StdError + 'static)) -> Option<R>,
) -> Option<R> {
    let mut at = Some(error);
    while let Some(error) = at {
        if let Some(found) = look(error) {
            return Some(found);
        }
        if let Some(joined) = error.downcast_ref::<Joined>() {
            return joined.errors.iter().find_map(|error| walk(&**error, look));
        }
        at = error.source();
    }
    None
}

impl PartialEq for Error {
    /// Whether both are the same error, not whether they say the same.
    fn eq(&self, other: &Error) -> bool {
        Arc::ptr_eq(&self.text, &other.text)
    }
}

impl Eq for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Error").field(&self.text).finish()
    }
}

impl StdError for Error {}

impl Share for Error {
    fn share(&self) -> Error {
        self.clone()
    }
}

impl fmt::Display for Joined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.errors.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl StdError for Joined {}
