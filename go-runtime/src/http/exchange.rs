//! What a handler and its connection share about one request: the response as far as it was written.
//!
//! The handler writes into a buffer and never waits for that; the connection takes the bytes out of it when hyper asks
//! for them. Until 2048 bytes are written, or the handler flushes or returns, nothing is taken: so a small response is
//! sent as a whole, with its length.
//!
//! # Invariants
//! 1. The head is taken once, and after it was taken `State::head` is `None`; what is put into `State::header` from then
//!    on can only become the trailer.
//! 2. Whoever ends its side (`finish`, `abort`, `gone`) wakes the other one.
//! 3. The request's context is made when the handler first asks for it. `State::is_over` says that it is, or would be,
//!    cancelled; whoever sets it cancels the one that there is, and whoever makes one looks at it.
//!
//! # Locking
//! The state's lock is the innermost one: nothing is woken, cancelled or dropped under it that could be the user's.

mod respond;
mod whole;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};

use ::http::StatusCode;
use ::http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TRAILER, TRANSFER_ENCODING,
};
use bytes::Bytes;
use http_body::Frame;

pub(super) use self::respond::{Respond, ResponseBody};
pub(super) use self::whole::Whole;
use super::error::{
    ERR_BODY_NOT_ALLOWED, ERR_CONNECTION_GONE, ERR_CONTENT_LENGTH, ERR_HANDLER_RETURNED, ERR_HIJACKED, Error,
};
use super::server::Conn;
use super::sniff::detect_content_type;
use crate::context::{self, CancelFunc, Context};
use crate::goroutine::{self, WaitReason};

/// How much is collected before the head goes out without a length.
const WHOLE: usize = 2048;
/// How much is collected before the connection is told that there is more.
const CHUNK: usize = 4096;

/// One request and its response.
pub(super) struct Exchange {
    /// The response.
    state: Mutex<State>,
    /// What the request's context is derived from.
    parent: Context,
    /// The connection, if it is one of this crate's server.
    conn: Option<Arc<Conn>>,
    /// Whether somebody takes the response while the handler runs.
    is_taken: bool,
    /// Whether the request's method is HEAD.
    is_head: bool,
}

/// What the lock guards.
struct State {
    /// The fields of the head, then, once it is decided, of the trailer.
    header: HeaderMap,
    /// The head, from when it was decided until it is taken.
    head: Option<Head>,
    /// The status, once the head is decided.
    status: Option<StatusCode>,
    /// Whether the head may be taken although the handler still runs.
    ready: bool,
    /// Whether the head was taken.
    taken: bool,
    /// Whether the connection has done with the response while the handler ran, and waits for that to end.
    is_outlived: bool,
    /// The fields that the trailer will have.
    trailer: Vec<HeaderName>,
    /// The bytes that were written and not taken.
    body: Vec<u8>,
    /// How many bytes the handler has written.
    written: u64,
    /// How many it has promised.
    promised: Option<u64>,
    /// Whether it was noticed that it has not kept the promise.
    is_short: bool,
    /// Whether the request's context is done.
    is_over: bool,
    /// Cancels the request's context, once there is one.
    cancel: Option<CancelFunc>,
    /// How the handler ended.
    end: End,
    /// Why nobody takes the response any more.
    gone: Option<Error>,
    /// The connection, waiting for the response.
    conn: Option<Waker>,
    /// The handler's goroutines, waiting for bytes to be taken.
    writers: Vec<Waker>,
}

/// A head that is decided.
struct Head {
    /// The status.
    status: StatusCode,
    /// The fields.
    header: HeaderMap,
}

/// A response that can be sent.
struct Outgoing {
    /// The head.
    head: Head,
    /// The body, if it is sent as a whole.
    body: Bytes,
    /// Whether the body is sent in parts.
    in_parts: bool,
    /// Whether it may be complete before the handler ends.
    may_be_outlived: bool,
}

/// Whether a handler has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It still runs.
    No,
    /// It returned.
    Returned,
    /// It panicked.
    Panicked,
}

/// How the handler ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It still runs.
    No,
    /// It returned.
    Returned,
    /// It panicked.
    Panicked,
    /// It took the connection.
    Hijacked,
}

/// Why there is no response: the handler panicked. The connection is dropped.
#[derive(Debug)]
pub(super) struct Aborted;

impl fmt::Display for Aborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("net/http: abort Handler")
    }
}

impl std::error::Error for Aborted {}

/// Whether a response with this status may have a body.
fn allows_body(status: StatusCode) -> bool {
    !status.is_informational() && status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED
}

