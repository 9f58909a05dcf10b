//! A request: what a handler gets, and what a client sends.

use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use ::http::header::{CONTENT_TYPE, COOKIE, HOST, REFERER, USER_AGENT};
use ::http::{Extensions, HeaderMap, Method, Uri, Version};
use cookie::Cookie;
use percent_encoding::percent_decode_str;

use super::body::Body;
use super::error::{ERR_NO_COOKIE, Error};
use super::exchange::Exchange;
use super::header::Header;
use super::values::Values;
use crate::context::{self, Context};

/// How much of a form is read.
const MAX_FORM: usize = 10 << 20;

/// An HTTP request.
///
/// # Go
/// `*http.Request`. The URL is the `http` crate's [`Uri`]; Go's `r.URL.Path` is [`path`](Request::path), its
/// `r.URL.Query()` is [`query`](Request::query).
///
/// # Examples
/// ```
/// use go::http::{Request, ResponseWriter};
///
/// async fn greet(w: ResponseWriter, mut r: Request) {
///     let name = match r.method.as_str() {
///         "POST" => r.form_value("name").await,
///         _ => r.query().get("name").to_owned(),
///     };
///     let _ = writeln!(w, "hello {name}");
/// }
/// # let _ = greet;
/// ```
pub struct Request {
    /// The method.
    pub method: Method,
    /// The URL. A server's has a path and a query only, unless the client is a proxy's.
    pub url: Uri,
    /// The version of the protocol.
    pub version: Version,
    /// The fields of the head.
    pub header: Header,
    /// The body. A server's is empty if there is none.
    pub body: Body,
    /// What other libraries keep with a request, such as tower services.
    pub extensions: Extensions,
    /// The context.
    ctx: OnceLock<Context>,
    /// Who makes the context when it is asked for.
    exchange: Option<Arc<Exchange>>,
    /// The pattern that the request has matched.
    pub(super) pattern: Option<Arc<str>>,
    /// What few requests have.
    more: Option<Box<More>>,
    /// The client's address.
    remote: Option<SocketAddr>,
}

/// What few requests have.
#[derive(Default)]
pub(super) struct More {
    /// What the pattern's wildcards match.
    pub(super) path_values: Vec<PathValue>,
    /// The form, once it was read.
    form: Option<Form>,
    /// The form with its files, once it was read.
    #[cfg(feature = "http-multipart")]
    pub(super) multipart: Option<super::multipart::MultipartForm>,
    /// The host, where it was set by hand.
    pub(super) host: Option<String>,
    /// The URL as the client wrote it.
    pub(super) url_text: Option<String>,
    /// Whether the connection is closed after the request.
    pub(super) close: bool,
}

/// What one of a pattern's wildcards matches.
pub(super) struct PathValue {
    /// The wildcard's name.
    pub(super) name: Arc<str>,
    /// What it matches.
    pub(super) value: String,
}

/// A form that was read.
#[derive(Clone)]
struct Form {
    /// The body's fields, then the query's.
    all: Values,
    /// The body's fields.
    post: Values,
}

impl Request {
    /// A request that a server has received; the exchange makes its context.
    pub(super) fn received(
        parts: ::http::request::Parts,
        body: Body,
        exchange: Option<Arc<Exchange>>,
        remote: Option<SocketAddr>,
    ) -> Request {
        Request {
            method: parts.method,
            url: parts.uri,
            version: parts.version,
            header: parts.headers.into(),
            body,
            extensions: parts.extensions,
            ctx: OnceLock::new(),
            exchange,
            pattern: None,
            more: None,
            remote,
        }
    }

    /// A request of HTTP/1.1 that a server has received; the exchange makes its context.
    pub(super) fn plain(
        method: Method,
        url: Uri,
        header: HeaderMap,
        body: Body,
        exchange: Arc<Exchange>,
        remote: Option<SocketAddr>,
    ) -> Request {
        Request {
            method,
            url,
            version: Version::HTTP_11,
            header: header.into(),
            body,
            extensions: Extensions::new(),
            ctx: OnceLock::new(),
            exchange: Some(exchange),
            pattern: None,
            more: None,
            remote,
        }
    }

    /// The request as the `http` crate has it; the context goes into its extensions.
    #[must_use]
    pub fn into_http(self) -> ::http::Request<Body> {
        let ctx = self.context().clone();
        let mut request = ::http::Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.url;
        *request.version_mut() = self.version;
        *request.headers_mut() = self.header.into_map();
        *request.extensions_mut() = self.extensions;
        request.extensions_mut().insert(ctx);
        if let Some(remote) = self.remote {
            request.extensions_mut().insert(RemoteAddr { addr: remote });
        }
        request
    }

