//! How a connection is served: plainly where that is enough, by hyper, or by hyper as HTTP/2.

use std::future::poll_fn;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper_util::rt::TokioIo;

use super::direct::{Begun, Direct, Next};
use super::head::put_back;
use super::wire::Wire;
use super::{
    ABORTED, CLOSE, Conn, ConnState, HIJACK, HasBody, Hijacked, HijackedConn, OUTLIVED, SHUTDOWN, WATCH, lock,
};
use crate::goroutine::{self, WaitReason};
use crate::http::server::io::Ahead;
use crate::http::server::requests::Requests;
use crate::http::stream::Stream;
use crate::rt::Spawner;
use crate::time;

/// How long a connection is read on after an answer that left bytes unread, so that the client gets the answer.
const LINGER: time::Duration = time::Duration::from_millis(500);
/// How long a connection on which nothing has come may delay a shutdown.
const NEW_GRACE: time::Duration = time::Duration::from_secs(5);
/// How an HTTP/2 connection begins.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How the serving of a connection ends.
pub(super) enum End {
    /// It is over; an error is hyper's.
    Done(Result<(), hyper::Error>),
    /// The server is closed.
    Closed,
    /// A handler has taken it over.
    Hijacked,
}

impl Conn {
    /// Serves the connection until it ends.
    pub(in crate::http::server) async fn serve(self: Arc<Conn>) {
        let end = if self.is_http2_connection().await { self.serve_http2().await } else { self.serve_http1().await };
        // hyper tells those that have not sent their response; this one has. Nobody looks any more whether its client leaves.
        if self.is_outlived() {
            let outliving = lock(&self.current).take();
            if let Some(exchange) = outliving {
                exchange.gone();
            }
        }
        if let End::Done(result) = end {
            let is_wrong = result.as_ref().is_err_and(hyper::Error::is_parse);
            // A client of HTTP/2 may have sent more requests, which nobody takes up.
            let is_http2 = self.is_http2.load(Ordering::Relaxed);
            if is_wrong || is_http2 || self.unread.load(Ordering::Relaxed) {
                self.linger().await;
            }
        }
        // Who waits for the connection waits in vain.
        if let Some(hijacker) = lock(&self.hijacker).take() {
            hijacker.close();
        }
        let stream = lock(&self.io).stream.take();
        drop(stream);
        self.release();
    }

