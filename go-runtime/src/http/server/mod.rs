//! The server: listening, accepting, shutting down.
//!
//! The files: `listener` (addresses), `shared` (what a server's parts share), `conn` (one connection), `io` (its bytes),
//! `requests` (from a request to its handler's goroutine), `keys`, `tls`.

mod conn;
mod io;
mod keys;
mod listener;
mod requests;
mod shared;
#[cfg(feature = "http-tls")]
mod tls;

use std::fmt;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::panic::Location;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};

pub(in crate::http) use conn::{Conn, hijack};
pub use conn::{ConnInfo, ConnState, Hijacked, HijackedConn};
pub use keys::{LOCAL_ADDR_CONTEXT_KEY, LocalAddrContextKey, SERVER_CONTEXT_KEY, ServerContextKey};
pub(in crate::http) use listener::{bind, lookup_text};

use shared::{Config, Limits, Shared};

use super::error::{ERR_SERVER_CLOSED, Error, io_text};
use super::handler::IntoHandler;
use super::race::{First, first, first_or_io};
use super::stream::Stream;
use crate::context::{self, Context};
use crate::rt::Spawner;
use crate::share::Share;
use crate::time::{self, Duration};

/// How often a client's existence is asked for on a silent connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often a shutdown looks at connections on which nothing has come yet.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// An HTTP server: a handle, which clones and goroutines share.
///
/// It is told what to do by the methods that return it, before it is cloned or started.
///
/// Each request is answered by a goroutine of its own, whose [`Request::context`](super::Request::context) is cancelled
/// when the client goes away, when the handler has returned, and by [`close`](Server::close); the handler is never
/// dropped. A panic in a handler is logged and its connection dropped; the server lives.
///
/// # Go
/// `http.Server`. A request's head may have 100 fields, see [`max_headers`](Server::max_headers); Go counts its bytes only.
///
/// # Examples
/// ```no_run
/// use go::http::{self, Request, ResponseWriter};
/// use go::prelude::*;
///
/// async fn hello(w: ResponseWriter, _r: Request) {
///     let _ = writeln!(w, "hello world!");
/// }
///
/// #[go::main]
/// async fn main() {
///     let server = http::Server::new(":8080", hello).read_header_timeout(5 * time::SECOND);
///     let background = server.clone();
///     go! { println!("{}", background.listen_and_serve().await); }
///
///     let (ctx, stop) = context::with_timeout(&context::background(), 10 * time::SECOND);
///     if let Err(error) = server.shutdown(&ctx).await {
///         println!("{error}");
///     }
///     stop();
/// }
/// ```
#[derive(Clone)]
pub struct Server {
    /// What its parts share.
    shared: Arc<Shared>,
}

/// The context of a listener's requests.
fn listener_context(shared: &Shared, addr: SocketAddr) -> Context {
    shared.config().base_context.as_ref().map_or_else(context::background, |base| base(addr))
}

impl Server {
    /// A server for an address and a handler; `None` is the default mux. An empty address is `:http`, a missing host every
    /// address of the machine, of IPv6 and IPv4.
    ///
    /// # Go
    /// `&http.Server{Addr: addr, Handler: handler}`
    #[must_use]
    #[track_caller]
    pub fn new<M>(addr: &str, handler: impl IntoHandler<M>) -> Server {
        Server { shared: Arc::new(Shared::new(Config::new(addr.to_owned(), handler.into_handler()))) }
    }

    /// The handle of what a connection knows.
    fn of(shared: Arc<Shared>) -> Server {
        Server { shared }
    }

    /// Changes what it was told.
    #[track_caller]
    fn told(mut self, change: impl FnOnce(&mut Config)) -> Server {
        match Arc::get_mut(&mut self.shared) {
            Some(shared) => {
                change(shared.config_mut());
                shared.config_mut().apply();
            }
            None => panic!("http: a server is told what to do before it is cloned or started"),
        }
        self
    }

    /// Changes one of the limits.
    #[track_caller]
    fn limited(self, change: impl FnOnce(&mut Limits)) -> Server {
        self.told(|config| {
            change(&mut config.limits);
            config.times = config.limits.times();
        })
    }

    /// How long the head of a request may take; zero, the default, is as long as the whole request.
    ///
    /// # Go
    /// `ReadHeaderTimeout`
    #[must_use]
    #[track_caller]
    pub fn read_header_timeout(self, timeout: Duration) -> Server {
        self.limited(|limits| limits.read_header = timeout)
    }

