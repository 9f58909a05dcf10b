//! One connection: what its goroutine, its handlers and the server share, and how it is served.
//!
//! hyper speaks the protocol, except where that is plain (`direct`). Around it this file does what Go does besides: while a
//! handler runs, the connection is read ahead, so that a client that leaves cancels the request's context although nobody
//! asked for more bytes.
//!
//! A request of HTTP/1 is over when its response was sent and its handler has ended. hyper waits for the first only, and
//! reads on. But the handler of the next request does not start before both, and until then everything here is still the
//! request's: who is told that the client has left, the deadlines, the state.
//!
//! The files: `serve` (how a connection is served), `direct` (plain requests, without hyper), `head` (which are plain), `body`
//! (whether a body is unread), `wire` (what hyper reads and writes).
//!
//! # Locking
//! No two of a connection's locks are held at once, and none while something of the user's is called.

mod body;
mod direct;
mod head;
mod serve;
mod wire;

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Instant;

use bytes::Bytes;
use tokio::net::TcpStream;

use self::body::Unread;
pub(super) use self::body::{HasBody, Mark};
pub(in crate::http) use self::serve::Goroutines;
use super::io::Io;
use super::shared::Shared;
use crate::chan::{Chan, Sender};
use crate::goroutine;
use crate::http::error::{ERR_CONNECTION_GONE, Error};
use crate::http::exchange::{Ended, Exchange};
use crate::http::stream::Stream;
use crate::time;

/// The connection's goroutine is to stop.
const CLOSE: u8 = 1;
/// The connection's goroutine is to end when it has nothing to do.
const SHUTDOWN: u8 = 2;
/// A handler takes the connection over.
const HIJACK: u8 = 4;
/// A handler has panicked after its response was complete: the connection is to end.
const ABORTED: u8 = 8;

/// Why a connection is read ahead: the request's body was read.
const BODY_READ: u8 = 1;
/// Why a connection is read ahead: the handler has waited for something.
const HANDLER_WAITS: u8 = 2;
/// Both: the connection is read ahead.
const WATCH: u8 = BODY_READ | HANDLER_WAITS;
/// The exchange is in `current`.
const NOTED: u8 = 4;
/// The response of the exchange in `current` was sent, and its handler still runs, as far as is known.
const OUTLIVED: u8 = 8;

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
    stream: Stream<TcpStream>,
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
    /// What the goroutine is to do: [`CLOSE`], [`SHUTDOWN`], [`HIJACK`], [`ABORTED`].
    signals: AtomicU8,
    /// The request whose handler waits, has asked for its context or outlives its response; HTTP/1 has one at a time.
    current: Mutex<Option<Arc<Exchange>>>,
    /// What speaks for reading ahead, so that a client that leaves is noticed: [`BODY_READ`], [`HANDLER_WAITS`]; and
    /// [`NOTED`], [`OUTLIVED`].
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
    /// Whether a request's body has not been read to its end, and whose.
    in_body: Unread,
    /// Whether hyper has read a request whose handler waits for the one before it.
    is_next_read: AtomicBool,
    /// Who gets the connection that is taken over.
    hijacker: Mutex<Option<Sender<Hijacked>>>,
}

