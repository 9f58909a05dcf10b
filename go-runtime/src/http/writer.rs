//! What a handler answers with.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;

use ::http::StatusCode;
use ::http::header::HeaderMap;

use super::error::Error;
use super::exchange::Exchange;
use super::header::field;
use super::server::{Hijacked, hijack};
use crate::share::Share;

/// How much of a response may wait for the connection before [`ResponseWriter::send`] waits too.
const HIGH_WATER: usize = 64 * 1024;

/// A handler's way to answer: a handle, which clones and goroutines share.
///
/// Writing never waits: bytes go into a buffer, from where the connection takes them. The first 2048 are kept until the
/// handler returns, so that a small response is sent with its length; the type, if none is set, is told from the first
/// 512. A handler that writes much awaits [`flush`](ResponseWriter::flush) or writes with
/// [`send`](ResponseWriter::send), and so goes no faster than its client; the buffer of one that does not, grows.
///
/// It implements [`std::io::Write`], and has the methods that the macros need itself, so that `writeln!(w, ..)` works
/// with neither `mut` nor an import.
///
/// # Go
/// `http.ResponseWriter`, with what `http.Flusher` and `http.Hijacker` add.
///
/// # Examples
/// ```
/// use go::http::{self, Request, ResponseWriter};
///
/// async fn hello(w: ResponseWriter, r: Request) {
///     w.header().set("X-Path", &r.path());
///     w.write_header(201);
///     let _ = writeln!(w, "hello");
/// }
///
/// let recorder = http::httptest::Recorder::new();
/// # let _ = (hello, recorder);
/// ```
#[derive(Clone)]
pub struct ResponseWriter {
    /// The response.
    exchange: Arc<Exchange>,
}

impl ResponseWriter {
    /// The writer of a response.
    pub(super) fn new(exchange: Arc<Exchange>) -> ResponseWriter {
        ResponseWriter { exchange }
    }

    /// The response that it writes.
    pub(super) fn exchange(&self) -> &Arc<Exchange> {
        &self.exchange
    }

