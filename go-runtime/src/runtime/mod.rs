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