    /// A request of the `http` crate's; its context is the one in its extensions, or the background.
    #[must_use]
    pub fn from_http(request: ::http::Request<Body>) -> Request {
        let (mut parts, body) = request.into_parts();
        let ctx = parts.extensions.remove::<Context>().unwrap_or_else(context::background);
        let remote = parts.extensions.get::<RemoteAddr>().map(|remote| remote.addr);
        Request::received(parts, body, None, remote).with_context(&ctx)
    }

    /// The request's context. A server's is done when the client goes away, when the handler has returned, and when the
    /// server is closed; a client's stops the request.
    ///
    /// # Go
    /// `r.Context()`. It is made at the first call, so that a handler that does not ask for it does not pay for it.
    #[must_use]
    pub fn context(&self) -> &Context {
        self.ctx
            .get_or_init(|| self.exchange.as_ref().map_or_else(context::background, |exchange| exchange.make_context()))
    }

    /// The request with another context.
    ///
    /// # Go
    /// `r.WithContext(ctx)`
    #[must_use]
    pub fn with_context(mut self, ctx: &Context) -> Request {
        self.ctx = OnceLock::from(ctx.clone());
        self
    }

    /// The client's address, if there is a connection.
    ///
    /// # Go
    /// `r.RemoteAddr`
    #[must_use]
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.remote
    }

    /// The host that is asked for, with its port if the client gives one.
    ///
    /// # Go
    /// `r.Host`
    #[must_use]
    pub fn host(&self) -> &str {
        let by_hand = self.more.as_ref().and_then(|more| more.host.as_deref());
        by_hand
            .or_else(|| self.url.authority().map(::http::uri::Authority::as_str))
            .or_else(|| self.header.as_host())
            .unwrap_or_default()
    }

    /// The path of the URL, unescaped.
    ///
    /// # Go
    /// `r.URL.Path`
    #[must_use]
    pub fn path(&self) -> Cow<'_, str> {
        percent_decode_str(self.url.path()).decode_utf8_lossy()
    }

    /// The fields of the URL's query.
    ///
    /// # Go
    /// `r.URL.Query()`
    #[must_use]
    pub fn query(&self) -> Values {
        Values::parse(self.url.query().unwrap_or_default())
    }

    /// The pattern of the mux that the request has matched; empty if there is none.
    ///
    /// # Go
    /// `r.Pattern`
    #[must_use]
    pub fn pattern(&self) -> &str {
        self.pattern.as_deref().unwrap_or_default()
    }

    /// What the wildcard `name` of the pattern matches; empty if there is none.
    ///
    /// # Go
    /// `r.PathValue(name)`
    #[must_use]
    pub fn path_value(&self, name: &str) -> &str {
        let values = self.more.as_ref().map_or(&[][..], |more| &more.path_values);
        values.iter().find(|value| &*value.name == name).map_or("", |value| &value.value)
    }

    /// Sets what [`path_value`](Request::path_value) says for `name`.
    ///
    /// # Go
    /// `r.SetPathValue(name, value)`
    pub fn set_path_value(&mut self, name: &str, value: impl Into<String>) {
        let values = &mut self.more().path_values;
        values.retain(|old| &*old.name != name);
        values.push(PathValue { name: name.into(), value: value.into() });
    }

    /// The client's program.
    ///
    /// # Go
    /// `r.UserAgent()`
    #[must_use]
    pub fn user_agent(&self) -> &str {
        self.header.get(USER_AGENT.as_str())
    }

    /// The page that led to this request.
    ///
    /// # Go
    /// `r.Referer()`
    #[must_use]
    pub fn referer(&self) -> &str {
        self.header.get(REFERER.as_str())
    }

    /// Name and password of the basic authentication.
    ///
    /// # Go
    /// `r.BasicAuth()`
    #[must_use]
    pub fn basic_auth(&self) -> Option<(String, String)> {
        super::basic_auth::parse(self.header.get("Authorization"))
    }

    /// Sets name and password of the basic authentication.
    ///
    /// # Go
    /// `r.SetBasicAuth(name, password)`
    pub fn set_basic_auth(&mut self, name: &str, password: &str) {
        self.header.set("Authorization", &super::basic_auth::encode(name, password));
    }

    /// The cookie `name`.
    ///
    /// # Go
    /// `r.Cookie(name)`
    ///
    /// # Errors
    /// [`ERR_NO_COOKIE`] if the request has none.
    pub fn cookie(&self, name: &str) -> Result<Cookie<'_>, Error> {
        self.cookies().into_iter().find(|cookie| cookie.name() == name).ok_or(ERR_NO_COOKIE)
    }

    /// The cookies.
    ///
    /// # Go
    /// `r.Cookies()`
    #[must_use]
    pub fn cookies(&self) -> Vec<Cookie<'_>> {
        let lines = self.header.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(Cookie::split_parse).filter_map(Result::ok).collect()
    }

    /// Adds a cookie to a client's request.
    ///
    /// # Go
    /// `r.AddCookie(c)`
    pub fn add_cookie(&mut self, cookie: &Cookie<'_>) {
        let (name, value) = cookie.name_value();
        let line = match self.header.get("Cookie") {
            "" => format!("{name}={value}"),
            before => format!("{before}; {name}={value}"),
        };
        self.header.set("Cookie", &line);
    }

    /// Reads the form: the fields of the query and, if the body is a form, those of the body.
    ///
    /// # Go
    /// `r.ParseForm()`. At most 10 MiB are read. Forms of the type `multipart/form-data` are left alone:
    /// `parse_multipart_form` (feature `http-multipart`) reads them.
    ///
    /// # Errors
    /// What reading the body says; a body that is too long.
    pub async fn parse_form(&mut self) -> Result<(), Error> {
        if self.more.as_ref().is_some_and(|more| more.form.is_some()) {
            return Ok(());
        }
        let content_type = self.header.get(CONTENT_TYPE.as_str());
        let content_type = content_type.split(';').next().unwrap_or_default().trim();
        let is_form = content_type.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let may_have = matches!(self.method, Method::POST | Method::PUT | Method::PATCH);
        let mut post = Values::new();
        if is_form && may_have {
            let mut bytes = Vec::new();
            while let Some(chunk) = self.body.chunk().await {
                bytes.extend_from_slice(&chunk?);
                if bytes.len() > MAX_FORM {
                    return Err(Error::new("http: POST too large"));
                }
            }
            post = Values::parse(&String::from_utf8_lossy(&bytes));
        }
        let mut all = post.clone();
        all.extend(self.query());
        self.more().form = Some(Form { all, post });
        Ok(())
    }

    /// Adds fields to the form.
    #[cfg(feature = "http-multipart")]
    pub(super) fn add_form(&mut self, fields: &Values) {
        if let Some(form) = &mut self.more().form {
            form.all.extend(fields.clone());
            form.post.extend(fields.clone());
        }
    }

    /// Reads the form of whichever type; as in Go, errors of reading are ignored.
    async fn read_form(&mut self) {
        #[cfg(feature = "http-multipart")]
        let _ = self.parse_multipart_form(super::multipart::DEFAULT_MAX).await;
        let _ = self.parse_form().await;
    }

    /// The form, if it was read.
    ///
    /// # Go
    /// `r.Form`
    #[must_use]
    pub fn form(&self) -> Option<&Values> {
        self.more.as_ref().and_then(|more| more.form.as_ref()).map(|form| &form.all)
    }

    /// The fields of the body's form, if it was read.
    ///
    /// # Go
    /// `r.PostForm`
    #[must_use]
    pub fn post_form(&self) -> Option<&Values> {
        self.more.as_ref().and_then(|more| more.form.as_ref()).map(|form| &form.post)
    }

    /// The first value of a field of the form, which is read first if it was not; empty if there is none.
    ///
    /// # Go
    /// `r.FormValue(name)`, which ignores errors of reading, too.
    pub async fn form_value(&mut self, name: &str) -> String {
        self.read_form().await;
        self.form().map_or("", |form| form.get(name)).to_owned()
    }

    /// The first value of a field of the body's form, which is read first if it was not; empty if there is none.
    ///
    /// # Go
    /// `r.PostFormValue(name)`
    pub async fn post_form_value(&mut self, name: &str) -> String {
        self.read_form().await;
        self.post_form().map_or("", |form| form.get(name)).to_owned()
    }

    /// The body as a value from JSON.
    ///
    /// # Go
    /// `json.NewDecoder(r.Body).Decode(&v)`
    #[cfg(feature = "json")]
    pub async fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, Error> {
        self.body.json().await
    }

    /// Sets the host that a client's request asks for, if it is not the URL's.
    ///
    /// # Go
    /// `r.Host = host`
    pub fn set_host(&mut self, host: impl Into<String>) {
        self.more().host = Some(host.into());
    }

    /// Whether the connection is closed after a client's request.
    ///
    /// # Go
    /// `r.Close = close`
    pub fn set_close(&mut self, close: bool) {
        self.more().close = close;
    }

    /// What few requests have, made if it is not there.
    pub(super) fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// What few requests have.
    pub(super) fn peek_more(&self) -> Option<&More> {
        self.more.as_deref()
    }
}

/// The client's address in a request's extensions.
#[derive(Debug, Clone, Copy)]
struct RemoteAddr {
    /// The address.
    addr: SocketAddr,
}

impl Header {
    /// The value of `Host`.
    fn as_host(&self) -> Option<&str> {
        self.get_value(&HOST)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("header", &self.header)
            .field("remote_addr", &self.remote)
            .finish_non_exhaustive()
    }
}