/// Locks; a panic under one of these locks leaves the data whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Conn {
    /// A connection that was accepted.
    pub(super) fn new(server: Arc<Shared>, key: u64, stream: Stream<TcpStream>, info: ConnInfo) -> Arc<Conn> {
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
            in_body: Unread::default(),
            is_next_read: AtomicBool::new(false),
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
    pub(in crate::http) fn is_one_at_a_time(&self) -> bool {
        !self.is_http2.load(Ordering::Relaxed)
    }

    /// Whether a handler may take it over.
    pub(in crate::http) fn can_be_hijacked(&self) -> bool {
        !self.is_http2.load(Ordering::Relaxed)
    }

    /// A request's body was read to its end: nothing more is asked of the client. A body that somebody keeps may end while
    /// the next request is under way, with which it has nothing to do.
    pub(super) fn body_read(&self, mark: Mark) {
        if self.in_body.is_read(mark) {
            self.watch_for(BODY_READ);
        }
    }

    /// Whether the request has a body in chunks that has not been read to its end.
    pub(in crate::http) fn is_in_chunks(&self) -> bool {
        self.in_body.is_chunked()
    }

    /// As `body_read`, for a body that was read without hyper.
    pub(super) fn plain_body_read(&self) {
        self.watch_for(BODY_READ);
    }

    /// The handler waits for something, and may want to know that the client has left.
    pub(in crate::http) fn handler_waits(&self, exchange: &Arc<Exchange>) {
        if !self.is_http2.load(Ordering::Relaxed) {
            let before = lock(&self.current).replace(Arc::clone(exchange));
            drop(before);
            self.watch.fetch_or(NOTED, Ordering::AcqRel);
            self.watch_for(HANDLER_WAITS);
        }
    }

    /// The request's context was made: whoever closes the server cancels it, even if the handler never waits.
    pub(in crate::http) fn context_made(&self, exchange: &Arc<Exchange>) {
        if self.is_http2.load(Ordering::Relaxed) {
            return;
        }
        let before = lock(&self.current).replace(Arc::clone(exchange));
        drop(before);
        self.watch.fetch_or(NOTED, Ordering::AcqRel);
        // After it was noted: `close` either finds it there or is seen here.
        if self.signals() & CLOSE != 0 {
            exchange.client_left();
        }
    }

    /// Something speaks for reading ahead.
    fn watch_for(&self, reason: u8) {
        // AcqRel: both reasons come from different goroutines; the later one sees the earlier.
        let before = self.watch.fetch_or(reason, Ordering::AcqRel);
        if (before | reason) & WATCH == WATCH && before & WATCH != WATCH {
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
        // The connection's goroutine may be busy with a handler that does not wait.
        let current = lock(&self.current).clone();
        if let Some(exchange) = current {
            exchange.client_left();
        }
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

    /// A request was read, and a handler starts; `body` says whether it has a body.
    pub(super) fn request_began(&self, body: HasBody) {
        self.holders.fetch_add(1, Ordering::Relaxed);
        if self.is_http2.load(Ordering::Relaxed) {
            self.open.fetch_add(1, Ordering::Relaxed);
            self.set_state(ConnState::Active);
            return;
        }
        // It has come behind the one before, in one piece with it.
        if self.state() != ConnState::Active {
            self.set_state(ConnState::Active);
        }
        self.watch.store(if body == HasBody::No { BODY_READ } else { 0 }, Ordering::Release);
        self.in_body.set(body);
        let times = &self.server.config().times;
        if times.any {
            let mut io = lock(&self.io);
            let since = io.began.map_or(time::Duration::ZERO, |began| began.elapsed());
            io.read_by.set(times.body(since));
            io.write_by.set(times.write);
        }
    }

    /// A request was refused, after which the connection ends.
    pub(super) fn refused(&self) {
        self.set_state(ConnState::Active);
    }

    /// The handler has ended; `is_awaited` says that the connection's goroutine waits for that.
    pub(in crate::http) fn handler_ended(&self, is_awaited: bool) {
        if is_awaited {
            self.wake();
        }
        self.release();
    }

    /// The response was sent, and the handler may still run: the request is over when it ends. Called in the connection's
    /// goroutine, which looks at once.
    pub(in crate::http) fn response_outlived(&self, exchange: &Arc<Exchange>) {
        let before = lock(&self.current).replace(Arc::clone(exchange));
        drop(before);
        self.watch.fetch_or(NOTED | OUTLIVED, Ordering::AcqRel);
        self.is_outlived();
    }

    /// Whether the last response was sent but its handler still runs. If it has ended meanwhile, the request is over now.
    /// Called in the connection's goroutine, which is woken then.
    pub(super) fn is_outlived(&self) -> bool {
        if self.watch.load(Ordering::Acquire) & OUTLIVED == 0 {
            return false;
        }
        let current = lock(&self.current).clone();
        match current.map_or(Ended::Returned, |exchange| exchange.ended()) {
            Ended::No => return true,
            Ended::Returned => self.response_done(),
            Ended::Panicked => {
                self.watch.fetch_and(!OUTLIVED, Ordering::AcqRel);
                self.signals.fetch_or(ABORTED, Ordering::AcqRel);
            }
        }
        false
    }

    /// Whether the connection is to end because of a panic.
    pub(super) fn is_aborted(&self) -> bool {
        self.signals() & ABORTED != 0
    }

    /// Whether hyper has read a request whose handler waits for the one before it.
    pub(super) fn set_next_read(&self, is_read: bool) {
        // Relaxed: it is the connection's goroutine's alone.
        self.is_next_read.store(is_read, Ordering::Relaxed);
    }

    /// The request is over: its response was sent, and its handler has ended. HTTP/2 does not ask for the second.
    pub(in crate::http) fn response_done(&self) {
        let is_http2 = self.is_http2.load(Ordering::Relaxed);
        if !is_http2 {
            if self.watch.swap(0, Ordering::AcqRel) & NOTED != 0 {
                let before = lock(&self.current).take();
                drop(before);
            }
            let times = &self.server.config().times;
            if times.any {
                let mut io = lock(&self.io);
                io.began = None;
                io.read_by.set(times.idle);
            }
        }
        if (!is_http2 || self.open.fetch_sub(1, Ordering::AcqRel) == 1) && self.state() == ConnState::Active {
            self.set_state(ConnState::Idle);
        }
    }

    /// Bytes have come: a request begins, unless one is being read or answered.
    fn bytes_came(&self, mut io: MutexGuard<'_, Io>) {
        if !matches!(self.state(), ConnState::New | ConnState::Idle) {
            return;
        }
        let times = &self.server.config().times;
        if times.any {
            io.began = Some(Instant::now());
            io.read_by.set(times.header);
        }
        drop(io);
        self.set_state(ConnState::Active);
    }

    /// The goroutine or a handler is done with the connection.
    fn release(&self) {
        if self.holders.fetch_sub(1, Ordering::AcqRel) == 1 {
            // It knows the connection in turn.
            let last = lock(&self.current).take();
            drop(last);
            if self.state() != ConnState::Hijacked {
                self.set_state(ConnState::Closed);
            }
            self.server.forget(self.key);
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
