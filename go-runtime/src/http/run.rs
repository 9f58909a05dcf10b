//! The goroutine of a handler: what happens when it returns and when it panics.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

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
pub(super) fn start(start: Start, name: &'static str, exchange: Arc<Exchange>, handler: BoxHandler) {
    start.spawner.spawn(name, start.place, Running { handler: Catch::new(handler), exchange, has_waited: false });
}

/// A handler that answers a request.
pub(super) type BoxHandler = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The goroutine of a handler.
struct Running {
    /// The handler.
    handler: Catch<BoxHandler>,
    /// Its response.
    exchange: Arc<Exchange>,
    /// Whether it has waited for anything.
    has_waited: bool,
}

impl Future for Running {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match Pin::new(&mut self.handler).poll(cx) {
            Poll::Pending => {
                // From now on it matters whether the client leaves.
                if !std::mem::replace(&mut self.has_waited, true) {
                    self.exchange.handler_waits();
                }
                return Poll::Pending;
            }
            Poll::Ready(Ok(())) => self.exchange.finish(),
            Poll::Ready(Err(Caught::Panic(panic))) => {
                log_panic(&self.exchange, &panic);
                self.exchange.abort();
            }
            // A goroutine that called `runtime::goexit`, or that a fatal error of a test ends.
            Poll::Ready(Err(exit @ Caught::Exit(_))) => {
                self.exchange.abort();
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
