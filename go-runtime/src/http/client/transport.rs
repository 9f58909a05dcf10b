//! The connections of clients, kept and used again: hyper's pool.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use ::http::header::{CONNECTION, HOST, HeaderValue, PROXY_AUTHORIZATION, USER_AGENT};
use hyper_util::client::legacy::{Builder, Client as Pool};
use hyper_util::client::proxy::matcher::Matcher;
use tokio::io::{AsyncRead, AsyncWrite};

use super::dial::{Dialer, Options, proxy_of};
use super::hook::{SENDING, hook};
use super::target;
use super::task::Tasks;
use super::trip::{Arriving, Sending};
use super::upload::Outgoing;
use crate::context::Context;
use crate::http::body::Body;
use crate::http::error::Error;
use crate::http::race::{First, first};
use crate::http::request::Request;
use crate::rt::Spawner;
use crate::share::Share;
use crate::time::{self, Duration};

/// The transport of clients that have none of their own.
///
/// # Go
/// `http.DefaultTransport`
pub static DEFAULT_TRANSPORT: LazyLock<Transport> = LazyLock::new(Transport::new);

/// Who the client says it is, if the program says nothing.
const AGENT: &str = concat!("go-runtime/", env!("CARGO_PKG_VERSION"));

/// The connections of clients: a handle, which clones and clients share.
///
/// # Go
/// `http.Transport`
#[derive(Clone)]
pub struct Transport {
    /// What its handles share.
    shared: Arc<Shared>,
}

/// What the handles of a transport share.
struct Shared {
    /// What it was told.
    config: Config,
    /// The connections, by the runtime that looks after them: one whose runtime has ended is dead and does not say so.
    pools: Mutex<Vec<Kept>>,
    /// How many requests there were.
    requests: AtomicU64,
}

/// The connections that a runtime looks after.
struct Kept {
    /// The runtime.
    runtime: usize,
    /// The connections.
    pool: Pool<Dialer, Outgoing>,
}

/// What a transport was told.
#[derive(Clone)]
struct Config {
    /// How connections are made.
    dial: Options,
    /// How many connections to one host are kept without a request.
    max_idle_per_host: usize,
    /// How long they are.
    idle_timeout: Duration,
    /// How long the head of a response may take; zero is for ever.
    header_timeout: Duration,
    /// Whether a connection is used once only.
    is_one_way: bool,
    /// Whether responses are asked for as they are.
    is_plain: bool,
}

impl Transport {
    /// A transport with Go's defaults.
    #[must_use]
    pub fn new() -> Transport {
        let dial = Options {
            timeout: 30 * time::SECOND,
            tls_timeout: 10 * time::SECOND,
            proxy: Some(Arc::new(Matcher::from_env())),
            #[cfg(feature = "http-tls")]
            tls: None,
            hook: None,
            is_http2_only: false,
        };
        let config = Config {
            dial,
            max_idle_per_host: 2,
            idle_timeout: 90 * time::SECOND,
            header_timeout: Duration::ZERO,
            is_one_way: false,
            is_plain: false,
        };
        Transport::with(config)
    }

    /// A transport.
    fn with(config: Config) -> Transport {
        Transport { shared: Arc::new(Shared { config, pools: Mutex::default(), requests: AtomicU64::new(0) }) }
    }

    /// A transport that was told something more; it has connections of its own.
    fn told(&self, change: impl FnOnce(&mut Config)) -> Transport {
        let mut config = self.shared.config.clone();
        change(&mut config);
        Transport::with(config)
    }

    /// How many connections to one host are kept without a request; 2 by default.
    ///
    /// # Go
    /// `MaxIdleConnsPerHost`
    #[must_use]
    pub fn max_idle_conns_per_host(self, connections: usize) -> Transport {
        self.told(|config| config.max_idle_per_host = connections)
    }

    /// How long connections are kept without a request; 90 seconds by default. They are closed together, when there was
    /// no request for that long.
    ///
    /// # Go
    /// `IdleConnTimeout`
    #[must_use]
    pub fn idle_conn_timeout(self, timeout: Duration) -> Transport {
        self.told(|config| config.idle_timeout = timeout)
    }

    /// Uses each connection for one request.
    ///
    /// # Go
    /// `DisableKeepAlives`
    #[must_use]
    pub fn disable_keep_alives(self, disable: bool) -> Transport {
        self.told(|config| config.is_one_way = disable)
    }

    /// Asks for responses as they are, not compressed.
    ///
    /// # Go
    /// `DisableCompression`
    #[must_use]
    pub fn disable_compression(self, disable: bool) -> Transport {
        self.told(|config| config.is_plain = disable)
    }

