//! The stack of deferred calls of one Go function.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::PanicValue;
use super::catch::{Catch, Caught, Link, Panic, caught, rethrow};
use crate::share::Share;
use crate::shim::Lock;

/// The future of a deferred call.
type Call<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
/// A deferred call: made into a future when its time has come.
type Entry<'a> = Box<dyn FnOnce(Deferred) -> Call<'a> + Send + 'a>;

/// The deferred calls of one run of a Go function.
///
/// # Cancel safety
/// When the function's future is dropped before its end, the deferred calls run then, as far as they come without
/// waiting.
pub struct Frame<'a, R> {
    /// The calls, the last deferred at the end.
    calls: Lock<Vec<Entry<'a>>>,
    /// The function's result, if it has a name.
    named: Lock<Option<Named<R>>>,
}

impl<'a, R> Frame<'a, R> {
    /// A frame without deferred calls.
    #[must_use]
    pub const fn new() -> Frame<'a, R> {
        Frame { calls: Lock::new(Vec::new()), named: Lock::new(None) }
    }

    /// Defers a call to the function's end.
    pub fn defer<F>(&self, call: impl FnOnce(Deferred) -> F + Send + 'a)
    where
        F: Future<Output = ()> + Send + 'a,
    {
        let entry: Entry<'a> = Box::new(move |deferred| Box::pin(call(deferred)));
        self.calls.lock().push(entry);
    }

    /// The function's result under a name, which the body and deferred calls share; it begins as `zero`.
    ///
    /// # Go
    /// A named result.
    pub fn named(&self, zero: R) -> Named<R> {
        let named = Named { value: Arc::new(Lock::new(Some(zero))) };
        *self.named.lock() = Some(named.share());
        named
    }

    /// Runs the function's `body` and then what it deferred. `zero` makes the result of a function without a named one
    /// that recovers.
    ///
    /// # Panics
    /// With the body's or a deferred call's panic that none of the deferred calls recovers.
    pub async fn run<F: Future<Output = R>>(&self, body: F, zero: fn() -> Option<R>) -> R {
        // Declared after the body's future: dropped before it, while what the deferred calls use is still there.
        let mut result = None;
        let mut trouble = None;
        match Catch::new(body).await {
            Ok(value) => result = self.keep(value),
            Err(caught) => trouble = Some(caught),
        }
        loop {
            let Some(call) = self.calls.lock().pop() else { break };
            trouble = run_one(call, trouble).await;
        }
        if let Some(trouble) = trouble {
            rethrow(trouble);
        }
        let named = self.named.lock().take().and_then(|named| named.taken());
        match named.or(result).or_else(zero) {
            Some(result) => result,
            None => panic!(
                "go: a panic was recovered, and the function has nothing to return: `{}` has no zero value \
                 (`Default`), and the result has no name",
                std::any::type_name::<R>()
            ),
        }
    }

    /// Keeps the value that the body returned: in the named result, if there is one.
    fn keep(&self, value: R) -> Option<R> {
        let named = self.named.lock().as_ref().map(Named::share);
        match named {
            Some(named) => {
                named.set(value);
                None
            }
            None => Some(value),
        }
    }
}

/// Runs one deferred call while `trouble` is under way; what is under way afterwards.
async fn run_one(call: Entry<'_>, trouble: Option<Caught>) -> Option<Caught> {
    let (panic, exit) = match trouble {
        Some(Caught::Panic(panic)) => (Some(panic), None),
        Some(Caught::Exit(payload)) => (None, Some(payload)),
        None => (None, None),
    };
    let deferred =
        Deferred { state: panic.map(|panic| Arc::new(Lock::new(State { panic: Some(panic), recovered: None }))) };
    let state = deferred.state.clone();
    let made = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| call(deferred))) {
        Ok(call) => Catch::new(call).await,
        Err(payload) => Err(caught(payload)),
    };
    let (panic, recovered) = match &state {
        Some(state) => {
            let mut state = state.lock();
            (state.panic.take(), state.recovered.take())
        }
        None => (None, None),
    };
    match made {
        Ok(()) => {
            // A panic that was recovered does not stop the exit that it interrupted.
            let exit = exit.or_else(|| recovered.and_then(|recovered| recovered.exit));
            panic.map(Caught::Panic).or_else(|| exit.map(Caught::Exit))
        }
        // It puts an end to whatever was under way.
        Err(Caught::Exit(payload)) => Some(Caught::Exit(payload)),
        Err(Caught::Panic(new)) => {
            let mut new = chained(new, panic, recovered);
            new.exit = exit.or(new.exit);
            Some(Caught::Panic(new))
        }
    }
}