    /// How long a request may take, its body included; zero, the default, is for ever.
    ///
    /// # Go
    /// `ReadTimeout`
    #[must_use]
    #[track_caller]
    pub fn read_timeout(self, timeout: Duration) -> Server {
        self.limited(|limits| limits.read = timeout)
    }

    /// How long a response may take, from the end of its request's head; zero, the default, is for ever.
    ///
    /// # Go
    /// `WriteTimeout`
    #[must_use]
    #[track_caller]
    pub fn write_timeout(self, timeout: Duration) -> Server {
        self.limited(|limits| limits.write = timeout)
    }

    /// How long a connection may wait for its next request; zero, the default, is as long as a request may take.
    ///
    /// # Go
    /// `IdleTimeout`
    #[must_use]
    #[track_caller]
    pub fn idle_timeout(self, timeout: Duration) -> Server {
        self.limited(|limits| limits.idle = timeout)
    }

    /// How long a request's head may be; 1 MiB by default. The answer to a longer one is 431.
    ///
    /// # Go
    /// `MaxHeaderBytes`
    #[must_use]
    #[track_caller]
    pub fn max_header_bytes(self, bytes: usize) -> Server {
        self.told(|config| config.max_header_bytes = bytes)
    }

    /// How many fields a request's head may have; 100 by default. The answer to more is 431.
    #[must_use]
    #[track_caller]
    pub fn max_headers(self, fields: usize) -> Server {
        self.told(|config| config.max_headers = Some(fields))
    }

    /// Whether connections are used for more than one request, as they are by default.
    ///
    /// # Go
    /// `SetKeepAlivesEnabled(v)`
    #[must_use]
    #[track_caller]
    pub fn keep_alive(self, enabled: bool) -> Server {
        self.told(|config| config.keep_alive = enabled)
    }

    /// Whether HTTP/2 is understood without TLS too, as it is not by default.
    ///
    /// # Go
    /// `Protocols.SetUnencryptedHTTP2(v)`
    #[must_use]
    #[track_caller]
    pub fn unencrypted_http2(self, enabled: bool) -> Server {
        self.told(|config| config.unencrypted_http2 = enabled)
    }

    /// Makes the context of the requests that come to a listener's address.
    ///
    /// # Go
    /// `BaseContext`
    #[must_use]
    #[track_caller]
    pub fn base_context(self, f: impl Fn(SocketAddr) -> Context + Send + Sync + 'static) -> Server {
        self.told(|config| config.base_context = Some(Arc::new(f)))
    }

    /// Makes the context of a connection's requests from the listener's.
    ///
    /// # Go
    /// `ConnContext`
    #[must_use]
    #[track_caller]
    pub fn conn_context(self, f: impl Fn(Context, &ConnInfo) -> Context + Send + Sync + 'static) -> Server {
        self.told(|config| config.conn_context = Some(Arc::new(f)))
    }

    /// Is told of what connections are doing.
    ///
    /// # Go
    /// `ConnState`
    #[must_use]
    #[track_caller]
    pub fn conn_state(self, f: impl Fn(&ConnInfo, ConnState) + Send + Sync + 'static) -> Server {
        self.told(|config| config.conn_state = Some(Arc::new(f)))
    }

    /// Takes the lines of the server's log, which otherwise go to stderr.
    ///
    /// # Go
    /// `ErrorLog`
    #[must_use]
    #[track_caller]
    pub fn error_log(self, f: impl Fn(&str) + Send + Sync + 'static) -> Server {
        self.told(|config| config.error_log = Some(Arc::new(f)))
    }

    /// Runs `f` in a goroutine when [`shutdown`](Server::shutdown) is called.
    ///
    /// # Go
    /// `srv.RegisterOnShutdown(f)`
    pub fn on_shutdown(&self, f: impl Fn() + Send + Sync + 'static) {
        self.shared.add_hook(Arc::new(f));
    }

    /// Listens at the server's address and serves until the server ends; returns why.
    ///
    /// # Go
    /// `srv.ListenAndServe()`
    ///
    /// # Cancel safety
    /// A dropped future accepts no more connections; those that there are go on.
    pub async fn listen_and_serve(&self) -> Error {
        if self.shared.has_ended() {
            return ERR_SERVER_CLOSED;
        }
        let addr = if self.shared.config().addr.is_empty() { ":http" } else { &self.shared.config().addr };
        match listener::listen(addr).await {
            Ok(listener) => self.serve(listener).await,
            Err(error) => error,
        }
    }

