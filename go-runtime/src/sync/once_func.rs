//! Functions that run once and keep what came of it.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Poll;

use super::mutex_core::MutexCore;
use crate::body::Body;
use crate::rt;
use crate::texts::Error;

/// The call of an [`OnceFunc`] or an [`OnceValue`].
pub type OnceCall<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A function that does its work the first time: `f().await`.
///
/// # Go
/// What `sync.OnceFunc` returns.
pub type OnceFunc = Arc<dyn Fn() -> OnceCall<()> + Send + Sync>;

/// A function that finds its value the first time and keeps it: `f().await`.
///
/// # Go
/// What `sync.OnceValue` returns.
pub type OnceValue<T> = Arc<dyn Fn() -> OnceCall<T> + Send + Sync>;

/// A function that runs `f` the first time it is called. Callers that come meanwhile wait.
///
/// `f` returns nothing or a future: `|| { .. }` and `|| async move { .. }` both work.
///
/// # Go
/// `sync.OnceFunc(f)`
///
/// # Panics
/// If `f` panics, every call panics with that value.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let greet = sync::once_func(|| println!("hello, once"));
///     greet().await;
///     greet().await;
/// }
/// ```
#[track_caller]
pub fn once_func<F, R, M>(f: F) -> OnceFunc
where
    F: FnOnce() -> R + Send + 'static,
    R: Body<M> + Send + 'static,
    M: Send + 'static,
{
    let shared = Arc::new(Shared::new(move || async move { f().finish().await }));
    let place = Location::caller();
    Arc::new(move || Box::pin(Arc::clone(&shared).call(place)))
}

/// A function that calls `f` the first time it is called, and returns clones of its value. Callers that come meanwhile
/// wait. A tuple stands for several values.
///
/// # Go
/// `sync.OnceValue(f)`, `sync.OnceValues(f)`
///
/// # Panics
/// If `f` panics, every call panics with that value.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let primes = sync::once_value(|| vec![2, 3, 5]);
///     assert_eq!(primes().await, primes().await);
/// }
/// ```
#[track_caller]
pub fn once_value<F, T>(f: F) -> OnceValue<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    let shared = Arc::new(Shared::new(move || async move { f() }));
    let place = Location::caller();
    Arc::new(move || Box::pin(Arc::clone(&shared).call(place)))
}

/// What the calls share.
struct Shared<F, T> {
    /// Held while the function runs.
    mutex: MutexCore,
    /// The function, until it runs.
    function: Mutex<Option<F>>,
    /// What came of it.
    result: OnceLock<Result<T, Kept>>,
}

/// A panic's value that can be thrown again.
#[derive(Clone)]
enum Kept {
    /// A text.
    Text(String),
    /// A text of the program's.
    Literal(&'static str),
    /// One of Go's run-time errors.
    Runtime(Error),
}

impl Kept {
    /// What can be kept of a payload: another type's value cannot, only that there was one.
    fn of(payload: &(dyn Any + Send)) -> Kept {
        if rt::is_exit(payload) {
            // As in Go, where the function that exits leaves a nil panic behind.
            return Kept::Literal("runtime error: panic called with nil argument");
        }
        if let Some(text) = payload.downcast_ref::<&'static str>() {
            return Kept::Literal(text);
        }
        if let Some(error) = payload.downcast_ref::<Error>() {
            return Kept::Runtime(*error);
        }
        match payload.downcast_ref::<String>() {
            Some(text) => Kept::Text(text.clone()),
            None => Kept::Literal("sync: the function of this once panicked"),
        }
    }

    /// Panics with it.
    fn throw(&self) -> ! {
        match self.clone() {
            Kept::Text(text) => std::panic::panic_any(text),
            Kept::Literal(text) => std::panic::panic_any(text),
            Kept::Runtime(error) => std::panic::panic_any(error),
        }
    }
}

/// Gives the lock back.
struct Unlock<'a>(&'a MutexCore);

impl Drop for Unlock<'_> {
    fn drop(&mut self) {
        self.0.unlock();
    }
}

impl<F, T> Shared<F, T> {
    /// Nothing has run yet.
    fn new(function: F) -> Shared<F, T> {
        Shared { mutex: MutexCore::new(), function: Mutex::new(Some(function)), result: OnceLock::new() }
    }

    /// What came of it, if it has run.
    fn result(&self) -> Option<T>
    where
        T: Clone,
    {
        match self.result.get()? {
            Ok(value) => Some(value.clone()),
            Err(kept) => kept.throw(),
        }
    }

    /// One call.
    async fn call<R>(self: Arc<Self>, place: &'static Location<'static>) -> T
    where
        F: FnOnce() -> R,
        R: Future<Output = T>,
        T: Clone,
    {
        if let Some(value) = self.result() {
            return value;
        }
        self.mutex.lock(place).await;
        let _unlock = Unlock(&self.mutex);
        if let Some(value) = self.result() {
            return value;
        }
        let function = self.function.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(function) = function else {
            Kept::Literal("sync: the call that ran the function of this once was dropped").throw()
        };
        let mut running = pin!(function());
        let outcome = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(payload) => Poll::Ready(Err(payload)),
        })
        .await;
        match outcome {
            Ok(value) => {
                // Only this call ran the function, so nobody else has set it.
                let _ = self.result.set(Ok(value.clone()));
                value
            }
            Err(payload) => {
                let _ = self.result.set(Err(Kept::of(&*payload)));
                resume_unwind(payload)
            }
        }
    }
}
