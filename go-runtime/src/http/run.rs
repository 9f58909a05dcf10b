//! The goroutine of a handler: what happens when it returns and when it panics.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::exchange::Exchange;
use super::handler::Start;
use crate::func::{Catch, Caught, Panic, rethrow};
use crate::rt;

/// What a handler panics with to drop its connection without a word in the log.
///
/// # Go
/// `panic(http.ErrAbortHandler)`
///
/// # Examples
/// ```no_run
/// std::panic::panic_any(go::http::ABORT_HANDLER);
/// ```
pub const ABORT_HANDLER: AbortHandler = AbortHandler { _private: () };

/// The type of [`ABORT_HANDLER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AbortHandler {
    /// There is one value only.
    _private: (),
}

impl fmt::Display for AbortHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("net/http: abort Handler")
    }
}

impl std::error::Error for AbortHandler {}

/// Starts a goroutine for a request.
pub(super) fn start<F>(start: Start, name: &'static str, exchange: Arc<Exchange>, handler: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let running = Running { handler: Catch::new(handler), exchange, has_waited: false };
    if start.at_once {
        start.spawner.spawn_here(name, start.place, running);
    } else {
        start.spawner.spawn(name, start.place, running);
    }
}

/// A handler that answers a request.
pub(super) type BoxHandler = Pin<Box<dyn Future<Output = ()> + Send>>;

pin_project! {
    /// A function's future, made when it is polled for the first time. An `async` block would keep room for the function's
    /// arguments beside the future that has taken them.
    #[project = LaterProjection]
    pub(super) enum Later<G, F> {
        /// The future is to be made.
        Begin {
            // What makes it; `None` if that has panicked.
            make: Option<G>,
        },
        /// The future.
        Wait {
            // See there.
            #[pin]
            future: F,
        },
    }
}

impl<G, F> Later<G, F> {
    /// The future that `make` makes.
    pub(super) fn new(make: G) -> Later<G, F> {
        Later::Begin { make: Some(make) }
    }
}

impl<G: FnOnce() -> F, F: Future<Output = ()>> Future for Later<G, F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let LaterProjection::Begin { make } = self.as_mut().project()
            && let Some(make) = make.take()
        {
            let future = make();
            self.set(Later::Wait { future });
        }
        match self.project() {
            LaterProjection::Wait { future } => future.poll(cx),
            LaterProjection::Begin { .. } => Poll::Pending,
        }
    }
}

pin_project! {
    /// The goroutine of a handler.
    struct Running<F> {
        // The handler.
        #[pin]
        handler: Catch<F>,
        // Its response.
        exchange: Arc<Exchange>,
        // Whether it has waited for anything.
        has_waited: bool,
    }
}

impl<F: Future<Output = ()>> Future for Running<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let (exchange, has_waited) = (&*this.exchange, this.has_waited);
        match this.handler.poll(cx) {
            Poll::Pending => {
                // From now on it matters whether the client leaves.
                if !std::mem::replace(has_waited, true) {
                    exchange.handler_waits();
                }
                return Poll::Pending;
            }
            Poll::Ready(Ok(())) => exchange.finish(),
            Poll::Ready(Err(Caught::Panic(panic))) => {
                log_panic(exchange, &panic);
                exchange.abort();
            }
            // A goroutine that called `runtime::goexit`, or that a fatal error of a test ends.
            Poll::Ready(Err(exit @ Caught::Exit(_))) => {
                exchange.abort();
                rethrow(exit);
            }
        }
        Poll::Ready(())
    }
}

/// Says in the server's log that a handler has panicked.
fn log_panic(exchange: &Exchange, panic: &Panic) {
    if panic.value.is::<AbortHandler>() {
        return;
    }
    let what = format!("{}\n{}", panic.value, rt::stack_of(panic));
    match exchange.conn() {
        Some(conn) => conn.log(&format!("http: panic serving {}: {what}", conn.info().remote_addr)),
        None => crate::log::output(format!("http: panic serving: {what}")),
    }
}