    /// Serves the connections that a listener accepts, until the server ends; returns why.
    ///
    /// # Go
    /// `srv.Serve(l)`
    pub async fn serve(&self, listener: TcpListener) -> Error {
        self.accept(listener, Opening::Plain).await
    }

    /// Listens at the server's address for TLS connections, with a certificate chain and a key in PEM files, and serves
    /// until the server ends; returns why. HTTP/2 is offered.
    ///
    /// # Go
    /// `srv.ListenAndServeTLS(certFile, keyFile)`
    #[cfg(feature = "http-tls")]
    pub async fn listen_and_serve_tls(&self, cert_file: &str, key_file: &str) -> Error {
        if self.shared.has_ended() {
            return ERR_SERVER_CLOSED;
        }
        let acceptor = match tls::acceptor(cert_file, key_file) {
            Ok(acceptor) => acceptor,
            Err(error) => return error,
        };
        let addr = if self.shared.config().addr.is_empty() { ":https" } else { &self.shared.config().addr };
        match listener::listen(addr).await {
            Ok(listener) => self.serve_tls(listener, acceptor).await,
            Err(error) => error,
        }
    }

    /// Serves the TLS connections that a listener accepts, by rustls as it is configured.
    ///
    /// # Go
    /// `srv.ServeTLS(l, "", "")` with `TLSConfig`
    #[cfg(feature = "http-tls")]
    pub async fn serve_tls(&self, listener: TcpListener, acceptor: tokio_rustls::TlsAcceptor) -> Error {
        self.accept(listener, move |stream| Opening::Tls(stream, acceptor.clone())).await
    }

    /// Accepts connections until the server ends.
    async fn accept(&self, listener: TcpListener, open: impl Fn(TcpStream) -> Opening) -> Error {
        let spawner = Spawner::current();
        let mut pause = Duration::ZERO;
        loop {
            if self.shared.has_ended() {
                return ERR_SERVER_CLOSED;
            }
            let accepted = match first_or_io(self.shared.ending().recv(), listener.accept()).await {
                First::Left(_) => return ERR_SERVER_CLOSED,
                First::Right(accepted) => accepted,
            };
            match accepted {
                Ok((stream, remote_addr)) => {
                    pause = Duration::ZERO;
                    self.take_up(spawner, stream, remote_addr, &open);
                }
                // The client's fault, or nobody's.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
                Err(error) if is_passing(&error) => {
                    pause = (pause * 2).clamp(5 * time::MILLISECOND, time::SECOND);
                    let shown = time::duration_string(pause);
                    self.shared.log(&format!("http: Accept error: {}; retrying in {shown}", io_text(&error)));
                    time::sleep(pause).await;
                }
                Err(error) => return Error::io("accept tcp", error),
            }
        }
    }

    /// Starts the goroutine of a connection.
    fn take_up(
        &self,
        spawner: Spawner,
        stream: TcpStream,
        remote_addr: SocketAddr,
        open: &impl Fn(TcpStream) -> Opening,
    ) {
        // A connection that has broken meanwhile says so when it is read.
        let _ = stream.set_nodelay(true);
        let alive = socket2::TcpKeepalive::new().with_time(KEEP_ALIVE).with_interval(KEEP_ALIVE);
        let _ = socket2::SockRef::from(&stream).set_tcp_keepalive(&alive);
        let local_addr = stream.local_addr().unwrap_or(remote_addr);
        let info = ConnInfo { remote_addr: plain(remote_addr), local_addr: plain(local_addr) };
        let shared = Arc::clone(&self.shared);
        let opening = open(stream);
        spawner.spawn("net/http.(*conn).serve", Location::caller(), async move {
            let stream = match opening {
                Opening::Plain(stream) => Stream::Plain(stream),
                #[cfg(feature = "http-tls")]
                Opening::Tls(stream, acceptor) => match tls::handshake(&shared, stream, acceptor, &info).await {
                    Some(stream) => stream,
                    None => return,
                },
            };
            if let Some(conn) = shared.accept(stream, info) {
                conn.serve().await;
            }
        });
    }