    /// Whether compressed responses are asked for.
    pub(super) fn compresses(&self) -> bool {
        !self.shared.config.is_plain
    }

    /// How long the head of a response may take, from when the request was given; zero, the default, is for ever.
    ///
    /// # Go
    /// `ResponseHeaderTimeout`
    #[must_use]
    pub fn response_header_timeout(self, timeout: Duration) -> Transport {
        self.told(|config| config.header_timeout = timeout)
    }

    /// Makes connections by a function of the program's: it is given a context, the network, which is always `tcp`, and the
    /// address as `host:port`. What it returns may be anything that bytes go through both ways: a socket of TCP or of Unix,
    /// or a pipe in memory. The address is that of the proxy, if there is one; TLS is spoken on top of what was returned.
    ///
    /// The context has the values and the deadline of the request that needs the connection, of which
    /// [`Client::timeout`](super::Client::timeout) is a part. It is cancelled when that request is, but not because the
    /// request has got another connection meanwhile: then the new one is kept for the next request. It is no longer
    /// cancelled once the function has returned. [`dial_timeout`](Transport::dial_timeout) does not apply.
    ///
    /// # Go
    /// `DialContext`; there the context has no deadline
    ///
    /// # Cancel safety
    /// The function's future is dropped when the request stops, at the place where it waits. Goroutines that it has started
    /// see that from the context.
    ///
    /// # Examples
    /// A client of a service at a Unix socket; the URL's host is only a name then:
    /// ```
    /// # #[cfg(unix)]
    /// # mod unix {
    /// use go::http::{self, Client, Transport};
    /// use go::prelude::*;
    /// use tokio::net::UnixStream;
    ///
    /// fn docker() -> Client {
    ///     let dial = async |_: Context, _: &'static str, _: String| UnixStream::connect("/run/docker.sock").await;
    ///     Client::new().transport(Transport::new().proxy(None).dial_context(dial))
    /// }
    ///
    /// async fn version() -> Result<String, http::Error> {
    ///     docker().get("http://docker/version").await?.body.text().await
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn dial_context<F, R, S, E>(self, dial: F) -> Transport
    where
        F: Fn(Context, &'static str, String) -> R + Send + Sync + 'static,
        R: Future<Output = Result<S, E>> + Send + 'static,
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.told(|config| config.dial.hook = Some(hook(dial)))
    }

    /// How long connecting may take; 30 seconds by default, zero is for ever.
    ///
    /// # Go
    /// `net.Dialer.Timeout`
    #[must_use]
    pub fn dial_timeout(self, timeout: Duration) -> Transport {
        self.told(|config| config.dial.timeout = timeout)
    }

    /// How long a TLS handshake may take; 10 seconds by default, zero is for ever.
    ///
    /// # Go
    /// `TLSHandshakeTimeout`
    #[must_use]
    pub fn tls_handshake_timeout(self, timeout: Duration) -> Transport {
        self.told(|config| config.dial.tls_timeout = timeout)
    }

    /// The proxy for every request, except to this machine, or none; by default the environment says (`HTTP_PROXY`,
    /// `HTTPS_PROXY`, `NO_PROXY`).
    ///
    /// # Go
    /// `Proxy`
    #[must_use]
    pub fn proxy(self, url: Option<&str>) -> Transport {
        let matcher = url.map(|url| Arc::new(Matcher::builder().all(url).build()));
        self.told(|config| config.dial.proxy = matcher)
    }

    /// Takes servers to speak HTTP/2 without being asked, as they can without TLS.
    ///
    /// # Go
    /// `Protocols` with only `UnencryptedHTTP2`
    #[must_use]
    pub fn http2_only(self, only: bool) -> Transport {
        self.told(|config| config.dial.is_http2_only = only)
    }

    /// How TLS is spoken; by default with what the machine trusts.
    ///
    /// # Go
    /// `TLSClientConfig`
    #[cfg(feature = "http-tls")]
    #[must_use]
    pub fn tls_config(self, tls: Arc<rustls::ClientConfig>) -> Transport {
        self.told(|config| config.dial.tls = Some(tls))
    }

    /// Trusts certificates that one of `roots` vouches for, and no others.
    ///
    /// # Go
    /// `TLSClientConfig` with `RootCAs`
    ///
    /// # Errors
    /// If TLS cannot be configured.
    #[cfg(feature = "http-tls")]
    pub fn root_certificates(self, roots: rustls::RootCertStore) -> Result<Transport, Error> {
        let tls = super::tls::with_roots(roots)?;
        Ok(self.tls_config(tls))
    }

