//! The client: requests that a context stops, redirects, timeouts.
//!
//! The files: `transport` (the connections), `dial` (how they are made), `hook` (by the program itself), `tls`, `target`
//! (URLs), `redirect`, `trip` (one request), `upload` (while it is sent), `line` (the connection that carries it), `task` (hyper's
//! tasks), `wire` (its bytes), `response`, `failure` (hyper's errors in Go's words), `gzip`, `jar` (cookies).

mod dial;
mod failure;
mod gzip;
mod hook;
#[cfg(feature = "http-cookies")]
mod jar;
mod line;
mod redirect;
mod response;
mod target;
mod task;
#[cfg(feature = "http-tls")]
mod tls;
mod transport;
mod trip;
mod upload;
mod wire;

use std::fmt;
use std::sync::{Arc, LazyLock};

use ::http::Method;
use url::Url;

#[cfg(feature = "http-cookies")]
pub use jar::CookieJar;
pub use redirect::Hop;
pub use response::Response;
pub use transport::{DEFAULT_TRANSPORT, Transport};

use redirect::Redirects;
use response::Received;

use super::body::Body;
use super::error::{ERR_USE_LAST_RESPONSE, Error};
use super::race::{First, first_or_io};
use super::request::Request;
use super::values::Values;
use crate::context::{self, CancelFunc, Context};
use crate::share::Share;
use crate::time::{self, Duration};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 10;
/// How much of a redirecting response's body is read, so that its connection can be used again.
const SLURP: usize = 2 << 10;

