//! One connection: what its goroutine, its handlers and the server share, and how it is served.
//!
//! hyper speaks the protocol. Around it this file does what Go does besides: while a handler runs, the connection is read
//! ahead, so that a client that leaves cancels the request's context although nobody asked for more bytes.
//!
//! # Locking
//! No two of a connection's locks are held at once, and none while something of the user's is called.

mod wire;

use std::fmt;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::panic::Location;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use bytes::Bytes;
use hyper_util::rt::TokioIo;

use self::wire::Wire;
use super::io::{Ahead, Io, Stream};
use super::requests::Requests;
use super::shared::Shared;
use crate::chan::{Chan, Sender};
use crate::goroutine::{self, WaitReason};
use crate::http::error::{ERR_CONNECTION_GONE, Error};
use crate::http::exchange::Exchange;
use crate::rt::Spawner;
use crate::time;

/// How long a connection is read on after an answer that left bytes unread, so that the client gets the answer.
const LINGER: time::Duration = time::Duration::from_millis(500);
/// How long a connection on which nothing has come may delay a shutdown.
const NEW_GRACE: time::Duration = time::Duration::from_secs(5);
/// How an HTTP/2 connection begins.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The connection's goroutine is to stop.
const CLOSE: u8 = 1;
/// The connection's goroutine is to end when it has nothing to do.
const SHUTDOWN: u8 = 2;
/// A handler takes the connection over.
const HIJACK: u8 = 4;

/// Why a connection is read ahead: the request's body was read.
const BODY_READ: u8 = 1;
/// Why a connection is read ahead: the handler has waited for something.
const HANDLER_WAITS: u8 = 2;
/// Both: the connection is read ahead.
const WATCH: u8 = BODY_READ | HANDLER_WAITS;

/// What a connection is doing.
///
/// # Go
/// `http.ConnState`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ConnState {
    /// It is new; no byte has come.
    New,
    /// A request is read or answered.
    Active,
    /// It waits for the next request.
    Idle,
    /// A handler has taken it over.
    Hijacked,
    /// It is closed.
    Closed,
}

impl fmt::Display for ConnState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ConnState::New => "new",
            ConnState::Active => "active",
            ConnState::Idle => "idle",
            ConnState::Hijacked => "hijacked",
            ConnState::Closed => "closed",
        })
    }
}

/// Who a connection is between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnInfo {
    /// The client.
    pub remote_addr: SocketAddr,
    /// The server.
    pub local_addr: SocketAddr,
}

/// A connection that a handler has taken over.
///
/// # Go
/// What `Hijack` returns.
#[derive(Debug)]
pub struct Hijacked {
    /// The connection; what was read of it already is read first.
    pub conn: HijackedConn,
    /// Who it is between.
    pub info: ConnInfo,
}

/// The bytes of a connection that was taken over.
#[derive(Debug)]
pub struct HijackedConn {
    /// What was read already.
    before: Bytes,
    /// The socket.
    stream: Stream,
}

/// One connection.
pub(in crate::http) struct Conn {
    /// The server.
    server: Arc<Shared>,
    /// The connection's number at the server.
    key: u64,
    /// Who it is between.
    info: ConnInfo,
    /// When it was accepted.
    since: Instant,
    /// The socket.
    io: Mutex<Io>,
    /// Wakes the connection's goroutine.
    task: Mutex<Option<Waker>>,
    /// Which goroutine that is, so that its waker is noted once only; 0 if it is none.
    owner: AtomicU64,
    /// What the goroutine is to do: [`CLOSE`], [`SHUTDOWN`], [`HIJACK`].
    signals: AtomicU8,
    /// The request whose handler waits; HTTP/1 has one at a time.
    current: Mutex<Option<Arc<Exchange>>>,
    /// What speaks for reading ahead, so that a client that leaves is noticed: [`BODY_READ`], [`HANDLER_WAITS`].
    watch: AtomicU8,
    /// A [`ConnState`].
    state: AtomicU8,
    /// Whether the protocol is HTTP/2.
    is_http2: AtomicBool,
    /// How many requests of an HTTP/2 connection are being answered.
    open: AtomicUsize,
    /// Its goroutine and its handlers: the connection is over when the last one is.
    holders: AtomicUsize,
    /// Whether an answer left bytes unread.
    unread: AtomicBool,
    /// Who gets the connection that is taken over.
    hijacker: Mutex<Option<Sender<Hijacked>>>,
}

/// How the serving of a connection ends.
enum End {
    /// hyper is done with it.
    Done(Result<(), hyper::Error>),
    /// The server is closed.
    Closed,
    /// A handler has taken it over.
    Hijacked,
}

