//! Bodies: what a request or a response carries, read chunk by chunk.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, ready};

use ::http::HeaderMap;
use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, ReadBuf};

use super::error::{ERR_BODY_READ_AFTER_CLOSE, Error};

/// A stream of bytes behind a request or a response.
///
/// It is read with [`chunk`](Body::chunk), [`read`](Body::read), [`bytes`](Body::bytes) or [`text`](Body::text), or as
/// tokio's `AsyncRead`, as a `Stream` of chunks or as an `http_body::Body`. A body that is dropped before its end gives
/// its connection up.
///
/// It is made of texts, bytes, `()` or `None` by `into()`, of any other `http_body::Body` by [`Body::new`], and of
/// tokio's `AsyncRead` by [`Body::from_reader`].
///
/// # Go
/// `io.ReadCloser`, the type of `Request.Body` and `Response.Body`.
///
/// # Cancel safety
/// Dropping a future of a read loses nothing, except that `bytes` and `text` lose what they have read;
/// [`read_to_end`](Body::read_to_end) keeps that in the caller's vector.
#[derive(Default)]
pub struct Body {
    /// Where the bytes come from.
    source: Source,
    /// What was received and not read.
    rest: Bytes,
    /// The fields behind the body.
    trailer: Option<Box<HeaderMap>>,
}

/// Where the bytes come from.
#[derive(Default)]
enum Source {
    /// There are none, or no more.
    #[default]
    Empty,
    /// Memory.
    Full(Bytes),
    /// A stream; the mutex is never locked, it makes the body `Sync`.
    Stream(Mutex<Pin<Box<dyn http_body::Body<Data = Bytes, Error = Error> + Send>>>),
    /// The body was closed.
    Closed,
}

impl Body {
    /// A body without bytes.
    #[must_use]
    pub fn empty() -> Body {
        Body::default()
    }