    /// The fields of the response's head. What is set after the head was decided, by
    /// [`write_header`](ResponseWriter::write_header) or the first write, can only become the trailer: the fields that
    /// the head's `Trailer` field has announced.
    ///
    /// # Go
    /// `w.Header()`
    #[must_use]
    pub fn header(&self) -> ResponseHeader<'_> {
        ResponseHeader { exchange: &self.exchange }
    }

    /// Decides the head: this status and the fields that are set now. Only the first call counts, and a write before it
    /// has decided for 200. A number that is not a status becomes 500.
    ///
    /// # Go
    /// `w.WriteHeader(status)`. Informational statuses (1xx) are not sent.
    pub fn write_header(&self, status: u16) {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if !status.is_informational() || status == StatusCode::SWITCHING_PROTOCOLS {
            self.exchange.write_header(status);
        }
    }

    /// The status, 0 until the head is decided.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.exchange.status().map_or(0, |status| status.as_u16())
    }

    /// How many bytes of body were written.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.exchange.written()
    }

    /// Adds to the body; says how many bytes, which is all of them.
    ///
    /// # Go
    /// `w.Write(p)`. While the connection has not noticed that the client has left, a write is no error.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.exchange.write(bytes)?;
        Ok(bytes.len())
    }

    /// Adds to the body.
    pub fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        Ok(self.exchange.write(bytes)?)
    }

    /// Adds a text to the body.
    ///
    /// # Go
    /// `io.WriteString(w, s)`
    pub fn write_str(&self, text: &str) -> io::Result<()> {
        self.write_all(text.as_bytes())
    }

    /// Adds a formatted text to the body; what `write!` and `writeln!` call.
    ///
    /// # Go
    /// `fmt.Fprintf(w, ...)`
    pub fn write_fmt(&self, arguments: fmt::Arguments<'_>) -> io::Result<()> {
        match arguments.as_str() {
            Some(text) => self.write_str(text),
            // One write for the whole text.
            None => self.write_str(&fmt::format(arguments)),
        }
    }

    /// Adds a value as JSON to the body, with a line break, and sets the content type if there is none.
    ///
    /// # Go
    /// `json.NewEncoder(w).Encode(v)`
    #[cfg(feature = "json")]
    pub fn json<T: serde::Serialize + ?Sized>(&self, value: &T) -> io::Result<()> {
        let mut text = serde_json::to_vec(value).map_err(io::Error::other)?;
        text.push(b'\n');
        self.exchange.with_header(|header| {
            header.entry(::http::header::CONTENT_TYPE).or_insert(::http::HeaderValue::from_static("application/json"));
        });
        self.write_all(&text)
    }

    /// Sends what was written, and waits until the connection has taken it: a client that reads slowly holds the handler
    /// up here.
    ///
    /// # Go
    /// `w.(http.Flusher).Flush()`
    ///
    /// # Cancel safety
    /// What was written is sent in any case.
    pub async fn flush(&self) -> Result<(), Error> {
        self.exchange.start_flush()?;
        poll_fn(|cx| self.exchange.poll_taken(cx, 0)).await
    }

    /// Adds to the body, and waits while more than 64 KiB wait for the connection.
    ///
    /// # Cancel safety
    /// The bytes are written in any case.
    pub async fn send(&self, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
        self.exchange.write(bytes.as_ref())?;
        poll_fn(|cx| self.exchange.poll_taken(cx, HIGH_WATER)).await
    }

    /// Copies a reader, such as a file or a request's body, to the body.
    ///
    /// # Go
    /// `io.Copy(w, reader)`
    pub async fn copy_from(&self, reader: impl tokio::io::AsyncRead) -> io::Result<u64> {
        let mut reader = std::pin::pin!(reader);
        let (mut buffer, mut total) = (vec![0; 16 * 1024], 0);
        loop {
            let count = tokio::io::AsyncReadExt::read(&mut reader, &mut buffer).await?;
            if count == 0 {
                return Ok(total);
            }
            self.send(&buffer[..count]).await?;
            total += count as u64;
        }
    }

    /// Takes the connection over from the server, which then knows nothing of it any more; only with HTTP/1, and only
    /// before the response has begun.
    ///
    /// # Go
    /// `w.(http.Hijacker).Hijack()`
    pub async fn hijack(&self) -> Result<Hijacked, Error> {
        hijack(&self.exchange).await
    }
}

/// `Write::flush` sends what was written without waiting.
impl io::Write for ResponseWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        ResponseWriter::write(self, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(self.exchange.start_flush()?)
    }
}

/// `Write::flush` sends what was written without waiting.
impl io::Write for &ResponseWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        ResponseWriter::write(self, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(self.exchange.start_flush()?)
    }
}

impl Share for ResponseWriter {
    fn share(&self) -> ResponseWriter {
        self.clone()
    }
}

impl fmt::Debug for ResponseWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseWriter")
            .field("status", &self.status())
            .field("written", &self.written())
            .finish_non_exhaustive()
    }
}

/// The fields of a response's head, see [`ResponseWriter::header`].
///
/// # Go
/// `http.Header`
pub struct ResponseHeader<'a> {
    /// The response.
    exchange: &'a Exchange,
}

impl ResponseHeader<'_> {
    /// Sets a field to one value.
    pub fn set(&self, name: &str, value: &str) {
        if let Some((name, value)) = field(name, value) {
            self.exchange.with_header(|header| header.insert(name, value));
        }
    }

    /// Adds a value to a field.
    pub fn add(&self, name: &str, value: &str) {
        if let Some((name, value)) = field(name, value) {
            self.exchange.with_header(|header| header.append(name, value));
        }
    }

    /// The first value of a field; empty if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> String {
        self.exchange.with_header(|header| {
            header.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
        })
    }

    /// Removes a field.
    pub fn del(&self, name: &str) {
        self.exchange.with_header(|header| header.remove(name));
    }

    /// Hands the `http` crate's map to `f`, which must not use the writer.
    pub fn with<R>(&self, f: impl FnOnce(&mut HeaderMap) -> R) -> R {
        self.exchange.with_header(f)
    }
}

impl fmt::Debug for ResponseHeader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.exchange.with_header(|header| header.fmt(f))
    }
}
