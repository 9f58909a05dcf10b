//! The mux: which handler answers which request.

use std::fmt;
use std::panic::Location;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use ::http::Method;
use ::http::header::ALLOW;

use super::answers::{error, not_found, redirect};
use super::handler::{AnyHandler, IntoHandler};
use super::pattern::{Pattern, clean_path, is_clean};
use super::request::{PathValue, Request};
use super::routes::Routes;
use super::writer::ResponseWriter;
use crate::body::Body as Returned;
use crate::share::Share;

/// The mux that [`handle`] and [`handle_func`] add to, and that a server without a handler uses.
///
/// # Go
/// `http.DefaultServeMux`
pub static DEFAULT_SERVE_MUX: LazyLock<ServeMux> = LazyLock::new(ServeMux::new);

/// A handler that hands each request to the handler whose pattern matches it best. A handle.
///
/// A pattern is `[METHOD ][HOST]/[PATH]`. A segment `{name}` of the path matches any one segment, `{name...}` at the end
/// any number of them, and [`Request::path_value`] says what; a path that ends in `/` matches everything below it, one
/// that ends in `/{$}` only itself. `GET` also stands for `HEAD`. Of the patterns that match a request the most specific
/// one wins; two patterns of which neither is more specific conflict, and the second one is a panic.
///
/// A request for `/tree` is sent on to `/tree/` where only that has a handler, and one for an unclean path to the clean
/// one. Where only other methods have a handler, the answer is 405 with `Allow`.
///
/// A mux is also a `tower::Service`, which axum can nest.
///
/// # Go
/// `http.ServeMux`
///
/// # Examples
/// ```
/// use go::http::{Request, ResponseWriter, ServeMux};
///
/// let mux = ServeMux::new();
/// mux.handle_func("GET /users/{id}", async |w: ResponseWriter, r: Request| {
///     let _ = writeln!(w, "user {}", r.path_value("id"));
/// });
/// ```
#[derive(Clone)]
pub struct ServeMux {
    /// The routes.
    routes: Arc<RwLock<Routes<Route>>>,
}

/// What a pattern leads to.
struct Route {
    /// The handler.
    handler: AnyHandler,
    /// The pattern's text.
    pattern: Arc<str>,
    /// The names of the pattern's wildcards.
    names: Vec<Arc<str>>,
    /// Where the program has added it.
    place: &'static Location<'static>,
}

impl ServeMux {
    /// A mux without handlers.
    ///
    /// # Go
    /// `http.NewServeMux()`
    #[must_use]
    pub fn new() -> ServeMux {
        ServeMux { routes: Arc::new(RwLock::new(Routes::new())) }
    }

    /// Adds a handler for a pattern.
    ///
    /// # Go
    /// `mux.Handle(pattern, handler)`
    ///
    /// # Panics
    /// If the pattern is wrong, or conflicts with one that is there.
    #[track_caller]
    pub fn handle<M>(&self, pattern: &str, handler: impl IntoHandler<M>) {
        self.add(pattern, handler.into_handler(), Location::caller());
    }

    /// Adds a function for a pattern: an `async fn`, a plain one, or a closure.
    ///
    /// # Go
    /// `mux.HandleFunc(pattern, f)`
    ///
    /// # Panics
    /// If the pattern is wrong, or conflicts with one that is there.
    #[track_caller]
    pub fn handle_func<F, R, M>(&self, pattern: &str, f: F)
    where
        F: Fn(ResponseWriter, Request) -> R + Send + Sync + 'static,
        R: Returned<M> + Send + 'static,
        M: 'static,
    {
        self.add(pattern, f.into_handler(), Location::caller());
    }

    /// Adds a handler.
    #[track_caller]
    fn add(&self, text: &str, handler: AnyHandler, place: &'static Location<'static>) {
        let pattern = match Pattern::parse(text) {
            Ok(pattern) => pattern,
            Err(error) => panic!("parsing {text:?}: {error}"),
        };
        let names = pattern.names().map(Arc::from).collect();
        let route = Route { handler, pattern: text.into(), names, place };
        let conflict = {
            let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
            let described = pattern.clone();
            routes.add(pattern, route).err().map(|other| {
                format!(
                    "pattern {text:?} (registered at {}:{}) conflicts with pattern \"{}\" (registered at {}:{}):\n{}",
                    place.file(),
                    place.line(),
                    other.pattern,
                    other.target.place.file(),
                    other.target.place.line(),
                    described.describe_conflict(&other.pattern),
                )
            })
        };
        if let Some(text) = conflict {
            panic!("{text}");
        }
    }

    /// Answers one request, in the goroutine that calls it.
    ///
    /// # Go
    /// `mux.ServeHTTP(w, r)`
    pub async fn serve_http(&self, w: ResponseWriter, r: Request) {
        AnyHandler::mux(self.clone()).serve_http(w, r).await;
    }

