//! What a server's handles, connections and accept loops share: the configuration and the connections.

use std::collections::HashMap;
use std::fmt;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use hyper::server::conn::{http1, http2};
use tokio::net::TcpStream;

use super::conn::{Conn, ConnInfo, ConnState, Goroutines};
use crate::chan::Chan;
use crate::context::Context;
use crate::goroutine::{self, WaitReason};
use crate::http::handler::AnyHandler;
use crate::http::stream::Stream;
use crate::time::Duration;

/// How long a request's head may be, beyond what is configured.
const SLOP: usize = 4096;
/// The least that hyper takes for a buffer.
const LEAST_BUFFER: usize = 8192;
/// How many requests an HTTP/2 connection may have open.
const STREAMS: u32 = 250;

/// Tells of a connection's state.
pub(super) type StateHook = Arc<dyn Fn(&ConnInfo, ConnState) + Send + Sync>;
/// Makes the context of a connection.
pub(super) type ConnContext = Arc<dyn Fn(Context, &ConnInfo) -> Context + Send + Sync>;
/// Makes the context of a listener.
pub(super) type BaseContext = Arc<dyn Fn(SocketAddr) -> Context + Send + Sync>;
/// Takes a line of the log.
pub(super) type Log = Arc<dyn Fn(&str) + Send + Sync>;
/// Runs at a shutdown.
type Hook = Arc<dyn Fn() + Send + Sync>;

/// What a server was told.
pub(super) struct Config {
    /// Where it listens.
    pub(super) addr: String,
    /// Who answers.
    pub(super) handler: AnyHandler,
    /// How long things may take, as it was told.
    pub(super) limits: Limits,
    /// How long things may take.
    pub(super) times: Times,
    /// How long a request's head may be.
    pub(super) max_header_bytes: usize,
    /// How many fields a request's head may have, if not hyper's 100.
    pub(super) max_headers: Option<usize>,
    /// Whether connections are used for more than one request.
    pub(super) keep_alive: bool,
    /// Whether HTTP/2 is understood without TLS.
    pub(super) unencrypted_http2: bool,
    /// See [`BaseContext`].
    pub(super) base_context: Option<BaseContext>,
    /// See [`ConnContext`].
    pub(super) conn_context: Option<ConnContext>,
    /// See [`StateHook`].
    pub(super) conn_state: Option<StateHook>,
    /// See [`Log`].
    pub(super) error_log: Option<Log>,
    /// hyper, configured.
    pub(super) http1: http1::Builder,
    /// hyper for HTTP/2, configured.
    pub(super) http2: http2::Builder<Goroutines>,
}

/// How long things may take; zero is for ever.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    /// Whether there is any limit.
    pub(super) any: bool,
    /// From a request's first byte to the end of its head.
    pub(super) header: Option<Duration>,
    /// From a request's first byte to the end of its body.
    pub(super) read: Option<Duration>,
    /// From the end of the head to the end of the response.
    pub(super) write: Option<Duration>,
    /// From a response to the next request.
    pub(super) idle: Option<Duration>,
}

impl Times {
    /// What is left for the body of a request whose first byte came `since` ago.
    pub(super) fn body(&self, since: Duration) -> Option<Duration> {
        self.read.map(|read| read.saturating_sub(since))
    }
}

/// The limits as they were told: zero is for ever.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Limits {
    /// Go's `ReadHeaderTimeout`.
    pub(super) read_header: Duration,
    /// Go's `ReadTimeout`.
    pub(super) read: Duration,
    /// Go's `WriteTimeout`.
    pub(super) write: Duration,
    /// Go's `IdleTimeout`.
    pub(super) idle: Duration,
}

impl Limits {
    /// The limits with Go's rules for those that are not set.
    pub(super) fn times(self) -> Times {
        let some = |duration: Duration| if duration.is_zero() { None } else { Some(duration) };
        let read = some(self.read);
        let times = Times {
            any: false,
            header: some(self.read_header).or(read),
            read,
            write: some(self.write),
            idle: some(self.idle).or(read),
        };
        Times { any: times.header.or(times.write).or(times.idle).is_some(), ..times }
    }
}

impl Config {
    /// Go's defaults.
    pub(super) fn new(addr: String, handler: AnyHandler) -> Config {
        let mut config = Config {
            addr,
            handler,
            limits: Limits::default(),
            times: Times::default(),
            max_header_bytes: 1 << 20,
            max_headers: None,
            keep_alive: true,
            unencrypted_http2: false,
            base_context: None,
            conn_context: None,
            conn_state: None,
            error_log: None,
            http1: http1::Builder::new(),
            http2: http2::Builder::new(Goroutines { name: "net/http.(*http2serverConn).runHandler" }),
        };
        config.apply();
        config
    }