    /// Closes the connections that are kept without a request.
    ///
    /// # Go
    /// `tr.CloseIdleConnections()`
    pub fn close_idle_connections(&self) {
        // Requests that are under way have a share in the pool, and end as they would.
        let pools = std::mem::take(&mut *self.shared.pools());
        drop(pools);
    }

    /// Sends one request, which `ctx` stops, and waits for the head of the response; the trip goes on while the body is read.
    pub(super) async fn round_trip(
        &self,
        ctx: &Context,
        mut request: Request,
        body: Body,
    ) -> Result<::http::Response<Arriving>, Error> {
        let config = &self.shared.config;
        match request.url.scheme_str() {
            Some("http" | "https") => {}
            scheme => {
                let scheme = scheme.unwrap_or_default();
                return Err(Error::new(format!("unsupported protocol scheme {scheme:?}")));
            }
        }
        let header = &mut request.header;
        if !header.contains_key(USER_AGENT) {
            header.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        }
        let more = request.peek_more();
        let host = more.and_then(|more| more.host.clone());
        let is_last = config.is_one_way || more.is_some_and(|more| more.close);
        if is_last && !config.dial.is_http2_only {
            request.header.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(host) = host.and_then(|host| HeaderValue::from_str(&host).ok()) {
            request.header.insert(HOST, host);
        }
        if request.url.scheme_str() == Some("http")
            && let Some(proxy) = config.dial.proxy.as_ref().and_then(|matcher| proxy_of(matcher, &request.url))
            && let Some(auth) = proxy.auth
        {
            request.header.insert(PROXY_AUTHORIZATION, auth);
        }
        let (method, uri, headers, extensions) = target::head(request);
        let (body, upload) = Outgoing::new(body);
        let mut outgoing = ::http::Request::new(body);
        *outgoing.method_mut() = method;
        *outgoing.uri_mut() = uri;
        *outgoing.headers_mut() = headers;
        *outgoing.extensions_mut() = extensions;
        let answer = SENDING.scope(ctx.clone(), self.shared.pool().request(outgoing));
        let sending = Sending::new(upload, answer);
        if config.header_timeout.is_zero() {
            return sending.await;
        }
        match first(sending, time::sleep(config.header_timeout)).await {
            First::Left(answered) => answered,
            First::Right(()) => {
                let text = "net/http: timeout awaiting response headers".to_owned();
                Err(Error::timeout(text, None))
            }
        }
    }
}

impl Shared {
    /// The connections; a panic under the lock leaves them whole.
    fn pools(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connections of the current runtime; and the timer that closes them when nobody needs them.
    fn pool(self: &Arc<Shared>) -> Pool<Dialer, Outgoing> {
        // Relaxed: only whether it moves is looked at.
        self.requests.fetch_add(1, Ordering::Relaxed);
        let runtime = Spawner::current().runtime();
        let mut pools = self.pools();
        if let Some(kept) = pools.iter().find(|kept| kept.runtime == runtime) {
            return kept.pool.clone();
        }
        let config = &self.config;
        let mut builder = Builder::new(Tasks);
        builder
            .pool_max_idle_per_host(if config.is_one_way { 0 } else { config.max_idle_per_host })
            .pool_idle_timeout(if config.idle_timeout.is_zero() { None } else { Some(config.idle_timeout) })
            .http1_title_case_headers(true)
            .http2_only(config.dial.is_http2_only);
        let pool = builder.build(Dialer::new(config.dial.clone()));
        pools.push(Kept { runtime, pool: pool.clone() });
        drop(pools);
        if !config.idle_timeout.is_zero() {
            close_later(Arc::downgrade(self), runtime, config.idle_timeout);
        }
        pool
    }
}

/// Closes a runtime's connections after a time without a request.
fn close_later(shared: Weak<Shared>, runtime: usize, timeout: Duration) {
    let Some(strong) = shared.upgrade() else { return };
    let before = strong.requests.load(Ordering::Relaxed);
    drop(strong);
    time::after_func(timeout, move || {
        let Some(strong) = shared.upgrade() else { return };
        if strong.requests.load(Ordering::Relaxed) == before {
            let mut pools = strong.pools();
            let closed = pools.iter().position(|kept| kept.runtime == runtime).map(|at| pools.swap_remove(at));
            drop(pools);
            drop(closed);
        } else {
            close_later(Arc::downgrade(&strong), runtime, timeout);
        }
    });
}

impl Default for Transport {
    fn default() -> Transport {
        Transport::new()
    }
}

impl Share for Transport {
    fn share(&self) -> Transport {
        self.clone()
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("max_idle_conns_per_host", &self.shared.config.max_idle_per_host)
            .finish_non_exhaustive()
    }
}
