//! The value that a panic carries.

use std::any::Any;
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};

use super::catch::{Caught, Panic, rethrow, underway};
use crate::share::Share;
use crate::{panics, rt};

/// The value of a panic, as `recover!()` hands it out.
///
/// It prints what Go prints of the value. Clones are the same value: whoever panics with a recovered value again is
/// reported as `[recovered, repanicked]`.
///
/// # Go
/// What `recover()` returns; `None` is Go's nil.
///
/// # Examples
/// ```
/// use go::PanicValue;
///
/// let payload = std::panic::catch_unwind(|| std::panic::panic_any(7_u8)).unwrap_err();
/// let value = PanicValue::from_payload(payload);
/// assert_eq!(value.to_string(), "7");
/// assert_eq!(value.with(|n: &u8| n + 1), Some(8));
/// ```
#[derive(Clone)]
pub struct PanicValue {
    /// The payload, `None` once it was thrown again.
    payload: Arc<Mutex<Option<Box<dyn Any + Send>>>>,
    /// What Go prints of it.
    text: Arc<str>,
    /// The name of its type, if it is known.
    type_name: Option<&'static str>,
    /// Whether making the text went well; otherwise it is the text of the panic that this ended with.
    printable: bool,
}

/// The text that `make` makes and whether it did, see [`PanicValue::printable`].
fn printed(make: impl FnOnce() -> String) -> (Arc<str>, bool) {
    match panics::quietly(make) {
        Ok(text) => (text.into(), true),
        Err(payload) => {
            // Texts only: another value's own text might panic again.
            let text = payload.downcast_ref::<&'static str>().copied();
            let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).map(str::to_owned);
            let text = text.or_else(|| Some(format!("type {}", rt::go_type(underway(&*payload)?.type_name?))));
            (text.unwrap_or_else(|| "(any)".to_owned()).into(), false)
        }
    }
}

impl PanicValue {
    /// The value of a panic that was caught in the usual way.
    #[must_use]
    pub fn from_payload(payload: Box<dyn Any + Send>) -> PanicValue {
        let (text, printable) = printed(|| rt::panic_text(&*payload));
        PanicValue { payload: Arc::new(Mutex::new(Some(payload))), text, type_name: None, printable }
    }

    /// A value to panic with, see [`PanicValue::throw`]. Unlike `std::panic::panic_any`, which keeps no type's name, it prints
    /// the type of a value that is no text and no number.
    ///
    /// # Go
    /// The argument of `panic(v)`.
    ///
    /// # Examples
    /// ```
    /// use go::PanicValue;
    ///
    /// struct Broken;
    ///
    /// let text = PanicValue::new(Broken).to_string();
    /// assert!(text.starts_with("(main.Broken) 0x") || text.contains(".Broken) 0x"));
    /// ```
    #[must_use]
    pub fn new<T: Any + Send>(value: T) -> PanicValue {
        let payload: Box<dyn Any + Send> = Box::new(value);
        let (text, printable) = printed(|| rt::typed_panic_text::<T>(&*payload));
        let type_name = Some(std::any::type_name::<T>());
        PanicValue { payload: Arc::new(Mutex::new(Some(payload))), text, type_name, printable }
    }

    /// An error, or anything else that has a text of its own, to panic with: the report shows that text.
    ///
    /// # Go
    /// The argument of `panic(v)` if it is an `error` or a `fmt.Stringer`.
    ///
    /// # Examples
    /// ```
    /// use go::PanicValue;
    ///
    /// let error = "x".parse::<i32>().unwrap_err();
    /// assert_eq!(PanicValue::shown(error).to_string(), "invalid digit found in string");
    /// ```
    #[must_use]
    pub fn shown<T: fmt::Display + Any + Send>(value: T) -> PanicValue {
        let (text, printable) = printed(|| value.to_string());
        let type_name = Some(std::any::type_name::<T>());
        PanicValue { payload: Arc::new(Mutex::new(Some(Box::new(value)))), text, type_name, printable }
    }

    /// Panics with the value.
    ///
    /// # Go
    /// `panic(v)`
    ///
    /// # Examples
    /// ```no_run
    /// use go::PanicValue;
    /// use go::prelude::*;
    ///
    /// struct Code(i32);
    ///
    /// #[go::main]
    /// async fn main() {
    ///     defer! {
    ///         let value = recover!().expect("a panic");
    ///         assert_eq!(value.with(|code: &Code| code.0), Some(7));
    ///         value.repanic();
    ///     }
    ///     PanicValue::new(Code(7)).throw(); // panic: (main.Code) 0x… [recovered, repanicked]
    /// }
    /// ```
    #[track_caller]
    pub fn throw(self) -> ! {
        let seen = panics::here(Location::caller());
        rethrow(Caught::Panic(Box::new(Panic::new(self, Some(seen)))))
    }

    /// Whether the value is a `T`.
    #[must_use]
    pub fn is<T: 'static>(&self) -> bool {
        self.with(|_: &T| ()).is_some()
    }

    /// Gives the value to `f` if it is a `T`.
    ///
    /// # Go
    /// `v, ok := r.(T)`
    pub fn with<T: 'static, R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        let payload = self.payload.lock().unwrap_or_else(PoisonError::into_inner);
        payload.as_ref()?.downcast_ref::<T>().map(f)
    }

    /// The name that Go's `%T` prints for the value, as far as there is one.
    #[must_use]
    pub fn go_type_name(&self) -> &'static str {
        if self.is::<String>() || self.is::<&'static str>() {
            return "string";
        }
        if self.is::<crate::runtime::Error>() {
            return "runtime.plainError";
        }
        "any"
    }

    /// Panics with the value again.
    ///
    /// # Go
    /// `panic(r)`
    pub fn repanic(self) -> ! {
        rethrow(Caught::Panic(Box::new(Panic::new(self, None))))
    }

    /// Whether both are the same value.
    #[must_use]
    pub fn same(&self, other: &PanicValue) -> bool {
        Arc::ptr_eq(&self.payload, &other.payload)
    }

    /// Whether the value could be printed; otherwise its text says why not.
    pub(crate) fn printable(&self) -> bool {
        self.printable
    }

    /// The payload is here again, after it was thrown.
    pub(super) fn put_back(&self, payload: Box<dyn Any + Send>) {
        *self.payload.lock().unwrap_or_else(PoisonError::into_inner) = Some(payload);
    }

    /// The payload itself, to be thrown; its text if it is being thrown already.
    pub(crate) fn into_payload(self) -> Box<dyn Any + Send> {
        let taken = self.payload.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.unwrap_or_else(|| Box::new(self.text.to_string()))
    }
}

impl fmt::Display for PanicValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for PanicValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PanicValue").field(&self.text).finish()
    }
}

impl Share for PanicValue {
    fn share(&self) -> PanicValue {
        self.clone()
    }
}