    /// Whether the client speaks HTTP/2; only asked where the server allows it.
    async fn is_http2_connection(&self) -> bool {
        if let Some(agreed) = lock(&self.io).stream.as_ref().and_then(Stream::agreed_on_http2) {
            return agreed;
        }
        if !self.server.config().unencrypted_http2 {
            return false;
        }
        poll_fn(|cx| {
            self.register(cx);
            if self.signals() & CLOSE != 0 {
                return Poll::Ready(false);
            }
            let mut io = lock(&self.io);
            loop {
                let known = io.ahead.len().min(HTTP2_PREFACE.len());
                if io.ahead[..known] != HTTP2_PREFACE[..known] {
                    return Poll::Ready(false);
                }
                if known == HTTP2_PREFACE.len() {
                    return Poll::Ready(true);
                }
                match io.poll_more(cx) {
                    Poll::Ready(Ahead::Bytes) => {}
                    Poll::Ready(Ahead::Gone) => return Poll::Ready(false),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await
    }

    /// The connection as hyper reads and writes it.
    fn wire(self: &Arc<Conn>) -> TokioIo<Wire> {
        TokioIo::new(Wire { conn: Arc::clone(self) })
    }

    /// Serves HTTP/1.
    async fn serve_http1(self: &Arc<Conn>) -> End {
        let config = self.server.config();
        if config.times.any {
            lock(&self.io).read_by.set(config.times.header);
        }
        let requests = Requests::new(Arc::clone(self));
        loop {
            let mut begun = None;
            if config.keep_alive {
                match self.serve_directly(&requests).await {
                    Next::Hyper(exchange) => begun = exchange,
                    Next::End(end) => {
                        if let End::Hijacked = end {
                            self.hand_over(Bytes::new());
                        }
                        return end;
                    }
                }
            }
            if let Some(end) = self.serve_by_hyper(&requests, begun).await {
                return end;
            }
        }
    }

    /// Serves HTTP/1 until hyper is needed.
    async fn serve_directly(self: &Arc<Conn>, requests: &Requests) -> Next {
        let mut direct = Direct::new(self, requests);
        // Whoever waits for the socket takes a clone of a waker, and a clone of this one costs less than one of the
        // goroutine's own.
        let mut waker = None;
        poll_fn(|cx| {
            let waker = waker.get_or_insert_with(|| cx.waker().clone());
            direct.poll(cx, &mut Context::from_waker(waker))
        })
        .await
    }

    /// Serves HTTP/1 by hyper, from the exchange that is under way, if there is one, until the connection ends or can be
    /// served without hyper again.
    async fn serve_by_hyper(self: &Arc<Conn>, requests: &Requests, begun: Option<Begun>) -> Option<End> {
        let config = self.server.config();
        if let Some(begun) = begun {
            self.in_body.set(if begun.has_body { HasBody::Plain } else { HasBody::No });
            requests.resume(begun.respond);
        }
        let mut hyper = config.http1.serve_connection(self.wire(), requests);
        let mut is_ending = false;
        let end = poll_fn(|cx| {
            self.register(cx);
            loop {
                if self.signals() & CLOSE != 0 {
                    return Poll::Ready(Some(End::Closed));
                }
                if self.signals() & HIJACK != 0 {
                    return Poll::Ready(Some(End::Hijacked));
                }
                // Whether or not: a handler that has ended meanwhile makes room for the next one.
                self.is_outlived();
                if let Poll::Ready(result) = Pin::new(&mut hyper).poll(cx) {
                    return Poll::Ready(Some(End::Done(result)));
                }
                // After the poll: what the client has sent before the shutdown is answered.
                if is_ending || !self.may_end() {
                    break;
                }
                is_ending = true;
                Pin::new(&mut hyper).graceful_shutdown();
            }
            if config.keep_alive && !is_ending && self.is_settled() {
                return Poll::Ready(None);
            }
            self.poll_watch(cx);
            goroutine::park(WaitReason::Foreign, None);
            Poll::Pending
        })
        .await;
        match end {
            Some(End::Hijacked) => self.hand_over(hyper.into_parts().read_buf),
            Some(_) => {}
            None => {
                let read = hyper.into_parts().read_buf;
                if !read.is_empty() {
                    put_back(&mut lock(&self.io).ahead, &read);
                }
            }
        }
        end
    }

    /// Whether hyper, which waits, is between two requests: the last one was read to its end and its answer is written, and
    /// no other was read. What hyper has read beyond it, it gives back.
    fn is_settled(&self) -> bool {
        // hyper's poll flushes at its end, and so has, unless the socket took less than it was given.
        self.state() == ConnState::Idle
            && !self.in_body.is_some()
            && !self.is_next_read.load(Ordering::Relaxed)
            && lock(&self.io).is_quiet
    }

    /// Serves HTTP/2.
    async fn serve_http2(self: &Arc<Conn>) -> End {
        self.is_http2.store(true, Ordering::Relaxed);
        self.set_state(ConnState::Active);
        let service = Requests::new(Arc::clone(self));
        let config = self.server.config();
        let mut hyper = std::pin::pin!(config.http2.serve_connection(self.wire(), service));
        let mut is_ending = false;
        poll_fn(|cx| {
            self.register(cx);
            loop {
                if self.signals() & CLOSE != 0 {
                    return Poll::Ready(End::Closed);
                }
                if let Poll::Ready(result) = hyper.as_mut().poll(cx) {
                    return Poll::Ready(End::Done(result));
                }
                if is_ending || !self.may_end() {
                    break;
                }
                is_ending = true;
                hyper.as_mut().graceful_shutdown();
            }
            goroutine::park(WaitReason::Foreign, None);
            Poll::Pending
        })
        .await
    }

    /// Whether the server shuts down and the connection may end. One on which nothing has come yet gets some time: its
    /// request may be on the way. One that waits for its next request looks whether that has come, unheard of.
    pub(super) fn may_end(&self) -> bool {
        let signals = self.signals();
        if signals & (SHUTDOWN | ABORTED) == 0 {
            return false;
        }
        match self.state() {
            ConnState::New => self.since.elapsed() >= NEW_GRACE,
            ConnState::Idle => !lock(&self.io).has_bytes(),
            _ => true,
        }
    }

    /// Reads ahead while a request is answered; a client that has left cancels the request's context.
    pub(super) fn poll_watch(&self, cx: &mut Context<'_>) {
        if self.watch.load(Ordering::Acquire) & WATCH != WATCH {
            return;
        }
        let found = lock(&self.io).poll_ahead(cx);
        let Poll::Ready(found) = found else { return };
        // What has come is the next request. Nothing more is read until it is its turn.
        let before = self.watch.fetch_and(!WATCH, Ordering::AcqRel);
        if before & OUTLIVED != 0 {
            // Its turn is now: hyper reads it while the handler of the one before still runs.
            cx.waker().wake_by_ref();
        }
        if found == Ahead::Gone {
            let current = lock(&self.current).clone();
            if let Some(exchange) = current {
                exchange.client_left();
            }
        }
    }

    /// Reads on for a while after the server's side was closed: closing a socket with unread bytes would reset it, and
    /// the client might lose the answer.
    async fn linger(&self) {
        let mut timeout = std::pin::pin!(time::sleep(LINGER));
        poll_fn(|cx| {
            if timeout.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            let mut io = lock(&self.io);
            io.read_by.set(None);
            loop {
                io.ahead.clear();
                match io.poll_ahead(cx) {
                    Poll::Ready(Ahead::Bytes) => {}
                    Poll::Ready(Ahead::Gone) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await;
    }

    /// Gives the connection to the handler that takes it over.
    fn hand_over(&self, read: Bytes) {
        let Some(hijacker) = lock(&self.hijacker).take() else { return };
        self.set_state(ConnState::Hijacked);
        let taken = {
            let mut io = lock(&self.io);
            let mut before = bytes::BytesMut::from(&read[..]);
            before.extend_from_slice(&io.ahead.split());
            io.stream.take().map(|stream| HijackedConn { before: before.freeze(), stream })
        };
        if let Some(conn) = taken {
            // The channel has room for it.
            let _ = hijacker.try_send(Hijacked { conn, info: self.info });
        }
    }
}

/// Starts hyper's own tasks, for HTTP/2 streams, as goroutines.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Goroutines {
    /// What they are called.
    pub(in crate::http) name: &'static str,
}

impl<F> hyper::rt::Executor<F> for Goroutines
where
    F: Future + Send + 'static,
{
    fn execute(&self, future: F) {
        Spawner::current().spawn(self.name, Location::caller(), async move {
            future.await;
        });
    }
}
