//! A connection's bytes: the socket, what was read ahead of hyper, and the deadlines.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::http::stream::Stream;
use crate::time::{self, Sleep};

/// How much is read ahead at a time.
const AHEAD: usize = 1024;
/// How much room there is for what comes next.
const NEXT: usize = 4096;
/// How much is put together for one write.
const TOGETHER: usize = 4096;

/// A time until which something must have happened.
#[derive(Default)]
pub(super) struct Deadline {
    /// The time.
    at: Option<Instant>,
    /// Wakes the connection at that time, or earlier.
    alarm: Option<Alarm>,
}

/// A timer and its time.
struct Alarm {
    /// When it fires.
    at: Instant,
    /// The timer.
    sleep: Pin<Box<Sleep>>,
}

impl Deadline {
    /// Sets the time; `None` for no deadline. The timer, if there is one, is left for the next look.
    pub(super) fn set(&mut self, after: Option<Duration>) {
        self.at = after.map(|after| Instant::now() + after);
    }

    /// Whether the time is over; if not, the task is woken when it is.
    pub(super) fn poll_over(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(at) = self.at else { return false };
        loop {
            let now = Instant::now();
            if now >= at {
                return true;
            }
            let alarm = match &mut self.alarm {
                // An earlier alarm is waited for and then set again: requests move the deadline without touching it.
                Some(alarm) if alarm.at <= at => alarm,
                slot => slot.insert(Alarm { at, sleep: Box::pin(time::sleep(at - now)) }),
            };
            match alarm.sleep.as_mut().poll(cx) {
                Poll::Pending => return false,
                Poll::Ready(()) => self.alarm = None,
            }
        }
    }
}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Deadline").field(&self.at).finish()
    }
}

/// A connection's socket and what belongs to it.
#[derive(Debug)]
pub(super) struct Io {
    /// The socket; gone once it was hijacked or closed.
    pub(super) stream: Option<Stream<TcpStream>>,
    /// What was read before hyper asked for it.
    pub(super) ahead: BytesMut,
    /// Whether the client has closed its side.
    pub(super) eof: bool,
    /// Whether the socket has taken all that it was last given, and the server's side is open.
    pub(super) is_quiet: bool,
    /// When the first byte of the current request came.
    pub(super) began: Option<Instant>,
    /// Until when something must have been read.
    pub(super) read_by: Deadline,
    /// Until when something must have been written.
    pub(super) write_by: Deadline,
}

/// What reading ahead has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    /// Bytes: the client has sent its next request already.
    Bytes,
    /// The client has closed its side, or the connection is broken.
    Gone,
}

impl Io {
    /// The socket of a connection.
    pub(super) fn new(stream: Stream<TcpStream>) -> Io {
        Io {
            stream: Some(stream),
            ahead: BytesMut::new(),
            eof: false,
            is_quiet: true,
            began: None,
            read_by: Deadline::default(),
            write_by: Deadline::default(),
        }
    }

    /// The socket.
    fn stream(&mut self) -> io::Result<Pin<&mut Stream<TcpStream>>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected))
    }

    /// Whether bytes have come that nobody has read yet, also if nobody has heard of them.
    pub(super) fn has_bytes(&self) -> bool {
        let Some(stream) = &self.stream else { return false };
        let mut byte = [std::mem::MaybeUninit::uninit()];
        !self.ahead.is_empty() || socket2::SockRef::from(stream.socket()).peek(&mut byte).is_ok_and(|count| count > 0)
    }

    /// Reads from what was read ahead, or from the socket; how many bytes.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<usize>> {
        if !self.ahead.is_empty() {
            let count = buf.remaining().min(self.ahead.len());
            buf.put_slice(&self.ahead[..count]);
            self.ahead.advance(count);
            return Poll::Ready(Ok(count));
        }
        if self.eof {
            return Poll::Ready(Ok(0));
        }
        let before = buf.filled().len();
        match self.stream()?.poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                let count = buf.filled().len() - before;
                self.eof = count == 0;
                Poll::Ready(Ok(count))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending if self.read_by.poll_over(cx) => Poll::Ready(Err(io::Error::from(io::ErrorKind::TimedOut))),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Reads what comes next behind what was read ahead; how many bytes.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.eof {
            return Poll::Ready(Ok(0));
        }
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(Err(io::Error::from(io::ErrorKind::NotConnected)));
        };
        self.ahead.reserve(NEXT);
        // Cancel safe: a poll that is not ready has read nothing.
        match pin!(stream.read_buf(&mut self.ahead)).poll(cx) {
            Poll::Ready(Ok(count)) => {
                self.eof = count == 0;
                Poll::Ready(Ok(count))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending if self.read_by.poll_over(cx) => Poll::Ready(Err(io::Error::from(io::ErrorKind::TimedOut))),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Reads ahead: ready once there are bytes, or the client has left.
    pub(super) fn poll_ahead(&mut self, cx: &mut Context<'_>) -> Poll<Ahead> {
        if self.eof {
            return Poll::Ready(Ahead::Gone);
        }
        if !self.ahead.is_empty() {
            return Poll::Ready(Ahead::Bytes);
        }
        self.poll_more(cx)
    }

    /// Reads ahead more than was.
    pub(super) fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Ahead> {
        let mut bytes = [std::mem::MaybeUninit::uninit(); AHEAD];
        let mut buffer = ReadBuf::uninit(&mut bytes);
        let before = self.ahead.split();
        let read = self.poll_read(cx, &mut buffer);
        self.ahead = before;
        match ready!(read) {
            Ok(0) | Err(_) => Poll::Ready(Ahead::Gone),
            Ok(_) => {
                self.ahead.extend_from_slice(buffer.filled());
                Poll::Ready(Ahead::Bytes)
            }
        }
    }

    /// Writes to the socket.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        // One write of small parts put together costs the system less than one of many parts.
        let total: usize = bufs.iter().map(|buf| buf.len()).sum();
        let written = if bufs.len() > 1 && total <= TOGETHER {
            let mut bytes = [std::mem::MaybeUninit::uninit(); TOGETHER];
            let mut together = ReadBuf::uninit(&mut bytes);
            bufs.iter().for_each(|buf| together.put_slice(buf));
            self.stream()?.poll_write(cx, together.filled())
        } else {
            self.stream()?.poll_write_vectored(cx, bufs)
        };
        self.is_quiet = matches!(written, Poll::Ready(Ok(count)) if count == total);
        match written {
            Poll::Pending if self.write_by.poll_over(cx) => Poll::Ready(Err(io::Error::from(io::ErrorKind::TimedOut))),
            written => written,
        }
    }

    /// Flushes the socket.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.stream()?.poll_flush(cx);
        self.is_quiet &= flushed.is_ready();
        match flushed {
            Poll::Pending if self.write_by.poll_over(cx) => Poll::Ready(Err(io::Error::from(io::ErrorKind::TimedOut))),
            flushed => flushed,
        }
    }

    /// Closes the server's side.
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.is_quiet = false;
        match self.stream()?.poll_shutdown(cx) {
            Poll::Pending if self.write_by.poll_over(cx) => Poll::Ready(Err(io::Error::from(io::ErrorKind::TimedOut))),
            closed => closed,
        }
    }
}
