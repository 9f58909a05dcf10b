//! The bytes of a connection, plain or encrypted: the server's and the client's.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection over the socket `S`.
#[derive(Debug)]
pub(super) enum Stream<S> {
    /// Plain.
    Plain(S),
    /// Encrypted.
    #[cfg(feature = "http-tls")]
    Tls(Box<tokio_rustls::TlsStream<S>>),
}

/// Calls a method of whichever stream it is.
macro_rules! each {
    ($self:expr, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Stream::Plain(stream) => {
                let $stream = Pin::new(stream);
                $call
            }
            #[cfg(feature = "http-tls")]
            Stream::Tls(stream) => {
                let $stream = Pin::new(&mut **stream);
                $call
            }
        }
    };
}

impl<S> Stream<S> {
    /// The socket.
    pub(super) fn socket(&self) -> &S {
        match self {
            Stream::Plain(socket) => socket,
            #[cfg(feature = "http-tls")]
            Stream::Tls(stream) => stream.get_ref().0,
        }
    }

    /// Whether both sides have agreed on HTTP/2 when they shook hands; `None` if they did not.
    pub(super) fn agreed_on_http2(&self) -> Option<bool> {
        match self {
            Stream::Plain(_) => None,
            #[cfg(feature = "http-tls")]
            Stream::Tls(stream) => Some(stream.get_ref().1.alpn_protocol() == Some(b"h2")),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_read(cx, buf))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        each!(self, stream => stream.poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_shutdown(cx))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        each!(self, stream => stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Stream::Plain(stream) => stream.is_write_vectored(),
            #[cfg(feature = "http-tls")]
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
