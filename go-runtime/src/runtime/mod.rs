//! The runtime as the program sees it: how many goroutines there are, giving way, how many run at once.
//!
//! # Go
//! Go's package `runtime`.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

mod builder;

use crate::rt;
pub use crate::rt::PanicRule;
pub use crate::texts::Error;
pub use builder::{AttachError, Builder};

/// How many goroutines there are, those that wait included.
///
/// Inside a goroutine: those of its runtime. Elsewhere: those of the process.
///
/// # Go
/// `runtime.NumGoroutine()`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let never: Chan<()> = chan!(());
///     go! { <-never; }
///     assert_eq!(runtime::num_goroutine(), 2);
/// }
/// ```
#[must_use]
pub fn num_goroutine() -> usize {
    rt::num_goroutine()
}

/// How many goroutines can run at the same time.
///
/// `#[go::main]` starts as many worker threads as the environment variable `GOMAXPROCS` says, or as there are
/// processors; on a runtime of your own it is that runtime's number of workers.
///
/// # Go
/// `runtime.GOMAXPROCS(0)`; the number cannot be changed while the program runs.
///
/// # Examples
/// ```
/// assert!(go::runtime::gomaxprocs() >= 1);
/// ```
#[must_use]
pub fn gomaxprocs() -> usize {
    rt::gomaxprocs()
}

/// Lets other goroutines run first.
///
/// # Go
/// `runtime.Gosched()`
///
/// # Cancel safety
/// Dropping the future does nothing.
///
/// # Examples
/// ```
/// use go::prelude::*;
/// use go::sync::atomic::Bool;
///
/// static READY: Bool = Bool::new(false);
///
/// #[go::main]
/// async fn main() {
///     go! { READY.store(true); }
///     while !READY.load() {
///         runtime::gosched().await;
///     }
/// }
/// ```
pub fn gosched() -> Gosched {
    Gosched { yielded: false }
}

/// The future of [`gosched`].
#[derive(Debug)]
#[must_use = "a goroutine gives way only if this is awaited"]
pub struct Gosched {
    /// Whether the others have had their turn.
    yielded: bool,
}

impl Future for Gosched {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Every goroutine's state as text, in the form of Go's reports.
///
/// # Go
/// `runtime.Stack(buf, true)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     assert!(runtime::stack_all().starts_with("goroutine 1 [running]:\nmain."));
/// }
/// ```
#[must_use]
pub fn stack_all() -> String {
    rt::dump()
}

/// The goroutines of the current runtime that can never run again, in the form of Go's reports; empty if none is known.
///
/// A goroutine is leaked if nothing is left that could wake it: it waits on the nil channel or in `select! {}`, or it waits
/// for a channel, in a `select!`, for a lock, a [`WaitGroup`](crate::sync::WaitGroup) or a
/// [`Cond`](crate::sync::Cond) all of whose remaining handles belong to goroutines that are leaked themselves, or for the
/// end of a context that nobody can cancel any more.
///
/// What is named is leaked for certain; not everything that is leaked is named. An object counts only if each of its
/// remaining handles is the variable through which a leaked goroutine waits for it: a handle in a static, in an `Arc`, on
/// the heap, or in a variable besides the one that waits, may be used by somebody. A [`Mutex`](crate::sync::Mutex) or
/// [`RwMutex`](crate::sync::RwMutex) with data inside counts only if it is itself a variable of the goroutine that waits.
/// A context counts if its cancel functions are gone, it has no deadline, and both hold for each context above it; who has
/// the context itself does not matter. A function that somebody has, even a leaked goroutine, may be called. A `select!`
/// counts if all of its channels do; one with a timer or a future may go on. Goroutines that wait for anything outside this
/// crate are not named.
///
/// # Go
/// The goroutine leak profile of package `runtime/pprof`.
///
/// # Cancel safety
/// Dropping the future gives the search up.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let answer = chan!(i32);
///     go! { answer <- 42; }
///     runtime::gosched().await;
///     assert_eq!(runtime::leaked().await, ""); // `answer` may still be received from
///     drop(answer);
///     let leaked = runtime::leaked().await;
///     assert!(leaked.contains("[chan send (leaked)]:"), "{leaked}");
/// }
/// ```
pub async fn leaked() -> String {
    rt::leaked().await
}

/// Ends the current goroutine; what it deferred runs, other goroutines go on.
///
/// When the main goroutine ends so, the program goes on with the others, and once they have ended it is reported:
/// `fatal error: no goroutines (main called runtime.Goexit) - deadlock!`.
///
/// # Go
/// `runtime.Goexit()`
///
/// # Panics
/// Outside a goroutine.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let done = chan!(());
///     go! {
///         defer!(done.close());
///         runtime::goexit();
///     }
///     assert_eq!(done.recv().await, None);
/// }
/// ```
pub fn goexit() -> ! {
    rt::goexit()
}
