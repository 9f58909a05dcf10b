//! Making connections: names, addresses, proxies, TLS.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use ::http::Uri;
use ::http::header::HeaderValue;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use super::hook::{self, Hook, Socket};
use super::wire::Wire;
use crate::http::error::Error;
use crate::http::race::{First, first};
use crate::http::server::lookup_text;
use crate::http::stream::Stream;
use crate::time::{self, Duration};

/// The head start of the first family of addresses over the other one.
const HEAD_START: Duration = Duration::from_millis(300);

/// How connections are made.
#[derive(Clone)]
pub(super) struct Dialer {
    /// What it was told.
    options: Arc<Options>,
}

/// What a dialer was told.
#[derive(Clone)]
pub(super) struct Options {
    /// How long connecting may take.
    pub(super) timeout: Duration,
    /// How long shaking hands may take.
    pub(super) tls_timeout: Duration,
    /// Which requests go through which proxy.
    pub(super) proxy: Option<Arc<Matcher>>,
    /// TLS, if not the default.
    #[cfg(feature = "http-tls")]
    pub(super) tls: Option<Arc<rustls::ClientConfig>>,
    /// The program's own way to make them.
    pub(super) hook: Option<Hook>,
    /// Whether servers are taken to speak HTTP/2 without being asked.
    pub(super) is_http2_only: bool,
}

impl Dialer {
    /// A dialer.
    pub(super) fn new(options: Options) -> Dialer {
        Dialer { options: Arc::new(options) }
    }
}

/// The two ends of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    /// This one.
    pub(super) local: SocketAddr,
    /// The server's.
    pub(super) remote: SocketAddr,
}

impl Ends {
    /// The ends of a socket; none of one that has broken meanwhile.
    pub(super) fn of(stream: &TcpStream) -> Option<Ends> {
        Some(Ends { local: stream.local_addr().ok()?, remote: stream.peer_addr().ok()? })
    }
}

/// A connection that was made.
struct Dialed {
    /// Its bytes.
    stream: Stream<Socket>,
    /// Its ends.
    ends: Option<Ends>,
    /// Whether it leads to a proxy that is asked in whole URLs.
    is_proxied: bool,
}

impl Service<Uri> for Dialer {
    type Response = Wire;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Wire, Error>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let options = Arc::clone(&self.options);
        Box::pin(async move {
            let dialed = dial(&options, &uri).await?;
            let Dialed { stream, ends, is_proxied } = dialed;
            let is_shared = options.is_http2_only || stream.agreed_on_http2() == Some(true);
            Ok(Wire::new(stream, ends, is_proxied, is_shared))
        })
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").field("timeout", &self.options.timeout).finish_non_exhaustive()
    }
}

/// The proxy for a URL. As in Go, this machine is never reached through one.
pub(super) fn proxy_of(matcher: &Matcher, uri: &Uri) -> Option<Proxy> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if is_here {
        return None;
    }
    let found = matcher.intercept(uri)?;
    Some(Proxy { uri: found.uri().clone(), auth: found.basic_auth().cloned() })
}

/// A proxy.
pub(super) struct Proxy {
    /// Where it is.
    uri: Uri,
    /// How the client makes itself known to it.
    pub(super) auth: Option<HeaderValue>,
}

/// Makes a connection for a URL.
async fn dial(options: &Options, uri: &Uri) -> Result<Dialed, Error> {
    let is_https = uri.scheme_str() == Some("https");
    let Some(proxy) = options.proxy.as_ref().and_then(|matcher| proxy_of(matcher, uri)) else {
        let (stream, ends) = connect(options, uri).await?;
        return if is_https { secure(options, uri, stream, ends).await } else { Ok(plain(stream, ends, false)) };
    };
    match proxy.uri.scheme_str() {
        Some("http") => {}
        scheme => {
            let scheme = scheme.unwrap_or_default();
            return Err(Error::new(format!("proxyconnect tcp: unsupported proxy scheme {scheme:?}")));
        }
    }
    let failed = |error: Error| Error::wrap("proxyconnect tcp", error);
    let (stream, ends) = connect(options, &proxy.uri).await.map_err(failed)?;
    if !is_https {
        return Ok(plain(stream, ends, true));
    }
    let mut tunnel = Tunnel::new(proxy.uri.clone(), Once { stream: Some(stream) });
    if let Some(auth) = proxy.auth {
        tunnel = tunnel.with_auth(auth);
    }
    let stream = tunnel.call(uri.clone()).await.map_err(|error| failed(Error::new(error.to_string())))?;
    secure(options, uri, stream.into_inner(), ends).await
}