    /// How long a request's head may be.
    pub(super) fn longest_head(&self) -> usize {
        self.max_header_bytes + SLOP
    }

    /// Has hyper follow the configuration. Its `pipeline_flush` stays off: with it hyper takes a response of any size from
    /// its handler, however slowly the client reads.
    pub(super) fn apply(&mut self) {
        let head = self.longest_head();
        self.http1
            .half_close(true)
            .keep_alive(self.keep_alive)
            .title_case_headers(true)
            .max_header_size(head)
            .max_buf_size(head.max(LEAST_BUFFER));
        if let Some(headers) = self.max_headers {
            self.http1.max_headers(headers);
        }
        self.http2.max_concurrent_streams(STREAMS).max_header_list_size(u32::try_from(head).unwrap_or(u32::MAX));
    }
}

/// What a server's parts share.
pub(in crate::http) struct Shared {
    /// What it was told.
    config: Config,
    /// The connections.
    conns: Mutex<Conns>,
    /// What runs at a shutdown.
    hooks: Mutex<Vec<Hook>>,
    /// The next connection's number.
    next: AtomicU64,
    /// Whether it shuts down or is closed.
    ended: AtomicBool,
    /// Closed when it ends.
    end: Chan<()>,
}

/// The connections.
#[derive(Default)]
struct Conns {
    /// Those that are open, by number.
    open: HashMap<u64, Arc<Conn>>,
    /// Who waits for there to be none.
    waiting: Vec<Waker>,
}

impl Shared {
    /// A server that has not started.
    pub(super) fn new(config: Config) -> Shared {
        Shared {
            config,
            conns: Mutex::default(),
            hooks: Mutex::default(),
            next: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            end: Chan::new(),
        }
    }

    /// What it was told.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// What it was told, to be changed before it starts.
    pub(super) fn config_mut(&mut self) -> &mut Config {
        &mut self.config
    }

    /// The connections; a panic under the lock leaves them whole.
    fn conns(&self) -> MutexGuard<'_, Conns> {
        self.conns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it shuts down or is closed.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Closed when it ends.
    pub(super) fn ending(&self) -> &Chan<()> {
        &self.end
    }

    /// Takes a connection up; `None` if the server has ended.
    pub(super) fn accept(self: &Arc<Shared>, stream: Stream<TcpStream>, info: ConnInfo) -> Option<Arc<Conn>> {
        let key = self.next.fetch_add(1, Ordering::Relaxed);
        let conn = Conn::new(Arc::clone(self), key, stream, info);
        self.conns().open.insert(key, Arc::clone(&conn));
        // After it is in the table: whoever ends the server either finds it there or is seen here.
        if self.has_ended() {
            self.forget(key);
            return None;
        }
        self.tell_state(&info, ConnState::New);
        Some(conn)
    }

    /// A connection is over.
    pub(super) fn forget(&self, key: u64) {
        let (conn, waiting) = {
            let mut conns = self.conns();
            let conn = conns.open.remove(&key);
            let waiting = if conns.open.is_empty() { std::mem::take(&mut conns.waiting) } else { Vec::new() };
            (conn, waiting)
        };
        drop(conn);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// No connection is taken up any more; whether that is news.
    pub(super) fn stop(&self) -> bool {
        let is_news = !self.ended.swap(true, Ordering::SeqCst);
        if is_news {
            self.end.close();
        }
        is_news
    }

    /// The connections that are open.
    pub(super) fn all(&self) -> Vec<Arc<Conn>> {
        self.conns().open.values().cloned().collect()
    }

    /// Waits until there is no connection.
    pub(super) async fn drained(&self) {
        poll_fn(|cx| {
            let mut conns = self.conns();
            if conns.open.is_empty() {
                return Poll::Ready(());
            }
            conns.waiting.push(goroutine::waker_of(cx).0);
            drop(conns);
            goroutine::park(WaitReason::Foreign, None);
            Poll::Pending
        })
        .await;
    }

    /// Adds what runs at a shutdown.
    pub(super) fn add_hook(&self, hook: Hook) {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner).push(hook);
    }

    /// What runs at a shutdown.
    pub(super) fn hooks(&self) -> Vec<Hook> {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells of a connection's state.
    pub(super) fn tell_state(&self, info: &ConnInfo, state: ConnState) {
        if let Some(hook) = &self.config.conn_state {
            hook(info, state);
        }
    }

    /// Writes a line to the log.
    pub(super) fn log(&self, text: &str) {
        match &self.config.error_log {
            Some(log) => log(text),
            None => crate::log::output(text),
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("addr", &self.config.addr)
            .field("open", &self.conns().open.len())
            .field("ended", &self.has_ended())
            .finish_non_exhaustive()
    }
}