/// Locks; a panic under one of these locks leaves the data whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Conn {
    /// A connection that was accepted.
    pub(super) fn new(server: Arc<Shared>, key: u64, stream: Stream, info: ConnInfo) -> Arc<Conn> {
        Arc::new(Conn {
            server,
            key,
            info,
            since: Instant::now(),
            io: Mutex::new(Io::new(stream)),
            task: Mutex::new(None),
            owner: AtomicU64::new(0),
            signals: AtomicU8::new(0),
            current: Mutex::new(None),
            watch: AtomicU8::new(0),
            state: AtomicU8::new(ConnState::New as u8),
            is_http2: AtomicBool::new(false),
            open: AtomicUsize::new(0),
            holders: AtomicUsize::new(1),
            unread: AtomicBool::new(false),
            hijacker: Mutex::new(None),
        })
    }

    /// Who it is between.
    pub(in crate::http) fn info(&self) -> &ConnInfo {
        &self.info
    }

    /// The server.
    pub(super) fn server(&self) -> &Arc<Shared> {
        &self.server
    }

    /// Writes a line to the server's log.
    pub(in crate::http) fn log(&self, text: &str) {
        self.server.log(text);
    }

    /// Whether it has one request at a time.
    pub(super) fn is_one_at_a_time(&self) -> bool {
        !self.is_http2.load(Ordering::Relaxed)
    }

    /// Whether a handler may take it over.
    pub(in crate::http) fn can_be_hijacked(&self) -> bool {
        !self.is_http2.load(Ordering::Relaxed)
    }

    /// The request's body was read to its end: nothing more is asked of the client.
    pub(super) fn body_read(&self) {
        if !self.is_http2.load(Ordering::Relaxed) {
            self.watch_for(BODY_READ);
        }
    }

    /// The handler waits for something, and may want to know that the client has left.
    pub(in crate::http) fn handler_waits(&self, exchange: &Arc<Exchange>) {
        if !self.is_http2.load(Ordering::Relaxed) {
            *lock(&self.current) = Some(Arc::clone(exchange));
            self.watch_for(HANDLER_WAITS);
        }
    }

    /// Something speaks for reading ahead.
    fn watch_for(&self, reason: u8) {
        // AcqRel: both reasons come from different goroutines; the later one sees the earlier.
        let before = self.watch.fetch_or(reason, Ordering::AcqRel);
        if before | reason == WATCH && before != WATCH {
            self.wake();
        }
    }

    /// A request's body was dropped before its end.
    pub(super) fn left_unread(&self) {
        self.unread.store(true, Ordering::Relaxed);
    }

    /// Tells the goroutine something.
    fn signal(&self, signal: u8) {
        // Release: pairs with the acquire in `signals`.
        self.signals.fetch_or(signal, Ordering::AcqRel);
        self.wake();
    }

    /// What the goroutine was told.
    fn signals(&self) -> u8 {
        self.signals.load(Ordering::Acquire)
    }

    /// The server closes: the connection is dropped, its requests' contexts are cancelled.
    pub(super) fn close(&self) {
        self.signal(CLOSE);
    }

    /// The server shuts down: the connection ends when it has nothing to do.
    pub(super) fn shut_down(&self) {
        self.signal(SHUTDOWN);
    }

    /// Whether the request that is answered is the last one.
    pub(in crate::http) fn takes_no_more(&self) -> bool {
        self.signals() & SHUTDOWN != 0 && !self.is_http2.load(Ordering::Relaxed)
    }

    /// Has the goroutine polled.
    fn wake(&self) {
        let waker = lock(&self.task).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Notes the goroutine's waker.
    fn register(&self, cx: &Context<'_>) {
        let owner = goroutine::owner_of(cx);
        // Relaxed: only the goroutine itself reads what it has written.
        if owner == 0 || self.owner.load(Ordering::Relaxed) != owner {
            *lock(&self.task) = Some(goroutine::waker_of(cx).0);
            self.owner.store(owner, Ordering::Relaxed);
        }
    }

    /// What it is doing.
    pub(super) fn state(&self) -> ConnState {
        match self.state.load(Ordering::Acquire) {
            0 => ConnState::New,
            1 => ConnState::Active,
            2 => ConnState::Idle,
            3 => ConnState::Hijacked,
            _ => ConnState::Closed,
        }
    }

    /// It is doing something else now.
    fn set_state(&self, state: ConnState) {
        let before = self.state.swap(state as u8, Ordering::AcqRel);
        if before != state as u8 {
            self.server.tell_state(&self.info, state);
        }
    }

    // ---- requests ----

    /// A request was read, and a handler starts.
    pub(super) fn request_began(&self, has_body: bool) {
        self.holders.fetch_add(1, Ordering::Relaxed);
        if self.is_http2.load(Ordering::Relaxed) {
            self.open.fetch_add(1, Ordering::Relaxed);
            self.set_state(ConnState::Active);
            return;
        }
        self.watch.store(if has_body { 0 } else { BODY_READ }, Ordering::Release);
        let times = &self.server.config().times;
        if times.any {
            let mut io = lock(&self.io);
            let since = io.began.map_or(time::Duration::ZERO, |began| began.elapsed());
            io.read_by.set(times.body(since));
            io.write_by.set(times.write);
        }
    }

    /// The handler has ended.
    pub(in crate::http) fn handler_ended(&self) {
        self.release();
    }

    /// hyper has the whole response.
    pub(in crate::http) fn response_done(&self) {
        let is_http2 = self.is_http2.load(Ordering::Relaxed);
        if !is_http2 {
            if self.watch.swap(0, Ordering::AcqRel) & HANDLER_WAITS != 0 {
                let before = lock(&self.current).take();
                drop(before);
            }
            let times = &self.server.config().times;
            let mut io = lock(&self.io);
            io.began = None;
            if times.any {
                io.read_by.set(times.idle);
            }
        }
        if (!is_http2 || self.open.fetch_sub(1, Ordering::AcqRel) == 1) && self.state() == ConnState::Active {
            self.set_state(ConnState::Idle);
        }
    }

    /// The goroutine or a handler is done with the connection.
    fn release(&self) {
        if self.holders.fetch_sub(1, Ordering::AcqRel) == 1 {
            if self.state() != ConnState::Hijacked {
                self.set_state(ConnState::Closed);
            }
            self.server.forget(self.key);
        }
    }

    // ---- serving ----

    /// Serves the connection until it ends.
    pub(super) async fn serve(self: Arc<Conn>) {
        let end = if self.is_http2_connection().await { self.serve_http2().await } else { self.serve_http1().await };
        if let End::Done(result) = end {
            let is_wrong = result.as_ref().is_err_and(hyper::Error::is_parse);
            if is_wrong || self.unread.load(Ordering::Relaxed) {
                self.linger().await;
            }
        }
        // Who waits for the connection waits in vain.
        if let Some(hijacker) = lock(&self.hijacker).take() {
            hijacker.close();
        }
        let stream = lock(&self.io).stream.take();
        drop(stream);
        self.release();
    }

    /// Whether the client speaks HTTP/2; only asked where the server allows it.
    async fn is_http2_connection(&self) -> bool {
        #[cfg(feature = "http-tls")]
        if let Some(Stream::Tls(tls)) = &lock(&self.io).stream {
            return tls.get_ref().1.alpn_protocol() == Some(b"h2");
        }
        if !self.server.config().unencrypted_http2 {
            return false;
        }
        poll_fn(|cx| {
            self.register(cx);
            if self.signals() & CLOSE != 0 {
                return Poll::Ready(false);
            }
            let mut io = lock(&self.io);
            loop {
                let known = io.ahead.len().min(HTTP2_PREFACE.len());
                if io.ahead[..known] != HTTP2_PREFACE[..known] {
                    return Poll::Ready(false);
                }
                if known == HTTP2_PREFACE.len() {
                    return Poll::Ready(true);
                }
                match io.poll_more(cx) {
                    Poll::Ready(Ahead::Bytes) => {}
                    Poll::Ready(Ahead::Gone) => return Poll::Ready(false),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await
    }

    /// The connection as hyper reads and writes it.
    fn wire(self: &Arc<Conn>) -> TokioIo<Wire> {
        TokioIo::new(Wire { conn: Arc::clone(self) })
    }

    /// Serves HTTP/1.
    async fn serve_http1(self: &Arc<Conn>) -> End {
        let config = self.server.config();
        if config.times.any {
            lock(&self.io).read_by.set(config.times.header);
        }
        let service = Requests::new(Arc::clone(self));
        let mut hyper = config.http1.serve_connection(self.wire(), service);
        let mut is_ending = false;
        let end = poll_fn(|cx| {
            self.register(cx);
            loop {
                if self.signals() & CLOSE != 0 {
                    return Poll::Ready(End::Closed);
                }
                if self.signals() & HIJACK != 0 {
                    return Poll::Ready(End::Hijacked);
                }
                if let Poll::Ready(result) = Pin::new(&mut hyper).poll(cx) {
                    return Poll::Ready(End::Done(result));
                }
                // After the poll: what the client has sent before the shutdown is answered.
                if is_ending || !self.may_end() {
                    break;
                }
                is_ending = true;
                Pin::new(&mut hyper).graceful_shutdown();
            }
            self.poll_watch(cx);
            goroutine::park(WaitReason::Foreign, None);
            Poll::Pending
        })
        .await;
        if let End::Hijacked = end {
            self.hand_over(hyper.into_parts().read_buf);
        }
        end
    }

    /// Serves HTTP/2.
    async fn serve_http2(self: &Arc<Conn>) -> End {
        self.is_http2.store(true, Ordering::Relaxed);
        self.set_state(ConnState::Active);
        let service = Requests::new(Arc::clone(self));
        let config = self.server.config();
        let mut hyper = std::pin::pin!(config.http2.serve_connection(self.wire(), service));
        let mut is_ending = false;
        poll_fn(|cx| {
            self.register(cx);
            loop {
                if self.signals() & CLOSE != 0 {
                    return Poll::Ready(End::Closed);
                }
                if let Poll::Ready(result) = hyper.as_mut().poll(cx) {
                    return Poll::Ready(End::Done(result));
                }
                if is_ending || !self.may_end() {
                    break;
                }
                is_ending = true;
                hyper.as_mut().graceful_shutdown();
            }
            goroutine::park(WaitReason::Foreign, None);
            Poll::Pending
        })
        .await
    }

    /// Whether the server shuts down and the connection may end. One on which nothing has come yet gets some time: its
    /// request may be on the way. One that waits for its next request looks whether that has come, unheard of.
    fn may_end(&self) -> bool {
        if self.signals() & SHUTDOWN == 0 {
            return false;
        }
        match self.state() {
            ConnState::New => self.since.elapsed() >= NEW_GRACE,
            ConnState::Idle => !lock(&self.io).has_bytes(),
            _ => true,
        }
    }

    /// Reads ahead while a request is answered; a client that has left cancels the request's context.
    fn poll_watch(&self, cx: &mut Context<'_>) {
        if self.watch.load(Ordering::Acquire) != WATCH {
            return;
        }
        let found = lock(&self.io).poll_ahead(cx);
        let Poll::Ready(found) = found else { return };
        // What has come is the next request. Nothing more is read until it is its turn.
        self.watch.store(0, Ordering::Release);
        if found == Ahead::Gone
            && let Some(exchange) = lock(&self.current).clone()
        {
            exchange.client_left();
        }
    }

    /// Reads on for a while after the server's side was closed: closing a socket with unread bytes would reset it, and
    /// the client might lose the answer.
    async fn linger(&self) {
        let mut timeout = std::pin::pin!(time::sleep(LINGER));
        poll_fn(|cx| {
            if timeout.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            let mut io = lock(&self.io);
            io.read_by.set(None);
            loop {
                io.ahead.clear();
                match io.poll_ahead(cx) {
                    Poll::Ready(Ahead::Bytes) => {}
                    Poll::Ready(Ahead::Gone) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await;
    }

    /// Gives the connection to the handler that takes it over.
    fn hand_over(&self, read: Bytes) {
        let Some(hijacker) = lock(&self.hijacker).take() else { return };
        self.set_state(ConnState::Hijacked);
        let taken = {
            let mut io = lock(&self.io);
            let mut before = bytes::BytesMut::from(&read[..]);
            before.extend_from_slice(&io.ahead.split());
            io.stream.take().map(|stream| HijackedConn { before: before.freeze(), stream })
        };
        if let Some(conn) = taken {
            // The channel has room for it.
            let _ = hijacker.try_send(Hijacked { conn, info: self.info });
        }
    }
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conn").field("info", &self.info).field("state", &self.state()).finish_non_exhaustive()
    }
}

/// Takes the connection of a request over.
pub(in crate::http) async fn hijack(exchange: &Exchange) -> Result<Hijacked, Error> {
    let conn = exchange.hijack()?;
    let taken: Chan<Hijacked> = Chan::buffered(1);
    *lock(&conn.hijacker) = Some(taken.sender());
    conn.signal(HIJACK);
    taken.recv().await.ok_or(ERR_CONNECTION_GONE)
}

/// Starts hyper's own tasks, for HTTP/2 streams, as goroutines.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Goroutines {
    /// What they are called.
    pub(in crate::http) name: &'static str,
}

impl<F> hyper::rt::Executor<F> for Goroutines
where
    F: Future + Send + 'static,
{
    fn execute(&self, future: F) {
        Spawner::current().spawn(self.name, Location::caller(), async move {
            future.await;
        });
    }
}
