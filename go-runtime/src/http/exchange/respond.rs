//! A response as hyper takes it out of its exchange: first the head, then the body.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use ::http::Response;
use ::http::header::{CONNECTION, HeaderValue};
use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::{Aborted, Exchange, Outgoing};

/// Waits for a response. Whoever drops it before is gone.
#[derive(Debug)]
pub(in crate::http) struct Respond {
    /// The exchange, until its response was taken.
    pub(super) exchange: Option<Arc<Exchange>>,
}

impl Respond {
    /// Waits for the response of an exchange.
    pub(in crate::http) fn new(exchange: Arc<Exchange>) -> Respond {
        Respond { exchange: Some(exchange) }
    }
}

impl Future for Respond {
    type Output = Result<Response<ResponseBody>, Aborted>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let Some(exchange) = &self.exchange else { return Poll::Pending };
        let Outgoing { mut head, body, in_parts } = std::task::ready!(exchange.poll_response(cx))?;
        if exchange.conn.as_ref().is_some_and(|conn| conn.takes_no_more()) {
            head.header.entry(CONNECTION).or_insert(HeaderValue::from_static("close"));
        }
        let body = ResponseBody { whole: body, in_parts, exchange: self.exchange.take() };
        let mut response = Response::new(body);
        *response.status_mut() = head.status;
        *response.headers_mut() = head.header;
        Poll::Ready(Ok(response))
    }
}

impl Drop for Respond {
    fn drop(&mut self) {
        if let Some(exchange) = self.exchange.take() {
            exchange.gone();
        }
    }
}

/// A response's body as hyper takes it.
pub(in crate::http) struct ResponseBody {
    /// A body that is there as a whole.
    whole: Bytes,
    /// Whether there are parts to come.
    in_parts: bool,
    /// Where the parts come from; its connection is told when the response is done.
    exchange: Option<Arc<Exchange>>,
}

impl ResponseBody {
    /// A body in memory, of a response that no handler has given.
    pub(in crate::http) fn whole(bytes: Bytes) -> ResponseBody {
        ResponseBody { whole: bytes, in_parts: false, exchange: None }
    }
}

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = Aborted;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Frame<Bytes>, Aborted>>> {
        let Some(exchange) = self.exchange.as_ref().filter(|_| self.in_parts) else {
            let bytes = std::mem::take(&mut self.whole);
            return Poll::Ready(if bytes.is_empty() { None } else { Some(Ok(Frame::data(bytes))) });
        };
        let part = std::task::ready!(exchange.poll_part(cx));
        if part.is_none() {
            self.in_parts = false;
        }
        Poll::Ready(part)
    }

    fn is_end_stream(&self) -> bool {
        !self.in_parts && self.whole.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if self.in_parts { SizeHint::default() } else { SizeHint::with_exact(self.whole.len() as u64) }
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        let Some(exchange) = self.exchange.take() else { return };
        if self.in_parts && !exchange.is_sent() {
            exchange.gone();
        }
        if let Some(conn) = &exchange.conn {
            conn.response_done();
        }
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody")
            .field("whole", &self.whole.len())
            .field("in_parts", &self.in_parts)
            .finish_non_exhaustive()
    }
}
