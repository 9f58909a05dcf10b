//! The bytes of a connection as hyper reads and writes them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;

use super::dial::Ends;
use super::hook::Socket;
use super::line::Line;
use super::task;
use crate::http::stream::Stream;

/// How many bytes are put together for what takes one part at a time: a head and a small body.
const JOINED: usize = 8 << 10;

/// What hyper reads and writes, and asks for the connection's properties.
pub(super) struct Wire {
    /// The connection's bytes.
    io: TokioIo<Stream<Socket>>,
    /// Its ends.
    ends: Option<Ends>,
    /// Whether it leads to a proxy that is asked in whole URLs.
    is_proxied: bool,
    /// The connection as its requests see it; none of HTTP/2, which several are on at once.
    line: Option<Line>,
    /// How much of what hyper wants written is written, but not flushed yet.
    written: usize,
    /// Where parts are put together for what takes one at a time.
    joined: Vec<u8>,
}

impl Wire {
    /// A connection that was made; several requests are on a shared one at once.
    pub(super) fn new(stream: Stream<Socket>, ends: Option<Ends>, is_proxied: bool, is_shared: bool) -> Wire {
        let line = if is_shared { None } else { Some(Line::default()) };
        Wire { io: TokioIo::new(stream), ends, is_proxied, line, written: 0, joined: Vec::new() }
    }

    /// The task that polls this is the connection's.
    fn is_polled(&self) {
        if let Some(line) = &self.line {
            task::is_task_of(line);
        }
    }
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        let is_http2 = self.io.inner().agreed_on_http2() == Some(true);
        let mut connected = Connected::new().proxy(self.is_proxied);
        if let Some(ends) = self.ends {
            connected = connected.extra(ends);
        }
        if is_http2 { connected.negotiated_h2() } else { connected }
    }
}

impl hyper::rt::Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: hyper::rt::ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.is_polled();
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl hyper::rt::Write for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        hyper::rt::Write::poll_write(Pin::new(&mut self.io), cx, buf)
    }

    // hyper calls this when it has written everything that it has.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.is_polled();
        let flushed = hyper::rt::Write::poll_flush(Pin::new(&mut self.io), cx);
        if let (Some(line), Poll::Ready(Ok(()))) = (&self.line, &flushed) {
            line.flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Nothing is left to say but TLS's goodbye, and that waits for no server that does not read: the connection ends.
        match hyper::rt::Write::poll_shutdown(Pin::new(&mut self.io), cx) {
            Poll::Pending => Poll::Ready(Ok(())),
            closed => closed,
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wire = &mut *self;
        let mut io = Pin::new(&mut wire.io);
        if wire.line.is_none() {
            return hyper::rt::Write::poll_write_vectored(io, cx, bufs);
        }
        if wire.written == 0 {
            let written = if io.is_write_vectored() {
                io.as_mut().poll_write_vectored(cx, bufs)
            } else {
                hyper::rt::Write::poll_write(io.as_mut(), cx, join(&mut wire.joined, bufs))
            };
            wire.written = ready!(written)?;
        }
        // hyper takes up a request when it has written the body before, of which TLS may have kept something back. What is
        // not flushed is not written yet: hyper comes again with the same.
        ready!(hyper::rt::Write::poll_flush(io, cx))?;
        Poll::Ready(Ok(std::mem::take(&mut wire.written)))
    }

    // Otherwise hyper takes up a request behind a body that is not written.
    fn is_write_vectored(&self) -> bool {
        self.line.is_some() || self.io.is_write_vectored()
    }
}

/// The first parts as one, unless the first one is large enough.
fn join<'a>(joined: &'a mut Vec<u8>, parts: &'a [io::IoSlice<'_>]) -> &'a [u8] {
    let mut parts = parts.iter().filter(|part| !part.is_empty());
    let Some(first) = parts.next() else { return &[] };
    if first.len() >= JOINED {
        return first;
    }
    joined.clear();
    joined.extend_from_slice(first);
    for part in parts {
        let room = JOINED - joined.len();
        joined.extend_from_slice(&part[..part.len().min(room)]);
    }
    joined
}
