//! Bodies with a limit.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::body::Body;
use super::error::{ERR_BODY_TOO_LARGE, Error};
use super::writer::ResponseWriter;

/// The body, of which at most `limit` bytes can be read; then reading is [`ERR_BODY_TOO_LARGE`], and the connection is
/// closed after the response.
///
/// # Go
/// `http.MaxBytesReader(w, body, limit)`
///
/// # Examples
/// ```
/// use go::http::{self, Request, ResponseWriter};
///
/// async fn upload(w: ResponseWriter, mut r: Request) {
///     let body = std::mem::take(&mut r.body);
///     r.body = http::max_bytes_reader(&w, body, 1 << 20);
///     match r.body.bytes().await {
///         Ok(bytes) => _ = writeln!(w, "{} bytes", bytes.len()),
///         Err(error) => http::error(&w, &error.to_string(), 413),
///     }
/// }
/// # let _ = upload;
/// ```
#[must_use]
pub fn max_bytes_reader(w: &ResponseWriter, body: Body, limit: u64) -> Body {
    Body::stream(Limited { body, left: limit, writer: w.clone() })
}

/// A body with a limit.
struct Limited {
    /// The body.
    body: Body,
    /// How many bytes may still be read.
    left: u64,
    /// The response, whose connection is closed if there are more.
    writer: ResponseWriter,
}

impl http_body::Body for Limited {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let Some(Ok(frame)) = frame else { return Poll::Ready(frame) };
        let Some(data) = frame.data_ref() else { return Poll::Ready(Some(Ok(frame))) };
        let length = data.len() as u64;
        if length <= self.left {
            self.left -= length;
            return Poll::Ready(Some(Ok(frame)));
        }
        if self.left > 0 {
            // What is allowed is read before the error.
            let allowed = data.slice(..usize::try_from(self.left).unwrap_or(data.len()));
            self.left = 0;
            self.body = Body::stream(Over);
            self.writer.header().set("Connection", "close");
            return Poll::Ready(Some(Ok(Frame::data(allowed))));
        }
        self.writer.header().set("Connection", "close");
        Poll::Ready(Some(Err(ERR_BODY_TOO_LARGE)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What comes behind the limit.
struct Over;

impl http_body::Body for Over {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Poll::Ready(Some(Err(ERR_BODY_TOO_LARGE)))
    }
}
