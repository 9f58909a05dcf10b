//! A connection as a stream of bytes: what hyper reads and writes, and what a handler that took it over does.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Conn, ConnState, HijackedConn, lock};
use crate::http::server::io::Io;

/// A connection as hyper reads and writes it.
pub(super) struct Wire {
    /// The connection.
    pub(super) conn: Arc<Conn>,
}

impl Wire {
    /// Notes that bytes have come: a request begins.
    fn bytes_came(&self, mut io: MutexGuard<'_, Io>) {
        let state = self.conn.state();
        if io.began.is_some() || !matches!(state, ConnState::New | ConnState::Idle) {
            return;
        }
        io.began = Some(Instant::now());
        let times = &self.conn.server.config().times;
        if times.any {
            io.read_by.set(times.header);
        }
        drop(io);
        self.conn.set_state(ConnState::Active);
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut io = lock(&self.conn.io);
        if std::task::ready!(io.poll_read(cx, buf))? > 0 {
            self.bytes_came(io);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        lock(&self.conn.io).poll_write(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        lock(&self.conn.io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        lock(&self.conn.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        lock(&self.conn.io).poll_write(cx, bufs)
    }
}

impl AsyncRead for HijackedConn {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.before.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let count = buf.remaining().min(self.before.len());
        buf.put_slice(&self.before.split_to(count));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for HijackedConn {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