/// Decides whether a redirect is followed.
type Check = Arc<dyn Fn(&Hop<'_>) -> Result<(), Error> + Send + Sync>;

/// The client that [`get`], [`post`] and the others use.
///
/// # Go
/// `http.DefaultClient`
pub static DEFAULT_CLIENT: LazyLock<Client> = LazyLock::new(Client::new);

/// An HTTP client: a handle, which clones and goroutines share.
///
/// It keeps connections and uses them again, follows up to 10 redirects, and asks the environment for proxies. A request
/// ends at once when its context is done, whatever it is doing: looking a name up, connecting, writing, waiting, or
/// reading the response's body.
///
/// # Go
/// `http.Client`. As Go's it asks for compressed responses and decompresses them. A jar for cookies needs the feature
/// `http-cookies`.
///
/// # Examples
/// ```no_run
/// use go::http;
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let client = http::Client::new().timeout(10 * time::SECOND);
///     match client.get("http://example.com/").await {
///         Ok(mut response) => println!("{} {}", response.status, response.body.text().await.unwrap()),
///         Err(error) if error.is_timeout() => println!("too slow: {error}"),
///         Err(error) => println!("{error}"),
///     }
/// }
/// ```
#[derive(Clone, Default)]
pub struct Client {
    /// How long a request may take, its redirects and its body included; zero is for ever.
    timeout: Duration,
    /// Its connections, if not the default ones.
    transport: Option<Transport>,
    /// Decides whether a redirect is followed, if not the default.
    check: Option<Check>,
    /// Its cookies, if it keeps any.
    #[cfg(feature = "http-cookies")]
    jar: Option<CookieJar>,
}

impl Client {
    /// A client with the default transport and no timeout.
    #[must_use]
    pub fn new() -> Client {
        Client::default()
    }

    /// How long a request may take: the redirects and reading the response's body are part of it. Zero is for ever.
    ///
    /// # Go
    /// `Timeout`
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Client {
        self.timeout = timeout;
        self
    }

    /// Whose connections it uses.
    ///
    /// # Go
    /// `Transport`
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Client {
        self.transport = Some(transport);
        self
    }

    /// Where it keeps cookies; without a jar it keeps none.
    ///
    /// # Go
    /// `Jar`
    #[cfg(feature = "http-cookies")]
    #[must_use]
    pub fn jar(mut self, jar: CookieJar) -> Client {
        self.jar = Some(jar);
        self
    }

    /// Decides whether a redirect is followed: an error is the request's. With [`ERR_USE_LAST_RESPONSE`] the answer is the
    /// redirecting response itself. Without this up to 10 redirects are followed.
    ///
    /// # Go
    /// `CheckRedirect`
    #[must_use]
    pub fn check_redirect(mut self, check: impl Fn(&Hop<'_>) -> Result<(), Error> + Send + Sync + 'static) -> Client {
        self.check = Some(Arc::new(check));
        self
    }

    /// Sends a GET request.
    ///
    /// # Go
    /// `c.Get(url)`
    ///
    /// # Errors
    /// As [`do_request`](Client::do_request).
    pub async fn get(&self, url: &str) -> Result<Response, Error> {
        self.do_request(new_request("GET", url, ())?).await
    }

    /// Sends a HEAD request.
    ///
    /// # Go
    /// `c.Head(url)`
    ///
    /// # Errors
    /// As [`do_request`](Client::do_request).
    pub async fn head(&self, url: &str) -> Result<Response, Error> {
        self.do_request(new_request("HEAD", url, ())?).await
    }

    /// Sends a POST request.
    ///
    /// # Go
    /// `c.Post(url, contentType, body)`
    ///
    /// # Errors
    /// As [`do_request`](Client::do_request).
    pub async fn post(&self, url: &str, content_type: &str, body: impl Into<Body>) -> Result<Response, Error> {
        let mut request = new_request("POST", url, body)?;
        request.header.set("Content-Type", content_type);
        self.do_request(request).await
    }

    /// Sends a form by POST.
    ///
    /// # Go
    /// `c.PostForm(url, values)`
    ///
    /// # Errors
    /// As [`do_request`](Client::do_request).
    pub async fn post_form(&self, url: &str, values: &Values) -> Result<Response, Error> {
        self.post(url, "application/x-www-form-urlencoded", values.encode()).await
    }

    /// Sends a request and waits for the head of the response, whose body is read while it arrives.
    ///
    /// # Go
    /// `c.Do(req)`
    ///
    /// # Errors
    /// `Get "URL": ` and what went wrong, in Go's words: the context's error or its cause, that of the network, that of
    /// the rule for redirects. A response is no error, whatever its status.
    ///
    /// # Cancel safety
    /// A dropped future stops the request.
    pub async fn do_request(&self, request: Request) -> Result<Response, Error> {
        let mut redirects = Redirects::new(&request);
        let limits = Limits::new(request.context(), self.timeout);
        let mut request = request;
        loop {
            let (method, url) = (request.method.clone(), redirects.url_text());
            let sent = redirects.sent(&request);
            let mut response = match self.send(request, &limits, sent).await {
                Ok(response) => response,
                Err(error) => return Err(redirects.error(&url, limits.name(error, HEADERS))),
            };
            let next = match redirects.next(&response, &method) {
                Ok(Some(next)) => next.with_context(&limits.given),
                Ok(None) => return Ok(response),
                Err(error) => return Err(redirects.error(&url, error)),
            };
            let allowed = match &self.check {
                Some(check) => check(&redirects.hop(&next)),
                None if redirects.count() >= MAX_REDIRECTS => {
                    Err(Error::new(format!("stopped after {MAX_REDIRECTS} redirects")))
                }
                None => Ok(()),
            };
            match allowed {
                Ok(()) => {}
                Err(error) if error == ERR_USE_LAST_RESPONSE => return Ok(response),
                Err(error) => return Err(redirects.error(response.header.get("Location"), error)),
            }
            if response.body.len().is_none_or(|length| length <= SLURP as u64) {
                slurp(&mut response.body).await;
            }
            redirects.follow(&next);
            request = next;
        }
    }

    /// Sends one request.
    async fn send(&self, mut request: Request, limits: &Limits, url: Url) -> Result<Response, Error> {
        if let Some(error) = limits.error() {
            return Err(error);
        }
        let transport = self.transport.as_ref().unwrap_or(&DEFAULT_TRANSPORT);
        #[cfg(feature = "http-cookies")]
        if let Some(jar) = &self.jar {
            jar.add_to(&mut request, &url);
        }
        let body = std::mem::take(&mut request.body);
        let asks_gzip = transport.compresses() && gzip::ask(&mut request);
        let trip = transport.round_trip(&limits.ctx, request, body);
        let response = match first_or_io(limits.ctx.done().recv(), trip).await {
            First::Right(response) => {
                limits.stop_late().await;
                if let Some(error) = limits.error() {
                    return Err(error);
                }
                response?
            }
            First::Left(_) => return Err(limits.error().unwrap_or_else(|| Error::new("context done"))),
        };
        let (mut parts, arriving) = response.into_parts();
        let trip = arriving.keep();
        let mut body = Received::new(arriving, limits.share()).into_body();
        let uncompressed = asks_gzip && gzip::is_compressed(&mut parts.headers, &body);
        if uncompressed {
            body = gzip::plain(body);
        }
        let response = Response::new(parts, body, url, uncompressed, trip);
        #[cfg(feature = "http-cookies")]
        if let Some(jar) = &self.jar {
            jar.set_cookies(response.url(), response.cookies().into_iter().map(cookie::Cookie::into_owned));
        }
        Ok(response)
    }
}

/// Reads a little of a body that nobody wants.
async fn slurp(body: &mut Body) {
    let mut read = 0;
    while read < SLURP {
        match body.chunk().await {
            Some(Ok(chunk)) => read += chunk.len(),
            _ => return,
        }
    }
}

/// What Go adds to an error when the client's own timeout is over before the response.
const HEADERS: &str = "Client.Timeout exceeded while awaiting headers";
/// What Go adds when it is over while the body is read.
const BODY: &str = "Client.Timeout or context cancellation while reading body";

/// What stops a request: the program's context, and the client's timeout.
struct Limits {
    /// The context that the program gave.
    given: Context,
    /// That context with the client's timeout.
    ctx: Context,
    /// Gives the timeout's timer back, once nobody needs it.
    guard: Option<Arc<Guard>>,
}

/// Cancels a context when it goes.
struct Guard {
    /// Cancels it.
    cancel: CancelFunc,
    /// When the client's own timeout is over.
    until: time::Time,
}

impl Drop for Guard {
    fn drop(&mut self) {
        (self.cancel)();
    }
}

impl Limits {
    /// The limits of a request.
    fn new(given: &Context, timeout: Duration) -> Limits {
        if timeout.is_zero() {
            return Limits { given: given.clone(), ctx: given.clone(), guard: None };
        }
        let until = time::now().add(timeout);
        if given.deadline().is_some_and(|earlier| earlier.before(until)) {
            return Limits { given: given.clone(), ctx: given.clone(), guard: None };
        }
        let (ctx, cancel) = context::with_deadline(given, until);
        Limits { given: given.clone(), ctx, guard: Some(Arc::new(Guard { cancel, until })) }
    }

    /// The same limits for the response's body.
    fn share(&self) -> Limits {
        Limits { given: self.given.clone(), ctx: self.ctx.clone(), guard: self.guard.clone() }
    }

    /// Waits for the context of a request whose deadline has passed: a process that got no processor for a while may
    /// hear of the response before its timer does. As in Go the timer comes first.
    async fn stop_late(&self) {
        if self.ctx.deadline().is_some_and(|deadline| !time::now().before(deadline)) {
            self.ctx.done().recv().await;
        }
    }

    /// Why the request is to stop, if it is.
    fn error(&self) -> Option<Error> {
        self.ctx.err()?;
        context::cause(&self.ctx).map(failure::from_cause)
    }

    /// The error, with what Go adds if it is the client's own timeout.
    fn name(&self, error: Error, what: &str) -> Error {
        let is_over = self.guard.as_ref().is_some_and(|guard| !time::now().before(guard.until));
        if is_over { Error::timeout(format!("{error} ({what})"), Some(error.into())) } else { error }
    }
}

/// A request for the default context.
///
/// # Go
/// `http.NewRequest(method, url, body)`
///
/// # Errors
/// As [`new_request_with_context`].
pub fn new_request(method: &str, url: &str, body: impl Into<Body>) -> Result<Request, Error> {
    new_request_with_context(&context::background(), method, url, body)
}

/// A request that `ctx` stops; an empty method is GET, `None` or `()` no body.
///
/// # Go
/// `http.NewRequestWithContext(ctx, method, url, body)`
///
/// # Errors
/// A method that is not a token, a URL that is none.
///
/// # Examples
/// ```
/// use go::http;
/// use go::prelude::*;
///
/// let (ctx, cancel) = context::with_timeout(&context::background(), 2 * time::SECOND);
/// let request = http::new_request_with_context(&ctx, http::METHOD_GET, "http://localhost:8080", None);
/// assert_eq!(request.unwrap().host(), "localhost:8080");
/// let wrong = http::new_request_with_context(&ctx, "GET", "http://host:port", None).unwrap_err();
/// assert_eq!(wrong.to_string(), "parse \"http://host:port\": invalid port number");
/// cancel();
/// ```
pub fn new_request_with_context(
    ctx: &Context,
    method: &str,
    url: &str,
    body: impl Into<Body>,
) -> Result<Request, Error> {
    let name = if method.is_empty() { "GET" } else { method };
    let method = Method::from_bytes(name.as_bytes())
        .map_err(|error| Error::with_text(format!("net/http: invalid method {method:?}"), error))?;
    target::request(ctx, method, url, body.into())
}

/// Sends a GET request with the default client.
///
/// # Go
/// `http.Get(url)`
///
/// # Errors
/// As [`Client::do_request`].
pub async fn get(url: &str) -> Result<Response, Error> {
    DEFAULT_CLIENT.get(url).await
}

/// Sends a HEAD request with the default client.
///
/// # Go
/// `http.Head(url)`
///
/// # Errors
/// As [`Client::do_request`].
pub async fn head(url: &str) -> Result<Response, Error> {
    DEFAULT_CLIENT.head(url).await
}

/// Sends a POST request with the default client.
///
/// # Go
/// `http.Post(url, contentType, body)`
///
/// # Errors
/// As [`Client::do_request`].
pub async fn post(url: &str, content_type: &str, body: impl Into<Body>) -> Result<Response, Error> {
    DEFAULT_CLIENT.post(url, content_type, body).await
}

/// Sends a form by POST with the default client.
///
/// # Go
/// `http.PostForm(url, values)`
///
/// # Errors
/// As [`Client::do_request`].
pub async fn post_form(url: &str, values: &Values) -> Result<Response, Error> {
    DEFAULT_CLIENT.post_form(url, values).await
}

impl Share for Client {
    fn share(&self) -> Client {
        self.clone()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
