//! For tests of handlers: a recorder, and a server on a free port.
//!
//! # Go
//! The package `net/http/httptest`.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::OnceLock;

use bytes::Bytes;

use super::body::Body;
use super::exchange::Exchange;
use super::handler::IntoHandler;
use super::header::Header;
use super::request::Request;
use super::server::bind;
use super::writer::ResponseWriter;
use crate::context;
use crate::rt::Spawner;

/// A response that is kept instead of sent.
///
/// # Go
/// `httptest.ResponseRecorder`
///
/// # Examples
/// ```
/// use go::http::{Request, ResponseWriter, ServeMux, httptest};
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let mux = ServeMux::new();
///     mux.handle_func("/hello/{name}", |w: ResponseWriter, r: Request| {
///         let _ = write!(w, "hello {}", r.path_value("name"));
///     });
///     let recorder = httptest::Recorder::new();
///     mux.serve_http(recorder.writer(), httptest::new_request("GET", "/hello/ann", ())).await;
///     assert_eq!(recorder.status(), 200);
///     assert_eq!(recorder.text(), "hello ann");
///     assert_eq!(recorder.header().get("Content-Type"), "text/plain; charset=utf-8");
/// }
/// ```
pub struct Recorder {
    /// The response.
    exchange: Arc<Exchange>,
    /// The response, once it was looked at.
    result: OnceLock<Recorded>,
}

/// A response that was kept.
#[derive(Debug)]
struct Recorded {
    /// The status.
    status: u16,
    /// The fields of the head.
    header: Header,
    /// The body.
    body: Bytes,
    /// The fields behind the body.
    trailer: Header,
}

impl Recorder {
    /// A response in which nothing was written.
    ///
    /// # Go
    /// `httptest.NewRecorder()`
    #[must_use]
    pub fn new() -> Recorder {
        Recorder { exchange: Arc::new(Exchange::recorded(context::background(), false)), result: OnceLock::new() }
    }

    /// What the handler writes to.
    #[must_use]
    pub fn writer(&self) -> ResponseWriter {
        ResponseWriter::new(Arc::clone(&self.exchange))
    }

    /// The response; what is written from the first look on is not in it.
    fn result(&self) -> &Recorded {
        self.result.get_or_init(|| {
            let (status, header, body, trailer) = self.exchange.take_recorded();
            Recorded { status: status.as_u16(), header: header.into(), body, trailer: trailer.into() }
        })
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.result().status
    }

    /// The fields of the head.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.result().header
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.result().body
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.body()).into_owned()
    }

    /// The fields behind the body.
    #[must_use]
    pub fn trailer(&self) -> &Header {
        &self.result().trailer
    }
}

impl Default for Recorder {
    fn default() -> Recorder {
        Recorder::new()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("exchange", &self.exchange).finish_non_exhaustive()
    }
}

/// A request as a server receives it.
///
/// # Go
/// `httptest.NewRequest(method, target, body)`
///
/// # Panics
/// If the method or the target is wrong.
#[must_use]
#[track_caller]
pub fn new_request(method: &str, target: &str, body: impl Into<Body>) -> Request {
    let request = ::http::Request::builder().method(method).uri(target).body(body.into());
    let mut request = match request {
        Ok(request) => Request::from_http(request),
        Err(error) => panic!("httptest: {method} {target}: {error}"),
    };
    if request.host().is_empty() {
        request.header.set("Host", "example.com");
    }
    request.with_context(&context::background())
}

/// A server on a free port of this machine.
///
/// # Go
/// `httptest.Server`
///
/// # Examples
/// ```
/// use go::http::{Request, ResponseWriter, httptest};
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let server = httptest::Server::start(|w: ResponseWriter, _: Request| {
///         let _ = w.write_str("hello");
///     });
///     assert!(server.url().starts_with("http://127.0.0.1:"));
///     server.close().await;
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Server {
    /// The server.
    server: super::Server,
    /// Where it listens.
    addr: SocketAddr,
}

impl Server {
    /// Starts a server with a handler, in a goroutine.
    ///
    /// # Go
    /// `httptest.NewServer(handler)`
    ///
    /// # Panics
    /// If there is no free port.
    #[must_use]
    #[track_caller]
    pub fn start<M>(handler: impl IntoHandler<M>) -> Server {
        Server::start_with(super::Server::new("", handler))
    }

    /// Starts a server that was told what to do, in a goroutine, on a free port whatever its address is.
    ///
    /// # Go
    /// `httptest.NewUnstartedServer(handler)`, then its `Config`
    ///
    /// # Panics
    /// If there is no free port.
    #[must_use]
    #[track_caller]
    pub fn start_with(server: super::Server) -> Server {
        // As other servers do it: std's listener has room for few connections that nobody has accepted, and with more of
        // them Linux loses what their clients send first.
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0)));
        let (addr, listener) = match listener.and_then(|listener| Ok((listener.local_addr()?, listener))) {
            Ok(listener) => listener,
            Err(error) => panic!("httptest: failed to listen on a port: {error}"),
        };
        let serving = server.clone();
        let place = std::panic::Location::caller();
        Spawner::current().spawn("net/http/httptest.(*Server).goServe", place, async move {
            serving.serve(listener).await;
        });
        Server { server, addr }
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its URL, such as `http://127.0.0.1:34567`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The server.
    #[must_use]
    pub fn server(&self) -> &super::Server {
        &self.server
    }

    /// Waits for the requests that are being answered, then ends the server.
    pub async fn close(&self) {
        // The background is never done, so nothing can go wrong.
        let _ = self.server.shutdown(&context::background()).await;
    }
}