impl Exchange {
    /// The exchange of a request that came over a connection.
    pub(super) fn new(parent: Context, conn: Arc<Conn>, is_head: bool) -> Exchange {
        Exchange::with(parent, Some(conn), true, is_head)
    }

    /// The exchange of a request that a foreign server has received.
    pub(super) fn served(parent: Context, is_head: bool) -> Exchange {
        Exchange::with(parent, None, true, is_head)
    }

    /// The exchange of a request whose response is looked at when the handler has returned.
    pub(super) fn recorded(parent: Context, is_head: bool) -> Exchange {
        Exchange::with(parent, None, false, is_head)
    }

    /// An exchange with all its parts.
    fn with(parent: Context, conn: Option<Arc<Conn>>, is_taken: bool, is_head: bool) -> Exchange {
        let state = State {
            header: HeaderMap::new(),
            head: None,
            status: None,
            ready: false,
            taken: false,
            is_outlived: false,
            trailer: Vec::new(),
            body: Vec::new(),
            written: 0,
            promised: None,
            is_short: false,
            is_over: false,
            cancel: None,
            end: End::No,
            gone: None,
            conn: None,
            writers: Vec::new(),
        };
        Exchange { state: Mutex::new(state), parent, conn, is_taken, is_head }
    }

    /// The state; a panic under the lock leaves it whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the request's context; called once.
    pub(super) fn make_context(self: &Arc<Self>) -> Context {
        let (ctx, cancel) = context::with_cancel(&self.parent);
        let is_over = {
            let mut state = self.state();
            state.cancel = Some(cancel.clone());
            state.is_over
        };
        if is_over {
            cancel();
        } else if let Some(conn) = &self.conn {
            conn.context_made(self);
        }
        ctx
    }

    /// Cancels the request's context.
    fn cancel(&self) {
        let cancel = {
            let mut state = self.state();
            state.is_over = true;
            state.cancel.take()
        };
        if let Some(cancel) = cancel {
            cancel();
        }
    }

    /// The connection, if there is one.
    pub(super) fn conn(&self) -> Option<&Arc<Conn>> {
        self.conn.as_ref()
    }

    // ---- the handler's side ----

    /// Shows the handler the fields of the head, or of the trailer once the head is decided.
    pub(super) fn with_header<R>(&self, f: impl FnOnce(&mut HeaderMap) -> R) -> R {
        f(&mut self.state().header)
    }

    /// The status, once it is decided.
    pub(super) fn status(&self) -> Option<StatusCode> {
        self.state().status
    }

    /// How many bytes the handler has written.
    pub(super) fn written(&self) -> u64 {
        self.state().written
    }

    /// Decides the head, unless it is.
    pub(super) fn write_header(&self, status: StatusCode) {
        self.state().decide(status);
    }