    /// Ends the server in peace: listens no more, at once; runs what [`on_shutdown`](Server::on_shutdown) was given;
    /// closes the connections that wait for a request and waits for the others, whose handlers are not disturbed. When
    /// `ctx` is done before, the answer is its error, and the handlers still run.
    ///
    /// Whoever serves is told [`ERR_SERVER_CLOSED`] at once. Connections that were hijacked are not waited for.
    ///
    /// # Go
    /// `srv.Shutdown(ctx)`
    ///
    /// # Cancel safety
    /// The shutdown has begun and goes on.
    pub async fn shutdown(&self, ctx: &Context) -> Result<(), Error> {
        self.shared.stop();
        for hook in self.shared.hooks() {
            Spawner::current().spawn("net/http.(*Server).onShutdown", Location::caller(), async move { hook() });
        }
        loop {
            for conn in self.shared.all() {
                conn.shut_down();
            }
            let again = first(self.shared.drained(), time::sleep(LOOK_AGAIN));
            match first(again, ctx.done().recv()).await {
                First::Left(First::Left(())) => return Ok(()),
                First::Left(First::Right(())) => {}
                First::Right(_) => {
                    let error = ctx.err().unwrap_or(context::CANCELED);
                    return Err(Error::with_text(error.to_string(), error));
                }
            }
        }
    }

    /// Ends the server at once: listens no more, drops every connection and cancels the contexts of their requests.
    ///
    /// # Go
    /// `srv.Close()`
    pub fn close(&self) {
        self.shared.stop();
        for conn in self.shared.all() {
            conn.close();
        }
    }
}

/// A connection that was accepted and has not spoken yet.
enum Opening {
    /// Plain.
    Plain(TcpStream),
    /// To be encrypted.
    #[cfg(feature = "http-tls")]
    Tls(TcpStream, tokio_rustls::TlsAcceptor),
}

/// An IPv4 address as such, also where IPv6 carries it.
fn plain(addr: SocketAddr) -> SocketAddr {
    SocketAddr::new(addr.ip().to_canonical(), addr.port())
}

/// Whether accepting may work again later: the process has too many files open, or the machine no memory.
fn is_passing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::OutOfMemory | ErrorKind::WouldBlock)
        || matches!(error.raw_os_error(), Some(EMFILE | ENFILE | ENOBUFS))
}

/// Too many files in the process; the number is the same on every Unix.
const EMFILE: i32 = 24;
/// Too many files on the machine.
const ENFILE: i32 = 23;
/// No buffer.
const ENOBUFS: i32 = if cfg!(target_os = "linux") { 105 } else { 55 };

impl Share for Server {
    fn share(&self) -> Server {
        self.clone()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Server").field(&self.shared).finish()
    }
}

/// Listens at an address and serves with a handler, until something goes wrong; returns what. `None` is the default mux.
///
/// # Go
/// `http.ListenAndServe(addr, handler)`
///
/// # Examples
/// ```no_run
/// use go::http::{self, Request, ResponseWriter};
/// use go::prelude::*;
///
/// async fn hello(w: ResponseWriter, _r: Request) {
///     let _ = writeln!(w, "hello world!");
/// }
///
/// #[go::main]
/// async fn main() {
///     http::handle_func("/", hello);
///     println!("{}", http::listen_and_serve(":8080", None).await);
/// }
/// ```
#[track_caller]
pub fn listen_and_serve<M>(addr: &str, handler: impl IntoHandler<M>) -> impl Future<Output = Error> + Send {
    let server = Server::new(addr, handler);
    async move { server.listen_and_serve().await }
}

/// Listens at an address for TLS connections and serves with a handler, until something goes wrong; returns what.
///
/// # Go
/// `http.ListenAndServeTLS(addr, certFile, keyFile, handler)`
#[cfg(feature = "http-tls")]
#[track_caller]
pub fn listen_and_serve_tls<M>(
    addr: &str,
    cert_file: &str,
    key_file: &str,
    handler: impl IntoHandler<M>,
) -> impl Future<Output = Error> + Send {
    let server = Server::new(addr, handler);
    let (cert_file, key_file) = (cert_file.to_owned(), key_file.to_owned());
    async move { server.listen_and_serve_tls(&cert_file, &key_file).await }
}

/// Serves the connections that a listener accepts; `None` is the default mux.
///
/// # Go
/// `http.Serve(l, handler)`
#[track_caller]
pub fn serve<M>(listener: TcpListener, handler: impl IntoHandler<M>) -> impl Future<Output = Error> + Send {
    let server = Server::new("", handler);
    async move { server.serve(listener).await }
}