/// A plain connection.
fn plain(stream: Socket, ends: Option<Ends>, is_proxied: bool) -> Dialed {
    Dialed { stream: Stream::Plain(stream), ends, is_proxied }
}

/// Gives a connection that is there already to the tunnel.
struct Once {
    /// The connection.
    stream: Option<Socket>,
}

impl Service<Uri> for Once {
    type Response = TokioIo<Socket>;
    type Error = io::Error;
    type Future = std::future::Ready<Result<TokioIo<Socket>, io::Error>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _uri: Uri) -> Self::Future {
        let stream = self.stream.take().ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected));
        std::future::ready(stream.map(TokioIo::new))
    }
}

/// Connects to the host of a URL.
async fn connect(options: &Options, uri: &Uri) -> Result<(Socket, Option<Ends>), Error> {
    let host = uri.host().unwrap_or_default();
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    if let Some(hook) = &options.hook {
        return hook::dial(hook, format!("{host}:{port}")).await;
    }
    let host = host.trim_matches(['[', ']']);
    let addresses: Vec<SocketAddr> = match tokio::net::lookup_host((host, port)).await {
        Ok(found) => found.collect(),
        Err(error) => {
            let text = format!("dial tcp: lookup {host}: {}", lookup_text(&error));
            return Err(Error::with_text(text, error));
        }
    };
    let Some(first_address) = addresses.first().copied() else {
        return Err(Error::new(format!("dial tcp: lookup {host}: no such host")));
    };
    // The family of the first address goes ahead; the other one follows if that takes long or fails.
    let (ahead, behind): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv4() == first_address.is_ipv4());
    let connecting = async {
        if behind.is_empty() {
            return one_of(&ahead).await;
        }
        let mut ahead = std::pin::pin!(one_of(&ahead));
        match first(ahead.as_mut(), time::sleep(HEAD_START)).await {
            First::Left(Ok(stream)) => Ok(stream),
            First::Left(Err(error)) => one_of(&behind).await.map_err(|_| error),
            First::Right(()) => {
                let mut behind = std::pin::pin!(one_of(&behind));
                match first(ahead.as_mut(), behind.as_mut()).await {
                    First::Left(Ok(stream)) | First::Right(Ok(stream)) => Ok(stream),
                    First::Left(Err(error)) => behind.await.map_err(|_| error),
                    First::Right(Err(_)) => ahead.await,
                }
            }
        }
    };
    let connected = if options.timeout.is_zero() {
        connecting.await
    } else {
        match first(connecting, time::sleep(options.timeout)).await {
            First::Left(connected) => connected,
            First::Right(()) => Err(Error::timeout(format!("dial tcp {first_address}: i/o timeout"), None)),
        }
    };
    let stream = connected?;
    // A connection that has broken meanwhile says so when it is written to.
    let _ = stream.set_nodelay(true);
    let ends = Ends::of(&stream);
    Ok((Box::new(stream), ends))
}

/// Connects to the first address that answers; the error is that of the first one.
async fn one_of(addresses: &[SocketAddr]) -> Result<TcpStream, Error> {
    let mut failed = None;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = failed.or(Some((address, error))),
        }
    }
    Err(match failed {
        Some((address, error)) => Error::io(format!("dial tcp {address}: connect"), error),
        None => Error::new("dial tcp: no address"),
    })
}

/// Encrypts a connection.
#[cfg(feature = "http-tls")]
async fn secure(options: &Options, uri: &Uri, stream: Socket, ends: Option<Ends>) -> Result<Dialed, Error> {
    let config = match &options.tls {
        Some(config) => Arc::clone(config),
        None => super::tls::default_config()?,
    };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let shaken = super::tls::shake_hands(config, host, stream);
    let stream = if options.tls_timeout.is_zero() {
        shaken.await?
    } else {
        match first(shaken, time::sleep(options.tls_timeout)).await {
            First::Left(stream) => stream?,
            First::Right(()) => return Err(Error::timeout("net/http: TLS handshake timeout".to_owned(), None)),
        }
    };
    Ok(Dialed { stream: Stream::Tls(Box::new(stream.into())), ends, is_proxied: false })
}

/// Encrypts a connection: not in this build.
#[cfg(not(feature = "http-tls"))]
async fn secure(_options: &Options, _uri: &Uri, _stream: Socket, _ends: Option<Ends>) -> Result<Dialed, Error> {
    Err(Error::new("http: the crate was built without TLS: enable its feature `http-tls`"))
}
