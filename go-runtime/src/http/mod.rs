//! HTTP as in Go: a server whose handlers are goroutines with a context, and a client that a context stops.

mod answers;
mod basic_auth;
mod body;
mod client;
mod cookies;
pub mod debug;
mod error;
mod exchange;
mod files;
mod handler;
mod header;
pub mod httptest;
mod limit;
mod method;
#[cfg(feature = "http-multipart")]
mod multipart;
mod mux;
mod pattern;
mod race;
mod request;
mod routes;
mod run;
mod server;
mod service;
mod sniff;
mod stream;
mod timeout;
#[cfg(feature = "http-tls")]
mod tls;
mod values;
mod writer;

#[cfg(feature = "http-multipart")]
pub use ::multer;
#[cfg(feature = "http-tls")]
pub use {::rustls, ::tokio_rustls};

pub use ::http::{HeaderMap, Method, StatusCode, Uri, Version};
pub use cookie::Cookie;
pub use url::Url;

pub use answers::{error, not_found, redirect, redirect_handler, status_text, strip_prefix};
pub use body::Body;
#[cfg(feature = "http-cookies")]
pub use client::CookieJar;
pub use client::{
    Client, DEFAULT_CLIENT, DEFAULT_TRANSPORT, Hop, Response, Transport, get, head, new_request,
    new_request_with_context, post, post_form,
};
pub use cookies::set_cookie;
pub use error::{
    ERR_BODY_NOT_ALLOWED, ERR_BODY_READ_AFTER_CLOSE, ERR_BODY_TOO_LARGE, ERR_CONTENT_LENGTH, ERR_HANDLER_TIMEOUT,
    ERR_HIJACKED, ERR_MESSAGE_TOO_LARGE, ERR_MISSING_FILE, ERR_NO_COOKIE, ERR_NOT_MULTIPART, ERR_NOT_SUPPORTED,
    ERR_SERVER_CLOSED, ERR_USE_LAST_RESPONSE, Error,
};
pub use files::{file_server, serve_file};
pub use handler::{AnyHandler, Handler, IntoHandler};
pub use header::Header;
pub use limit::max_bytes_reader;
pub use method::{
    METHOD_CONNECT, METHOD_DELETE, METHOD_GET, METHOD_HEAD, METHOD_OPTIONS, METHOD_PATCH, METHOD_POST, METHOD_PUT,
    METHOD_TRACE,
};
#[cfg(feature = "http-multipart")]
pub use multipart::{FormFile, MultipartForm};
pub use mux::{DEFAULT_SERVE_MUX, ServeMux, handle, handle_func};
pub use request::Request;
pub use run::{ABORT_HANDLER, AbortHandler};
#[cfg(feature = "http-tls")]
pub use server::listen_and_serve_tls;
pub use server::{
    ConnInfo, ConnState, Hijacked, HijackedConn, LOCAL_ADDR_CONTEXT_KEY, LocalAddrContextKey, SERVER_CONTEXT_KEY,
    Server, ServerContextKey, listen_and_serve, serve,
};
pub use service::ServiceFuture;
pub use sniff::detect_content_type;
pub use timeout::timeout_handler;
pub use values::Values;
pub use writer::{ResponseHeader, ResponseWriter};