    /// The pattern that a request matches; empty if it matches none.
    ///
    /// # Go
    /// `mux.Handler(r)`
    #[must_use]
    pub fn pattern(&self, r: &Request) -> String {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let path = clean_path(r.url.path());
        let found = routes.find(host_of(r), r.method.as_str(), &path);
        found.map(|found| found.route.pattern.to_string()).unwrap_or_default()
    }

    /// The handler that answers a request; it may be one that redirects or refuses.
    pub(super) fn choose(&self, r: &mut Request) -> AnyHandler {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let is_connect = r.method == Method::CONNECT;
        let path = match r.url.path() {
            "" => "/",
            path => path,
        };
        let cleaned = if is_connect || is_clean(path) { None } else { Some(clean_path(path)) };
        let wanted = cleaned.as_deref().unwrap_or(path);
        let host = if routes.have_hosts() { host_of(r) } else { "" };
        let method = r.method.as_str();
        let found = routes.find(host, method, wanted);
        if !wanted.ends_with('/') && !found.as_ref().is_some_and(|found| is_exact(&found.route.pattern, wanted)) {
            let below = format!("{wanted}/");
            let there = routes.find(host, method, &below).is_some_and(|found| is_exact(&found.route.pattern, &below));
            if there {
                return redirecting(&below, r);
            }
        }
        if let Some(clean) = cleaned {
            return redirecting(&clean, r);
        }
        let Some(found) = found else {
            let methods = routes.methods(host, wanted).join(", ");
            return if methods.is_empty() { not_found.into_handler() } else { refusing(methods) };
        };
        let route = &found.route.target;
        let handler = route.handler.clone();
        if !route.names.is_empty() {
            let values = found.values.into_iter();
            // The rest behind a trailing slash has no name.
            let named = route.names.iter().cloned().zip(values).map(|(name, value)| PathValue { name, value });
            r.more().path_values = named.collect();
        }
        r.pattern = Some(Arc::clone(&route.pattern));
        handler
    }
}

/// The host that a request asks for, without its port.
fn host_of(r: &Request) -> &str {
    let host = r.host();
    match host.rfind(':') {
        // The colons inside of brackets belong to the address.
        Some(colon) if !host[colon..].contains(']') => &host[..colon],
        _ => host,
    }
}

/// Whether a pattern matches a path by more than its trailing slash or wildcard for the rest.
fn is_exact(pattern: &Pattern, path: &str) -> bool {
    !pattern.is_multi()
        || (path.ends_with('/') && pattern.segments.len() == path.bytes().filter(|byte| *byte == b'/').count())
}

/// A handler that sends the client to another path, with the same query.
fn redirecting(path: &str, r: &Request) -> AnyHandler {
    let target = match r.url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    (move |w: ResponseWriter, r: Request| redirect(&w, &r, &target, 307)).into_handler()
}

/// A handler that says which methods there are.
fn refusing(methods: String) -> AnyHandler {
    (move |w: ResponseWriter, _: Request| {
        w.header().set(ALLOW.as_str(), &methods);
        error(&w, "Method Not Allowed", 405);
    })
    .into_handler()
}

/// Adds a handler for a pattern to the default mux.
///
/// # Go
/// `http.Handle(pattern, handler)`
///
/// # Panics
/// If the pattern is wrong, or conflicts with one that is there.
#[track_caller]
pub fn handle<M>(pattern: &str, handler: impl IntoHandler<M>) {
    DEFAULT_SERVE_MUX.handle(pattern, handler);
}

/// Adds a function for a pattern to the default mux.
///
/// # Go
/// `http.HandleFunc(pattern, f)`
///
/// # Panics
/// If the pattern is wrong, or conflicts with one that is there.
///
/// # Examples
/// ```
/// use go::http::{self, Request, ResponseWriter};
///
/// async fn hello(w: ResponseWriter, _r: Request) {
///     let _ = writeln!(w, "hello world!");
/// }
///
/// http::handle_func("/", hello);
/// ```
#[track_caller]
pub fn handle_func<F, R, M>(pattern: &str, f: F)
where
    F: Fn(ResponseWriter, Request) -> R + Send + Sync + 'static,
    R: Returned<M> + Send + 'static,
    M: 'static,
{
    DEFAULT_SERVE_MUX.handle_func(pattern, f);
}

impl Default for ServeMux {
    fn default() -> ServeMux {
        ServeMux::new()
    }
}

impl Share for ServeMux {
    fn share(&self) -> ServeMux {
        self.clone()
    }
}

impl fmt::Debug for ServeMux {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_tuple("ServeMux").field(&*routes).finish()
    }
}
