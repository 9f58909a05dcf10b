//! From hyper's request to a handler's goroutine.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll, ready};

use ::http::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue};
use ::http::{Method, Response, StatusCode, Uri, Version};
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;

use super::conn::{Conn, ConnInfo, HasBody, Mark};
use super::keys::{LOCAL_ADDR_CONTEXT_KEY, SERVER_CONTEXT_KEY};
use super::{Server, listener_context};
use crate::context::{self, Context};
use crate::http::body::Body;
use crate::http::error::{ERR_MALFORMED_CHUNKS, ERR_UNEXPECTED_EOF, Error, io_text};
use crate::http::exchange::{Aborted, Exchange, Respond, ResponseBody};
use crate::http::handler::IntoHandler;
use crate::http::request::Request;
use crate::http::writer::ResponseWriter;
use crate::rt::Spawner;

/// Starts a goroutine for each request of a connection.
pub(super) struct Requests {
    /// The connection.
    conn: Arc<Conn>,
    /// The context that requests' contexts are derived from.
    ctx: Context,
    /// The runtime.
    spawner: Spawner,
    /// The answer of a request that hyper reads although its handler runs already.
    resumed: Mutex<Option<Respond>>,
}

impl Requests {
    /// The requests of a connection.
    pub(super) fn new(conn: Arc<Conn>) -> Requests {
        let info = *conn.info();
        let server = Server::of(Arc::clone(conn.server()));
        let ctx = listener_context(conn.server(), info.local_addr);
        let ctx = context::with_value(&ctx, SERVER_CONTEXT_KEY, server);
        let mut ctx = context::with_value(&ctx, LOCAL_ADDR_CONTEXT_KEY, info.local_addr);
        if let Some(conn_context) = &conn.server().config().conn_context {
            ctx = conn_context(ctx, &info);
        }
        Requests { conn, ctx, spawner: Spawner::current(), resumed: Mutex::new(None) }
    }

    /// The next request that hyper reads is answered by this exchange.
    pub(super) fn resume(&self, respond: Respond) {
        *self.resumed.lock().unwrap_or_else(PoisonError::into_inner) = Some(respond);
    }

    /// Starts the handler of a plain request.
    pub(super) fn answer_plain(&self, method: Method, url: Uri, header: HeaderMap, body: Bytes) -> Respond {
        let conn = Arc::clone(&self.conn);
        let exchange = Arc::new(Exchange::new(self.ctx.clone(), conn, method == Method::HEAD));
        self.conn.request_began(if body.is_empty() { HasBody::No } else { HasBody::Plain });
        let body = if body.is_empty() {
            Body::empty()
        } else {
            Body::stream(PlainBody { bytes: body, conn: Arc::clone(&self.conn) })
        };
        let remote = Some(self.conn.info().remote_addr);
        let request = Request::plain(method, url, header, body, Arc::clone(&exchange), remote);
        self.conn.server().config().handler.start_at_once(self.spawner, Arc::clone(&exchange), request);
        Respond::new(exchange)
    }

    /// Answers a request.
    fn answer(&self, request: hyper::Request<Incoming>) -> Reply {
        let resumed = self.resumed.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(respond) = resumed {
            return Reply::Exchange(respond);
        }
        if self.conn.is_outlived() {
            self.conn.set_next_read(true);
            let requests = Requests {
                conn: Arc::clone(&self.conn),
                ctx: self.ctx.clone(),
                spawner: self.spawner,
                resumed: Mutex::new(None),
            };
            return Reply::Later(Some(Box::new(Later { requests, request })));
        }
        self.start(request)
    }

    /// Starts the handler of a request.
    fn start(&self, request: hyper::Request<Incoming>) -> Reply {
        if let Some(wrong) = what_is_wrong(&request) {
            self.conn.refused();
            return Reply::Ready(Some(refusal(StatusCode::BAD_REQUEST, wrong)));
        }
        let (parts, incoming) = request.into_parts();
        let conn = Arc::clone(&self.conn);
        let exchange = Arc::new(Exchange::new(self.ctx.clone(), conn, parts.method == Method::HEAD));
        let body = if incoming.is_end_stream() {
            self.conn.request_began(HasBody::No);
            Body::empty()
        } else {
            let mark = Mark::new(&exchange, incoming.size_hint().exact().is_none());
            self.conn.request_began(HasBody::Yes(mark));
            let (conn, exchange) = (Some(Arc::clone(&self.conn)), Arc::clone(&exchange));
            Body::stream(RequestBody { incoming, conn, exchange, mark })
        };
        let is_asterisk = parts.method == Method::OPTIONS && parts.uri.path() == "*";
        let request = Request::received(parts, body, Some(Arc::clone(&exchange)), Some(self.conn.info().remote_addr));
        let asterisk;
        let handler = if is_asterisk {
            asterisk = options.into_handler();
            &asterisk
        } else {
            &self.conn.server().config().handler
        };
        if self.conn.is_one_at_a_time() {
            // The connection has nothing else to do until the handler waits.
            handler.start_at_once(self.spawner, Arc::clone(&exchange), request);
        } else {
            handler.start(self.spawner, Arc::clone(&exchange), request);
        }
        Reply::Exchange(Respond::new(exchange))
    }
}

