//! Functions that run when a context is done.

use std::panic::Location;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::children::{Child, Heir};
use super::handle::Context;
use crate::body::Body;
use crate::goroutine::Creator;
use crate::rt::Spawner;
use crate::shim::AtomicU32;

/// Keeps a function of [`after_func`] from running: true if it did, false if the function has started or was stopped
/// before. It does not wait for a function that runs.
///
/// # Go
/// What `context.AfterFunc` returns.
pub type StopFunc = Arc<dyn Fn() -> bool + Send + Sync>;

/// A function that is to run.
pub(super) struct AfterFunc {
    /// Starts it; taken by whoever starts or stops it.
    start: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    /// Its place in the table of the context.
    place: AtomicU32,
}

impl AfterFunc {
    /// Takes the right to start it.
    fn take(&self) -> Option<Box<dyn FnOnce() + Send>> {
        self.start.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Starts it, unless it was started or stopped.
    pub(super) fn start(&self) {
        if let Some(start) = self.take() {
            start();
        }
    }
}

/// Runs `f` in a goroutine of its own when `ctx` is done; at once if it is. Returns a function that stops that.
///
/// `f` returns nothing or a future: `|| { .. }` and `|| async move { .. }` both work. The goroutine runs on the current
/// runtime. Cancelling does not wait for it.
///
/// # Go
/// `context.AfterFunc(ctx, f)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let (ctx, cancel) = context::with_cancel(&context::background());
///     let cleaned = chan!(&str);
///     let ch = cleaned.clone();
///     let stop = context::after_func(&ctx, move || async move { ch.send("cleaned up").await });
///     cancel();
///     assert_eq!(cleaned.recv().await, Some("cleaned up"));
///     assert!(!stop());
/// }
/// ```
#[track_caller]
pub fn after_func<F, R, M>(ctx: &Context, f: F) -> StopFunc
where
    F: FnOnce() -> R + Send + 'static,
    R: Body<M> + Send + 'static,
    M: 'static,
{
    /// What the goroutine is created by. Looked up once: all names are behind one lock.
    static CREATOR: LazyLock<Creator> = LazyLock::new(|| Creator::function("context.AfterFunc"));

    let (spawner, place) = (Spawner::current(), Location::caller());
    let start = move || spawner.spawn_function::<F>(*CREATOR, place, async move { f().finish().await });
    let function = Arc::new(AfterFunc { start: Mutex::new(Some(Box::new(start))), place: AtomicU32::new(0) });
    if let Some(above) = ctx.canceler()
        && !above.adopt(Child::Heir(Heir::Func(Arc::clone(&function))), &function.place)
    {
        function.start();
    }
    let ctx = ctx.clone();
    Arc::new(move || {
        let start = function.take();
        if start.is_some()
            && let Some(above) = ctx.canceler()
        {
            above.release(&function.place);
        }
        start.is_some()
    })
}