    /// Adds to the body.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        let mut state = self.state();
        state.may_write()?;
        let status = state.decide(StatusCode::OK);
        if bytes.is_empty() {
            return Ok(());
        }
        if !allows_body(status) {
            return Err(ERR_BODY_NOT_ALLOWED);
        }
        let written = state.written + bytes.len() as u64;
        if state.promised.is_some_and(|promised| written > promised) {
            return Err(ERR_CONTENT_LENGTH);
        }
        state.written = written;
        if self.is_head {
            // Nobody will see it; as much is kept as tells the type.
            let room = if state.taken { 0 } else { WHOLE.saturating_sub(state.body.len()) };
            state.body.extend_from_slice(&bytes[..bytes.len().min(room)]);
            return Ok(());
        }
        if state.body.is_empty() {
            // Often there is one write only, and what has no room to grow becomes `Bytes` as it is.
            state.body.reserve_exact(bytes.len());
        }
        state.body.extend_from_slice(bytes);
        let full = state.body.len() > if state.taken { CHUNK } else { WHOLE };
        if full && self.is_taken {
            state.ready = true;
            let conn = state.conn.take();
            drop(state);
            wake(conn);
        }
        Ok(())
    }

    /// Has the connection take what was written.
    pub(super) fn start_flush(&self) -> Result<(), Error> {
        let mut state = self.state();
        state.may_write()?;
        state.decide(StatusCode::OK);
        state.ready = true;
        let conn = state.conn.take();
        drop(state);
        wake(conn);
        Ok(())
    }

    /// Waits until at most `left` bytes are not taken; if that is none, until the head was taken too.
    pub(super) fn poll_taken(&self, cx: &mut TaskContext<'_>, left: usize) -> Poll<Result<(), Error>> {
        let mut state = self.state();
        if let Some(error) = &state.gone {
            return Poll::Ready(Err(error.clone()));
        }
        if !self.is_taken || (state.body.len() <= left && (state.taken || left > 0)) {
            return Poll::Ready(Ok(()));
        }
        state.writers.push(goroutine::waker_of(cx).0);
        drop(state);
        goroutine::park(WaitReason::Foreign, None);
        Poll::Pending
    }

    /// The handler takes the connection over; the exchange is over.
    pub(super) fn hijack(&self) -> Result<&Arc<Conn>, Error> {
        let Some(conn) = self.conn.as_ref().filter(|conn| conn.can_be_hijacked()) else {
            return Err(super::error::ERR_NOT_SUPPORTED);
        };
        let mut state = self.state();
        state.may_write()?;
        if state.ready || state.taken {
            return Err(Error::new("http: the connection cannot be hijacked after the response has begun"));
        }
        state.end = End::Hijacked;
        Ok(conn)
    }

    /// The handler waits for something.
    pub(super) fn handler_waits(self: &Arc<Self>) {
        if let Some(conn) = &self.conn {
            conn.handler_waits(self);
        }
    }

    /// The handler has returned: the rest of the response can be taken, and the context is done.
    pub(super) fn finish(&self) {
        self.end(End::Returned);
    }

    /// The handler has panicked: the connection is dropped.
    pub(super) fn abort(&self) {
        self.end(End::Panicked);
    }

    /// The handler has ended.
    fn end(&self, end: End) {
        let (conn, cancel, is_outlived) = {
            let mut state = self.state();
            if state.end == End::No {
                state.end = end;
                if end == End::Returned {
                    state.decide(StatusCode::OK);
                }
            }
            state.is_over = true;
            (state.conn.take(), state.cancel.take(), state.is_outlived)
        };
        wake(conn);
        if let Some(cancel) = cancel {
            cancel();
        }
        if let Some(conn) = &self.conn {
            conn.handler_ended(is_outlived);
        }
    }

    /// What a recorded response is: the head, the body and the trailer.
    pub(super) fn take_recorded(&self) -> (StatusCode, HeaderMap, Bytes, HeaderMap) {
        let mut state = self.state();
        state.decide(StatusCode::OK);
        let trailer = state.trailer_fields();
        let head = state.take_head();
        let body = Bytes::from(std::mem::take(&mut state.body));
        (head.status, head.header, body, trailer)
    }

    /// Sets the fields behind the body.
    pub(super) fn set_trailer(&self, fields: HeaderMap) {
        let mut state = self.state();
        state.trailer.extend(fields.keys().cloned());
        state.header = fields;
    }

    /// Nobody takes the response any more.
    pub(super) fn give_up(&self, error: Error) {
        let writers = {
            let mut state = self.state();
            state.gone.get_or_insert(error);
            std::mem::take(&mut state.writers)
        };
        writers.into_iter().for_each(Waker::wake);
    }

    // ---- the connection's side ----

    /// The connection, or the stream of an HTTP/2 connection, is gone.
    pub(super) fn gone(&self) {
        if self.state().end == End::Hijacked {
            return;
        }
        self.give_up(ERR_CONNECTION_GONE);
        self.cancel();
    }

    /// Whether the handler has ended.
    pub(super) fn ended(&self) -> Ended {
        match self.state().end {
            End::No => Ended::No,
            End::Returned | End::Hijacked => Ended::Returned,
            End::Panicked => Ended::Panicked,
        }
    }

    /// The client has closed its side. It may still read.
    pub(super) fn client_left(&self) {
        self.cancel();
    }

    /// The response, once it can be sent.
    fn poll_response(&self, cx: &mut TaskContext<'_>) -> Poll<Result<Outgoing, Aborted>> {
        let mut state = self.state();
        match state.end {
            End::Panicked => return Poll::Ready(Err(Aborted)),
            End::Returned => {}
            End::No if state.ready => {}
            End::No | End::Hijacked => {
                state.wait_for_handler(cx);
                return Poll::Pending;
            }
        }
        let returned = state.end == End::Returned;
        // A promise is kept or broken by the bytes themselves, and a trailer needs a body in chunks.
        let kept = state.promised.is_none_or(|promised| promised == state.written);
        let whole = returned && !state.ready && kept && state.trailer.is_empty();
        let head = state.take_head();
        state.taken = true;
        let bodyless = self.is_head || !allows_body(head.status);
        // To a HEAD request hyper tells the length of a body that it is given, unless the header does.
        let told = !self.is_head || (state.promised.is_none() && state.written == state.body.len() as u64);
        let in_parts = !(bodyless || whole && told);
        let may_be_outlived = !returned && (bodyless || state.promised.is_some());
        // What is taken in parts stays; what nobody may see goes.
        let kept = if in_parts { Vec::new() } else { std::mem::take(&mut state.body) };
        let body = if whole && told { Bytes::from(kept) } else { Bytes::new() };
        let writers = std::mem::take(&mut state.writers);
        drop(state);
        writers.into_iter().for_each(Waker::wake);
        Poll::Ready(Ok(Outgoing { head, body, in_parts, may_be_outlived }))
    }

    /// The next part of a body that is taken in parts; `None` at its end.
    fn poll_part(&self, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Frame<Bytes>, Aborted>>> {
        let mut state = self.state();
        if !state.body.is_empty() {
            let bytes = Bytes::from(std::mem::take(&mut state.body));
            let writers = std::mem::take(&mut state.writers);
            drop(state);
            writers.into_iter().for_each(Waker::wake);
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match state.end {
            End::Panicked => Poll::Ready(Some(Err(Aborted))),
            End::Returned if state.promised.is_some_and(|promised| promised > state.written) => {
                // hyper drops a connection whose body is too short; what there is of it goes out first.
                if std::mem::replace(&mut state.is_short, true) {
                    return Poll::Ready(Some(Err(Aborted)));
                }
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            End::Returned => {
                let trailer = state.trailer_fields();
                state.trailer.clear();
                Poll::Ready(if trailer.is_empty() { None } else { Some(Ok(Frame::trailers(trailer))) })
            }
            End::No | End::Hijacked => {
                state.wait_for_handler(cx);
                Poll::Pending
            }
        }
    }
}

impl State {
    /// Whether the handler may still write.
    fn may_write(&self) -> Result<(), Error> {
        match (&self.gone, self.end) {
            (Some(error), _) => Err(error.clone()),
            (None, End::No) => Ok(()),
            (None, End::Hijacked) => Err(ERR_HIJACKED),
            (None, End::Returned | End::Panicked) => Err(ERR_HANDLER_RETURNED),
        }
    }

    /// Decides the head: `status`, and the fields that are set now. Only the first decision counts.
    fn decide(&mut self, status: StatusCode) -> StatusCode {
        if let Some(status) = self.status {
            return status;
        }
        self.status = Some(status);
        if self.header.is_empty() {
            self.head = Some(Head { status, header: HeaderMap::new() });
            return status;
        }
        let mut header = std::mem::take(&mut self.header);
        self.promised = header.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        self.promised = self.promised.filter(|_| allows_body(status));
        match self.promised {
            // One field with one number, whatever the handler has written: clients must not be left to choose.
            Some(promised) => _ = header.insert(CONTENT_LENGTH, promised.into()),
            None => _ = header.remove(CONTENT_LENGTH),
        }
        for names in header.get_all(TRAILER) {
            let names = names.to_str().unwrap_or_default().split(',');
            self.trailer.extend(names.filter_map(|name| HeaderName::from_bytes(name.trim().as_bytes()).ok()));
        }
        for name in &self.trailer {
            if let Some(value) = header.remove(name) {
                self.header.insert(name.clone(), value);
            }
        }
        self.head = Some(Head { status, header });
        status
    }

    /// Takes the head, whose type is told from what is there of the body.
    fn take_head(&mut self) -> Head {
        let mut head = self.head.take().unwrap_or(Head { status: StatusCode::OK, header: HeaderMap::new() });
        // Who frames the body is hyper's business.
        head.header.remove(TRANSFER_ENCODING);
        if !self.body.is_empty()
            && allows_body(head.status)
            && !head.header.contains_key(CONTENT_TYPE)
            && !head.header.contains_key(CONTENT_ENCODING)
        {
            head.header.insert(CONTENT_TYPE, HeaderValue::from_static(detect_content_type(&self.body)));
        }
        head
    }

    /// The fields behind the body: those that were announced.
    fn trailer_fields(&mut self) -> HeaderMap {
        let mut fields = HeaderMap::new();
        for name in &self.trailer {
            for value in self.header.get_all(name) {
                fields.append(name, value.clone());
            }
        }
        fields
    }

    /// The connection has to wait for the handler.
    fn wait_for_handler(&mut self, cx: &TaskContext<'_>) {
        let (waker, _) = goroutine::waker_of(cx);
        self.conn = Some(waker);
    }
}

/// Wakes somebody, if there is somebody.
fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Exchange").field("status", &state.status).field("end", &state.end).finish_non_exhaustive()
    }
}