impl hyper::service::Service<hyper::Request<Incoming>> for Requests {
    type Response = Response<ResponseBody>;
    type Error = Aborted;
    type Future = Reply;

    fn call(&self, request: hyper::Request<Incoming>) -> Reply {
        self.answer(request)
    }
}

/// Answers `OPTIONS *`.
fn options(w: ResponseWriter, _: Request) {
    w.header().set("Content-Length", "0");
}

/// What Go finds wrong with a request that hyper lets through.
fn what_is_wrong<B>(request: &hyper::Request<B>) -> Option<&'static str> {
    if request.version() != Version::HTTP_11 {
        return None;
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => Some("missing required Host header"),
        (_, Some(_)) => Some("too many Host headers"),
        (Some(host), None) if host.as_bytes().iter().any(|byte| *byte <= b' ' || *byte >= 0x7F) => {
            Some("malformed Host header")
        }
        _ => None,
    }
}

/// An answer that no handler has given; the connection ends after it.
fn refusal(status: StatusCode, what: &str) -> Response<ResponseBody> {
    let text = format!("{} {}: {what}", status.as_u16(), status.canonical_reason().unwrap_or_default());
    let mut response = Response::new(ResponseBody::whole(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A response that comes.
pub(super) enum Reply {
    /// From a handler.
    Exchange(Respond),
    /// From a handler that starts when the one of the request before has ended.
    Later(Option<Box<Later>>),
    /// At once.
    Ready(Option<Response<ResponseBody>>),
}

/// A request that hyper has read before it was its turn.
pub(super) struct Later {
    /// What starts its handler.
    requests: Requests,
    /// The request.
    request: hyper::Request<Incoming>,
}

impl Later {
    /// Starts the handler if it is its turn. The connection's goroutine polls again when it may be.
    fn start(slot: &mut Option<Box<Later>>) -> Poll<Result<Reply, Aborted>> {
        let Some(later) = slot.take_if(|later| !later.requests.conn.is_outlived()) else { return Poll::Pending };
        let Later { requests, request } = *later;
        requests.conn.set_next_read(false);
        Poll::Ready(if requests.conn.is_aborted() { Err(Aborted) } else { Ok(requests.start(request)) })
    }
}

impl Future for Reply {
    type Output = Result<Response<ResponseBody>, Aborted>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        if let Reply::Later(later) = &mut *self {
            let reply = ready!(Later::start(later))?;
            self.set(reply);
        }
        match self.get_mut() {
            Reply::Exchange(respond) => Pin::new(respond).poll(cx),
            Reply::Later(_) => Poll::Pending,
            Reply::Ready(response) => response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response))),
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply")
    }
}

/// The body of a plain request.
struct PlainBody {
    /// What was not read.
    bytes: Bytes,
    /// The connection.
    conn: Arc<Conn>,
}

impl http_body::Body for PlainBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, _cx: &mut TaskContext<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.bytes.is_empty() {
            return Poll::Ready(None);
        }
        // From now on nothing is asked of the client, and the connection looks whether it leaves.
        self.conn.plain_body_read();
        Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.bytes)))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

/// The body of a request.
struct RequestBody {
    /// hyper's.
    incoming: Incoming,
    /// The connection, until the end was read.
    conn: Option<Arc<Conn>>,
    /// The request, whose context is done when there is no more to be read.
    exchange: Arc<Exchange>,
    /// Whose body it is.
    mark: Mark,
}

impl RequestBody {
    /// The end was read: from now on nothing is asked of the client, and the connection looks whether it leaves.
    fn ended(&mut self) {
        if let Some(conn) = self.conn.take() {
            conn.body_read(self.mark);
        }
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.incoming.is_end_stream() {
            // hyper does not tell the end of a body whose answer was sent before.
            self.ended();
            return Poll::Ready(None);
        }
        let frame = ready!(Pin::new(&mut self.incoming).poll_frame(cx));
        match frame {
            Some(Ok(frame)) => {
                if self.incoming.is_end_stream() {
                    self.ended();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            None => {
                self.ended();
                Poll::Ready(None)
            }
            Some(Err(error)) => {
                let error = read_error(error, self.conn.as_ref().map(|conn| conn.info()));
                if error != ERR_MALFORMED_CHUNKS {
                    self.exchange.client_left();
                }
                Poll::Ready(Some(Err(error)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// An error of reading a body, in Go's words.
fn read_error(error: hyper::Error, info: Option<&ConnInfo>) -> Error {
    if let Some(io) = crate::errors::find::<io::Error>(&error) {
        let ends = info.map_or_else(String::new, |info| format!(" {}->{}", info.local_addr, info.remote_addr));
        return match io.kind() {
            io::ErrorKind::TimedOut => Error::timeout(format!("read tcp{ends}: i/o timeout"), None),
            io::ErrorKind::UnexpectedEof => ERR_UNEXPECTED_EOF,
            // What hyper says of chunks.
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => ERR_MALFORMED_CHUNKS,
            _ => Error::with_text(format!("read tcp{ends}: read: {}", io_text(io)), error),
        };
    }
    if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        return ERR_UNEXPECTED_EOF;
    }
    let text = error.to_string();
    Error::with_text(text, error)
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if let Some(conn) = &self.conn {
            conn.left_unread();
        }
    }
}