    /// A body of any `http_body::Body`, such as a tower service's.
    #[must_use]
    pub fn new<B>(body: B) -> Body
    where
        B: http_body::Body + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if body.is_end_stream() {
            return Body::empty();
        }
        let body = body.map_frame(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining())));
        Body::stream(body.map_err(|error| Error::from_boxed(error.into())))
    }

    /// A body of a stream of this crate's.
    pub(super) fn stream(stream: impl http_body::Body<Data = Bytes, Error = Error> + Send + 'static) -> Body {
        Body { source: Source::Stream(Mutex::new(Box::pin(stream))), ..Body::default() }
    }

    /// A body of what a reader yields.
    #[must_use]
    pub fn from_reader(reader: impl AsyncRead + Send + 'static) -> Body {
        Body::stream(Reader { reader: Box::pin(reader), buffer: vec![0; 16 * 1024] })
    }

    /// The next bytes; `None` at the end.
    pub async fn chunk(&mut self) -> Option<Result<Bytes, Error>> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// Reads some bytes into `buffer` and says how many; 0 at the end.
    ///
    /// # Go
    /// `body.Read(p)`, whose `io.EOF` is 0 here.
    pub async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        poll_fn(|cx| self.poll_read_some(cx, buffer)).await
    }

    /// Appends everything up to the end to `bytes`; what was read before an error stays there.
    pub async fn read_to_end(&mut self, bytes: &mut Vec<u8>) -> Result<usize, Error> {
        let before = bytes.len();
        while let Some(chunk) = self.chunk().await {
            bytes.extend_from_slice(&chunk?);
        }
        Ok(bytes.len() - before)
    }

    /// Everything up to the end.
    ///
    /// # Go
    /// `io.ReadAll(body)`
    pub async fn bytes(&mut self) -> Result<Bytes, Error> {
        let Some(first) = self.chunk().await else { return Ok(Bytes::new()) };
        let first = first?;
        let Some(second) = self.chunk().await else { return Ok(first) };
        let mut all = Vec::from(first);
        all.extend_from_slice(&second?);
        self.read_to_end(&mut all).await?;
        Ok(all.into())
    }

    /// Everything up to the end as text; what is not UTF-8 becomes U+FFFD.
    pub async fn text(&mut self) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(&self.bytes().await?).into_owned())
    }

    /// Everything up to the end as a value from JSON.
    ///
    /// # Go
    /// `json.NewDecoder(body).Decode(&v)`
    #[cfg(feature = "json")]
    pub async fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, Error> {
        let bytes = self.bytes().await?;
        serde_json::from_slice(&bytes).map_err(|error| Error::wrap("json", error))
    }

    /// Closes the body; a read after that is an error. The connection of a body that was read to its end is used again,
    /// another one is given up.
    ///
    /// # Go
    /// `body.Close()`
    pub fn close(&mut self) {
        self.source = Source::Closed;
        self.rest = Bytes::new();
    }

    /// How many bytes there are, if that is known.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        http_body::Body::size_hint(self).exact()
    }

    /// Whether it is known that there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The fields behind the body, once it was read to its end.
    #[must_use]
    pub fn trailer(&self) -> Option<&HeaderMap> {
        self.trailer.as_deref()
    }

    /// Takes the fields behind the body.
    pub(super) fn take_trailer(&mut self) -> Option<HeaderMap> {
        self.trailer.take().map(|trailer| *trailer)
    }

    /// The bytes of a body in memory, so that a request can be sent twice.
    pub(super) fn try_clone(&self) -> Option<Body> {
        match &self.source {
            Source::Empty if self.rest.is_empty() => Some(Body::empty()),
            Source::Full(bytes) if self.rest.is_empty() => Some(Body::from(bytes.clone())),
            _ => None,
        }
    }

    /// The next frame of the source.
    fn poll_source(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match &mut self.source {
            Source::Empty => Poll::Ready(None),
            Source::Closed => Poll::Ready(Some(Err(ERR_BODY_READ_AFTER_CLOSE))),
            Source::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                self.source = Source::Empty;
                Poll::Ready(if bytes.is_empty() { None } else { Some(Ok(Frame::data(bytes))) })
            }
            Source::Stream(stream) => {
                let stream = stream.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
                let frame = ready!(stream.as_mut().poll_frame(cx));
                if frame.is_none() {
                    self.source = Source::Empty;
                }
                Poll::Ready(frame)
            }
        }
    }

    /// The next bytes; the trailer is put aside.
    pub(super) fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(std::mem::take(&mut self.rest))));
        }
        loop {
            match ready!(self.poll_source(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) if bytes.is_empty() => {}
                    Ok(bytes) => return Poll::Ready(Some(Ok(bytes))),
                    Err(other) => self.trailer = other.into_trailers().ok().map(Box::new).or(self.trailer.take()),
                },
            }
        }
    }

    /// Reads some bytes.
    fn poll_read_some(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Result<usize, Error>> {
        if buffer.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if self.rest.is_empty() {
            match ready!(self.poll_chunk(cx)) {
                None => return Poll::Ready(Ok(0)),
                Some(chunk) => self.rest = chunk?,
            }
        }
        let count = buffer.len().min(self.rest.len());
        buffer[..count].copy_from_slice(&self.rest[..count]);
        self.rest.advance(count);
        Poll::Ready(Ok(count))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.rest)))));
        }
        self.poll_source(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
            && match &self.source {
                Source::Empty => true,
                Source::Full(bytes) => bytes.is_empty(),
                Source::Stream(_) | Source::Closed => false,
            }
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        match &self.source {
            Source::Empty | Source::Closed => SizeHint::with_exact(rest),
            Source::Full(bytes) => SizeHint::with_exact(rest + bytes.len() as u64),
            Source::Stream(stream) => {
                // Uncontended by construction: there is no shared access that locks.
                let hint = stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner).size_hint();
                match hint.exact() {
                    Some(exact) => SizeHint::with_exact(rest + exact),
                    None => SizeHint::default(),
                }
            }
        }
    }
}

impl futures_core::Stream for Body {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(cx)
    }
}

