//! A response as hyper takes it out of its exchange: first the head, then the body.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use ::http::Response;
use ::http::header::{CONNECTION, HeaderValue};
use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::{Aborted, End, Ended, Exchange, Outgoing};

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
        let Outgoing { mut head, body, in_parts, may_be_outlived } = std::task::ready!(exchange.poll_response(cx))?;
        if let Some(conn) = &exchange.conn {
            if may_be_outlived && conn.is_in_chunks() {
                // hyper reads the next head before it tells the end of such a body if there was a trailer, unless there is no
                // next head. Go reads the body first, and closes if it is long.
                head.header.insert(CONNECTION, HeaderValue::from_static("close"));
            } else if conn.takes_no_more() {
                head.header.entry(CONNECTION).or_insert(HeaderValue::from_static("close"));
            }
        }
        let body = ResponseBody { whole: body, in_parts, may_be_outlived, exchange: self.exchange.take() };
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
    /// Whether the handler ran when the head was taken, and may run on after all that the head has promised.
    may_be_outlived: bool,
    /// Where the parts come from; its connection is told when the response is done.
    exchange: Option<Arc<Exchange>>,
}

impl ResponseBody {
    /// A body in memory, of a response that no handler has given.
    pub(in crate::http) fn whole(bytes: Bytes) -> ResponseBody {
        ResponseBody { whole: bytes, in_parts: false, may_be_outlived: false, exchange: None }
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
            // The handler has returned.
            self.in_parts = false;
            self.may_be_outlived = false;
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
        if self.in_parts || self.may_be_outlived {
            exchange.response_dropped(self.in_parts);
        } else if let Some(conn) = &exchange.conn {
            conn.response_done();
        }
    }
}

impl Exchange {
    /// The response is not asked for any more, and the handler may still run. If it was taken `in_parts`, nobody has come to
    /// their end.
    fn response_dropped(self: &Arc<Self>, in_parts: bool) {
        let Some(conn) = &self.conn else {
            if in_parts {
                self.gone();
            }
            return;
        };
        if !conn.is_one_at_a_time() {
            if in_parts {
                // A stream asks for more than was promised, until it is reset.
                self.gone();
            } else if self.ended() == Ended::No {
                // The stream was closed with the head: nobody will hear whether the client leaves.
                self.client_left();
            }
            conn.response_done();
            return;
        }
        let is_sent = {
            let mut state = self.state();
            // Seen under the lock: the handler's end either was before or wakes the connection.
            state.is_outlived = state.end == End::No;
            // hyper asks for no more than was promised.
            !in_parts || state.taken && state.body.is_empty() && state.promised == Some(state.written)
        };
        if !is_sent {
            self.gone();
        }
        conn.response_outlived(self);
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
