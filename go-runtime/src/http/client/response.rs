//! What the client gets.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, ready};

use ::http::Version;
use ::http::header::{LOCATION, SET_COOKIE};
use bytes::Bytes;
use cookie::Cookie;
use http_body::{Frame, SizeHint};
use url::Url;

use super::trip::{Arriving, Trip};
use super::{BODY, Limits};
use crate::http::answers::status_text;
use crate::http::body::Body;
use crate::http::error::Error;
use crate::http::header::Header;

/// The response to a client's request.
///
/// # Go
/// `*http.Response`
pub struct Response {
    /// The status, such as 200.
    pub status: u16,
    /// The version of the protocol.
    pub version: Version,
    /// The fields of the head.
    pub header: Header,
    /// The body, which is read while it arrives. Closing or dropping it before its end gives the connection up.
    pub body: Body,
    /// What was asked for, after redirects.
    url: Url,
    /// Whether the body was compressed on its way.
    uncompressed: bool,
    /// Keeps a request alive that is sent on after the body was read.
    _trip: Option<Arc<Trip>>,
}

impl Response {
    /// A response that has come.
    pub(super) fn new(
        parts: ::http::response::Parts,
        body: Body,
        url: Url,
        uncompressed: bool,
        trip: Option<Arc<Trip>>,
    ) -> Response {
        let (status, header) = (parts.status.as_u16(), parts.headers.into());
        Response { status, version: parts.version, header, body, url, uncompressed, _trip: trip }
    }

    /// Whether the server has sent the body in a compressed form that the client had asked for by itself; the length of
    /// such a body is not known.
    ///
    /// # Go
    /// `resp.Uncompressed`
    #[must_use]
    pub fn uncompressed(&self) -> bool {
        self.uncompressed
    }

    /// The status with its words, such as `200 OK`.
    ///
    /// # Go
    /// `resp.Status`
    #[must_use]
    pub fn status_line(&self) -> String {
        format!("{} {}", self.status, status_text(self.status)).trim_end().to_owned()
    }

    /// The length of the body, if the server has told it.
    ///
    /// # Go
    /// `resp.ContentLength`
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.body.len()
    }

    /// What was asked for: the URL of the last request, if there were redirects.
    ///
    /// # Go
    /// `resp.Request.URL`
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Where the response sends its client, as an absolute URL.
    ///
    /// # Go
    /// `resp.Location()`
    #[must_use]
    pub fn location(&self) -> Option<Url> {
        self.url.join(self.header.get_value(&LOCATION)?).ok()
    }

    /// The cookies that the response sets.
    ///
    /// # Go
    /// `resp.Cookies()`
    #[must_use]
    pub fn cookies(&self) -> Vec<Cookie<'_>> {
        let lines = self.header.get_all(SET_COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        lines.filter_map(|line| Cookie::parse(line).ok()).collect()
    }

    /// The fields behind the body, once it was read to its end.
    ///
    /// # Go
    /// `resp.Trailer`
    #[must_use]
    pub fn trailer(&self) -> Option<&::http::HeaderMap> {
        self.body.trailer()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("header", &self.header)
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

/// The body of a response, which the request's context stops.
pub(super) struct Received {
    /// It as it arrives.
    arriving: Arriving,
    /// What stops it.
    limits: Limits,
    /// Waits for that, if there is anything.
    done: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
}

impl Received {
    /// A body that begins to arrive.
    pub(super) fn new(arriving: Arriving, limits: Limits) -> Received {
        let receiver = limits.ctx.done();
        let done: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>> = if receiver.is_nil() {
            None
        } else {
            arriving.obey(&limits.ctx);
            Some(Box::pin(async move {
                receiver.recv().await;
            }))
        };
        Received { arriving, limits, done }
    }

    /// It as a body; nothing is kept of an empty one.
    pub(super) fn into_body(self) -> Body {
        if self.arriving.is_end_stream() { Body::empty() } else { Body::stream(self) }
    }
}

impl http_body::Body for Received {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let is_done = self.done.as_mut().is_some_and(|done| done.as_mut().poll(cx).is_ready());
        if is_done {
            self.done = None;
        }
        // Polled again it says the same.
        if self.done.is_none()
            && let Some(error) = self.limits.error()
        {
            // Before anybody else can see that the context is done.
            self.arriving.give_up();
            return Poll::Ready(Some(Err(self.limits.name(error, BODY))));
        }
        let frame = ready!(self.arriving.poll_frame(cx));
        if let Some(Err(_)) = frame
            && let Some(error) = self.limits.error()
        {
            // The context was done meanwhile, and that has ended the body.
            return Poll::Ready(Some(Err(self.limits.name(error, BODY))));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.arriving.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.arriving.size_hint()
    }
}
