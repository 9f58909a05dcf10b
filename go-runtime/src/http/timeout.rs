//! A handler with a time limit.

use std::panic::Location;
use std::sync::Arc;

use super::error::{ERR_HANDLER_TIMEOUT, Error};
use super::exchange::Exchange;
use super::handler::{AnyHandler, Handler, IntoHandler};
use super::race::{First, first};
use super::request::Request;
use super::writer::ResponseWriter;
use crate::chan::Chan;
use crate::context;
use crate::func::{Catch, Caught, rethrow};
use crate::rt::Spawner;
use crate::time::Duration;

/// What a request that takes too long is answered if nothing is said.
const PAGE: &str = "<html><head><title>Timeout</title></head><body><h1>Timeout</h1></body></html>";

/// A handler that answers 503 with `body` (a page of its own if that is empty) if `handler` takes longer than `duration`.
///
/// Nothing of the inner handler's response is sent before it returns. When the time is over its request's context is
/// done, and what it writes then is [`ERR_HANDLER_TIMEOUT`]; it is not dropped.
///
/// # Go
/// `http.TimeoutHandler(handler, duration, body)`
///
/// # Examples
/// ```
/// use go::http::{self, Request, ResponseWriter};
/// use go::prelude::*;
///
/// async fn slow(w: ResponseWriter, r: Request) {
///     let done = r.context().done();
///     select! {
///     case <-time::after(10 * time::SECOND):
///         let _ = writeln!(w, "at last");
///     case <-done:
///         println!("{}", r.context().err().unwrap());
///     }
/// }
///
/// http::handle("/slow", http::timeout_handler(slow, time::SECOND, "too slow"));
/// ```
#[track_caller]
pub fn timeout_handler<M>(handler: impl IntoHandler<M>, duration: Duration, body: &str) -> AnyHandler {
    let limit = Limit { handler: handler.into_handler(), duration, body: body.to_owned(), place: Location::caller() };
    limit.into_handler()
}

/// A handler with a limit.
struct Limit {
    /// The handler.
    handler: AnyHandler,
    /// The limit.
    duration: Duration,
    /// The answer beyond it.
    body: String,
    /// Where the program has made it.
    place: &'static Location<'static>,
}

impl Handler for Limit {
    async fn serve_http(&self, w: ResponseWriter, r: Request) {
        let (ctx, cancel) = context::with_timeout(r.context(), self.duration);
        let inner = Arc::new(Exchange::recorded(ctx.clone(), r.method == ::http::Method::HEAD));
        let ended: Chan<Result<(), Caught>> = Chan::buffered(1);
        let (handler, writer, result) = (self.handler.clone(), ResponseWriter::new(Arc::clone(&inner)), ended.sender());
        let request = r.with_context(&ctx);
        Spawner::current().spawn("net/http.(*timeoutHandler).ServeHTTP", self.place, async move {
            let outcome = Catch::new(handler.serve_http(writer, request)).await;
            // There is room; if nobody waits any more, nobody cares.
            let _ = result.try_send(outcome);
        });
        // The handler first: one that has just made it has made it.
        match first(ended.recv(), ctx.done().recv()).await {
            First::Left(Some(Err(caught))) => rethrow(caught),
            First::Left(_) => {
                let (status, header, body, _) = inner.take_recorded();
                w.header().with(|own| own.extend(header));
                w.write_header(status.as_u16());
                // A client that has left misses nothing, and a response without a body has none.
                let _ = w.write_all(&body);
            }
            First::Right(_) => {
                let error = ctx.err().unwrap_or(context::CANCELED);
                w.write_header(503);
                if error == context::DEADLINE_EXCEEDED {
                    let page = if self.body.is_empty() { PAGE } else { &self.body };
                    let _ = w.write_str(page);
                    inner.give_up(ERR_HANDLER_TIMEOUT);
                } else {
                    inner.give_up(Error::with_text(error.to_string(), error));
                }
            }
        }
        cancel();
    }
}
