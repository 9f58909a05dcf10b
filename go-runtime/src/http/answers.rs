//! Ready-made answers: errors, redirects, and handlers around handlers.

use ::http::Method;
use ::http::StatusCode;
use ::http::uri::{PathAndQuery, Uri};

use super::handler::{AnyHandler, IntoHandler};
use super::pattern::clean_path;
use super::request::Request;
use super::writer::ResponseWriter;

/// The words for a status; empty if there are none.
///
/// # Go
/// `http.StatusText(status)`
///
/// # Examples
/// ```
/// assert_eq!(go::http::status_text(404), "Not Found");
/// assert_eq!(go::http::status_text(299), "");
/// ```
#[must_use]
pub fn status_text(status: u16) -> &'static str {
    match status {
        418 => "I'm a teapot",
        status => StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default(),
    }
}

/// Answers with a text and a status.
///
/// # Go
/// `http.Error(w, text, status)`
///
/// # Examples
/// ```
/// use go::http::{self, Request, ResponseWriter};
///
/// async fn closed(w: ResponseWriter, _r: Request) {
///     http::error(&w, "we are closed", 503);
/// }
/// # let _ = closed;
/// ```
pub fn error(w: &ResponseWriter, text: &str, status: u16) {
    let header = w.header();
    header.del("Content-Length");
    header.set("Content-Type", "text/plain; charset=utf-8");
    header.set("X-Content-Type-Options", "nosniff");
    w.write_header(status);
    // A client that has left misses nothing.
    let _ = writeln!(w, "{text}");
}

/// Answers `404 page not found`; a handler.
///
/// # Go
/// `http.NotFound(w, r)` and `http.NotFoundHandler()`
pub fn not_found(w: ResponseWriter, _r: Request) {
    error(&w, "404 page not found", 404);
}

/// Sends the client to another URL; a path without a slash before it is relative to the request's.
///
/// # Go
/// `http.Redirect(w, r, url, status)`
pub fn redirect(w: &ResponseWriter, r: &Request, url: &str, status: u16) {
    let target = absolute(url, r.url.path());
    let header = w.header();
    let has_type = !header.get("Content-Type").is_empty();
    header.set("Location", &escape_non_ascii(&target));
    if !has_type && (r.method == Method::GET || r.method == Method::HEAD) {
        header.set("Content-Type", "text/html; charset=utf-8");
    }
    w.write_header(status);
    if !has_type && r.method == Method::GET {
        // A client that has left misses nothing.
        let _ = write!(w, "<a href=\"{}\">{}</a>.\n\n", html_escape(&target), status_text(status));
    }
}

/// A handler that sends the client to `url`.
///
/// # Go
/// `http.RedirectHandler(url, status)`
#[track_caller]
pub fn redirect_handler(url: &str, status: u16) -> AnyHandler {
    let url = url.to_owned();
    (move |w: ResponseWriter, r: Request| redirect(&w, &r, &url, status)).into_handler()
}

/// The target of a redirect from `path`: clean, and with a leading slash if it names no host.
fn absolute(url: &str, path: &str) -> String {
    let has_scheme = url.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    if has_scheme || url.starts_with("//") {
        return url.to_owned();
    }
    let (target, query) = url.find('?').map_or((url, ""), |at| url.split_at(at));
    let directory = if target.starts_with('/') { "" } else { path.rfind('/').map_or("/", |at| &path[..=at]) };
    clean_path(&format!("{directory}{target}")) + query
}

/// The text with what is not ASCII in percent escapes.
fn escape_non_ascii(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii() {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02x}"));
        }
    }
    escaped
}

/// The text with what HTML would take for markup escaped.
pub(super) fn html_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A handler that removes `prefix` from the paths of its requests; the answer to others is 404.
///
/// # Go
/// `http.StripPrefix(prefix, handler)`
///
/// # Examples
/// ```
/// use go::http::{self, Request, ResponseWriter, ServeMux};
///
/// let inner = |w: ResponseWriter, r: Request| {
///     let _ = writeln!(w, "{}", r.path());
/// };
/// let mux = ServeMux::new();
/// mux.handle("/api/", http::strip_prefix("/api", inner));
/// ```
#[track_caller]
pub fn strip_prefix<M>(prefix: &str, handler: impl IntoHandler<M>) -> AnyHandler {
    let handler = handler.into_handler();
    if prefix.is_empty() {
        return handler;
    }
    let prefix = prefix.to_owned();
    (move |w: ResponseWriter, mut r: Request| {
        let stripped = strip(&r.url, &prefix);
        let handler = handler.clone();
        async move {
            match stripped {
                Some(url) => {
                    r.url = url;
                    handler.serve_http(w, r).await;
                }
                None => not_found(w, r),
            }
        }
    })
    .into_handler()
}

/// The URL without the prefix of its path.
fn strip(url: &Uri, prefix: &str) -> Option<Uri> {
    let rest = url.path().strip_prefix(prefix)?;
    let slash = if rest.starts_with('/') { "" } else { "/" };
    let query = url.query().map_or(String::new(), |query| format!("?{query}"));
    let mut parts = url.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{slash}{rest}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_of_redirects_are_made_absolute() {
        for (url, path, target) in [
            ("/a/../b", "/x/y", "/b"),
            ("c", "/x/y", "/x/c"),
            ("../c/", "/x/y/z", "/x/c/"),
            ("", "/x/y", "/x/"),
            ("?q=/./", "/x/y", "/x/?q=/./"),
            ("http://h//x", "/x", "http://h//x"),
            ("//h/x", "/x", "//h/x"),
            ("mailto:a@b", "/x", "mailto:a@b"),
        ] {
            assert_eq!(absolute(url, path), target, "{url} from {path}");
        }
        assert_eq!(escape_non_ascii("/ä"), "/%c3%a4");
        assert_eq!(html_escape("<a b='c' d=\"&\">"), "&lt;a b=&#39;c&#39; d=&#34;&amp;&#34;&gt;");
    }

    #[test]
    fn prefixes_are_stripped() {
        let strip = |url: &str, prefix: &str| super::strip(&url.parse().unwrap(), prefix).map(|url| url.to_string());
        assert_eq!(strip("/api/x?y=1", "/api").as_deref(), Some("/x?y=1"));
        assert_eq!(strip("/api/x", "/api/").as_deref(), Some("/x"));
        assert_eq!(strip("/api", "/api").as_deref(), Some("/"));
        assert_eq!(strip("/other", "/api"), None);
    }
}