impl AsyncRead for Body {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let count = ready!(self.poll_read_some(cx, buf.initialize_unfilled()))?;
        buf.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl From<()> for Body {
    fn from((): ()) -> Body {
        Body::empty()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Body {
        if bytes.is_empty() { Body::empty() } else { Body { source: Source::Full(bytes), ..Body::default() } }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Body {
        Body::from(Bytes::from(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Body {
        Body::from(Bytes::from(text))
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Body {
        Body::from(Bytes::copy_from_slice(text.as_bytes()))
    }
}

impl From<&[u8]> for Body {
    fn from(bytes: &[u8]) -> Body {
        Body::from(Bytes::copy_from_slice(bytes))
    }
}

impl From<Option<Body>> for Body {
    /// `None` is Go's nil body.
    fn from(body: Option<Body>) -> Body {
        body.unwrap_or_default()
    }
}

/// A reader as a body.
struct Reader<R> {
    /// The reader.
    reader: Pin<Box<R>>,
    /// Where it reads to.
    buffer: Vec<u8>,
}

impl<R: AsyncRead> http_body::Body for Reader<R> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = self.get_mut();
        let mut buffer = ReadBuf::new(&mut this.buffer);
        match ready!(this.reader.as_mut().poll_read(cx, &mut buffer)) {
            Err(error) => Poll::Ready(Some(Err(Error::io("read", error)))),
            Ok(()) if buffer.filled().is_empty() => Poll::Ready(None),
            Ok(()) => Poll::Ready(Some(Ok(Frame::data(Bytes::copy_from_slice(buffer.filled()))))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body::Body as _;

    /// Polls a future that never waits.
    fn now<F: Future>(future: F) -> F::Output {
        let mut future = std::pin::pin!(future);
        match future.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("the future waits"),
        }
    }

    #[test]
    fn a_body_in_memory_is_read_in_every_way() {
        let mut body = Body::from("hello");
        assert_eq!(body.len(), Some(5));
        let mut buffer = [0; 2];
        assert_eq!(now(body.read(&mut buffer)).unwrap(), 2);
        assert_eq!((&buffer, body.len()), (b"he", Some(3)));
        assert_eq!(now(body.text()).unwrap(), "llo");
        assert_eq!(now(body.read(&mut buffer)).unwrap(), 0);
        assert!(now(body.chunk()).is_none() && body.is_end_stream());
        assert!(Body::from(None).is_empty() && Body::from(()).is_empty() && Body::from("").is_end_stream());
    }

    #[test]
    fn a_reader_is_a_body() {
        let mut body = Body::from_reader(&b"some bytes"[..]);
        assert_eq!(body.len(), None);
        assert_eq!(now(body.bytes()).unwrap(), "some bytes");
    }

    #[test]
    fn a_closed_body_cannot_be_read() {
        let mut body = Body::from("hello");
        body.close();
        assert_eq!(now(body.chunk()).unwrap().unwrap_err(), ERR_BODY_READ_AFTER_CLOSE);
    }

    #[test]
    fn the_trailer_is_kept() {
        let mut map = HeaderMap::new();
        map.insert("x-sum", ::http::HeaderValue::from_static("7"));
        let frames = vec![Ok::<_, Error>(Frame::data(Bytes::from("ab"))), Ok(Frame::trailers(map))];
        let mut body = Body::new(http_body_util::StreamBody::new(Listed { frames: frames.into() }));
        assert_eq!(now(body.text()).unwrap(), "ab");
        assert_eq!(body.trailer().unwrap()["x-sum"], "7");
    }

    /// A stream of a list.
    struct Listed<T> {
        frames: std::collections::VecDeque<T>,
    }

    impl<T: Unpin> futures_core::Stream for Listed<T> {
        type Item = T;
        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
            Poll::Ready(self.frames.pop_front())
        }
    }

    #[test]
    fn what_was_read_before_an_error_is_kept() {
        let frames = vec![Ok(Frame::data(Bytes::from("ab"))), Err(Error::new("broken"))];
        let mut body = Body::new(http_body_util::StreamBody::new(Listed { frames: frames.into() }));
        let mut bytes = Vec::new();
        assert_eq!(now(body.read_to_end(&mut bytes)).unwrap_err().to_string(), "broken");
        assert_eq!(bytes, b"ab");
    }
}