/// A panic of a deferred call, with the one before it that it put an end to.
fn chained(mut new: Box<Panic>, running: Option<Box<Panic>>, recovered: Option<Box<Panic>>) -> Box<Panic> {
    if let Some(mut old) = recovered {
        new.exit = old.exit.take();
        if old.value.same(&new.value) {
            // The same panic again: one line in the report.
            new.before = old.before;
            new.seen = old.seen.or(new.seen);
            new.repanicked = true;
        } else {
            link(&mut new, *old, true);
        }
    } else if let Some(mut old) = running {
        new.exit = old.exit.take();
        link(&mut new, *old, false);
    }
    new
}

/// Puts `old` and what was before it before `new`.
fn link(new: &mut Panic, old: Panic, recovered: bool) {
    let mut before = old.before;
    before.push(Link { text: old.value.to_string(), recovered, repanicked: old.repanicked });
    before.append(&mut new.before);
    new.before = before;
}

impl<R> Default for Frame<'_, R> {
    fn default() -> Self {
        Frame::new()
    }
}

impl<R> Drop for Frame<'_, R> {
    fn drop(&mut self) {
        loop {
            let Some(call) = self.calls.lock().pop() else { return };
            // The function was dropped before its end. A panic here must not meet another one that unwinds.
            let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let mut call = pin!(call(Deferred { state: None }));
                // What would have to wait is given up: there is nobody left who could.
                let _: Poll<()> = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            }));
            if let Err(payload) = polled
                && !std::thread::panicking()
            {
                std::panic::resume_unwind(payload);
            }
        }
    }
}

impl<R> fmt::Debug for Frame<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame").field("calls", &self.calls.lock().len()).finish_non_exhaustive()
    }
}

/// The panic that a deferred call may recover.
struct State {
    /// The panic, until it was recovered.
    panic: Option<Box<Panic>>,
    /// The panic, once it was.
    recovered: Option<Box<Panic>>,
}

/// What a deferred call knows of the function that deferred it.
#[derive(Clone)]
pub struct Deferred {
    /// The panic under way; `None` if there was none when the call began.
    state: Option<Arc<Lock<State>>>,
}

impl Deferred {
    /// Of a function that was not deferred: there is nothing to recover.
    pub(crate) const fn none() -> Deferred {
        Deferred { state: None }
    }

    /// The value of the panic under way, which thereby ends; `None` if there is none.
    ///
    /// # Go
    /// `recover()`
    #[must_use]
    pub fn recover(&self) -> Option<PanicValue> {
        let mut state = self.state.as_ref()?.lock();
        let panic = state.panic.take()?;
        let value = panic.value.clone();
        state.recovered = Some(panic);
        Some(value)
    }
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred").field("panicking", &self.state.is_some()).finish()
    }
}

/// A function's result under a name: the body sets it, deferred calls read and change it.
///
/// # Go
/// A named result.
pub struct Named<R> {
    /// The value; `None` once the function has returned it.
    value: Arc<Lock<Option<R>>>,
}

impl<R> Named<R> {
    /// Puts another value in place.
    pub fn set(&self, value: R) {
        let old = self.value.lock().replace(value);
        // Dropped without the lock: it may be anything of the user's.
        drop(old);
    }

    /// The value.
    ///
    /// # Panics
    /// After the function has returned it.
    #[must_use]
    pub fn get(&self) -> R
    where
        R: Clone,
    {
        let value = self.take();
        let copy = value.clone();
        *self.value.lock() = Some(value);
        copy
    }

    /// Changes the value in place.
    ///
    /// # Panics
    /// After the function has returned it.
    pub fn update(&self, change: impl FnOnce(&mut R)) {
        let mut value = self.take();
        change(&mut value);
        *self.value.lock() = Some(value);
    }

    /// Takes the value out, to be returned: the end of the function puts it back for the deferred calls.
    ///
    /// # Panics
    /// After the function has returned it.
    #[must_use]
    pub fn take(&self) -> R {
        self.taken().unwrap_or_else(|| panic!("go: the function has returned this result already"))
    }

    /// Takes the value out.
    fn taken(&self) -> Option<R> {
        self.value.lock().take()
    }
}

impl<R> Share for Named<R> {
    fn share(&self) -> Named<R> {
        Named { value: Arc::clone(&self.value) }
    }
}

impl<R> fmt::Debug for Named<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Named")
    }
}
