//! Plain requests with whole answers, served without hyper.
//!
//! Most requests leave nothing to decide, and most answers are there as a whole when their handler returns. Such an exchange
//! needs a parser and one write, and that is what it gets here. Everything else is hyper's: requests that are not plain (see
//! [`head`]), and answers that are sent in parts. Where an answer turns out to be such a one, its request goes back to where
//! it was read from, and hyper, which reads it once more, gets the exchange that is under way already.
//!
//! # Invariants
//! 1. No byte of an answer was sent when its exchange is handed to hyper.
//! 2. hyper hands the connection back only between two requests, see [`Conn::is_settled`].

use std::io::IoSlice;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

use super::head::{self, Begin, Most};
use super::serve::End;
use super::{CLOSE, Conn, HIJACK, SHUTDOWN, lock};
use crate::goroutine::{self, WaitReason};
use crate::http::exchange::{Respond, Whole};
use crate::http::server::requests::Requests;

/// How many steps are made before the others have their turn.
const STEPS: usize = 64;
/// How much room for an answer a connection keeps.
const KEPT: usize = 4096;

/// A connection while hyper is not needed.
pub(super) struct Direct<'a> {
    /// The connection.
    conn: &'a Arc<Conn>,
    /// Starts the handlers.
    requests: &'a Requests,
    /// How much a plain request is at most.
    most: Most,
    /// What is being done.
    stage: Stage,
    /// The answer's bytes.
    out: Vec<u8>,
}

/// What is being done.
enum Stage {
    /// A request is read.
    Read,
    /// A handler runs.
    Handle(Current),
    /// The answer is written and flushed.
    Write {
        /// How much of it is.
        done: usize,
        /// Whether the connection ends after it.
        is_last: bool,
    },
    /// The server's side is closed.
    Shutdown,
}

/// The exchange that is under way.
struct Current {
    /// Its answer.
    respond: Respond,
    /// The request as it was sent.
    raw: Bytes,
    /// Whether it has a body.
    has_body: bool,
    /// Whether the client wants the connection closed after it.
    is_last: bool,
}

/// What comes after a time without hyper.
pub(super) enum Next {
    /// The end.
    End(End),
    /// hyper.
    Hyper(Option<Begun>),
}

/// An exchange that hyper goes on with.
pub(super) struct Begun {
    /// Its answer.
    pub(super) respond: Respond,
    /// Whether the request has a body, which hyper is to skip.
    pub(super) has_body: bool,
}

impl<'a> Direct<'a> {
    /// A connection on which no request is being read.
    pub(super) fn new(conn: &'a Arc<Conn>, requests: &'a Requests) -> Direct<'a> {
        let config = conn.server.config();
        let most = Most::new(config.longest_head(), config.max_headers);
        Direct { conn, requests, most, stage: Stage::Read, out: Vec::new() }
    }

    /// Serves until hyper is needed. `io` is the context that the socket is polled with.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, io: &mut Context<'_>) -> Poll<Next> {
        self.conn.register(cx);
        for _ in 0..STEPS {
            let signals = self.conn.signals();
            if signals & CLOSE != 0 {
                return Poll::Ready(Next::End(End::Closed));
            }
            if signals & HIJACK != 0 {
                return Poll::Ready(Next::End(End::Hijacked));
            }
            let step = match &mut self.stage {
                Stage::Read => self.poll_read(io),
                Stage::Handle(_) => self.poll_handle(cx, io, signals),
                Stage::Write { .. } => self.poll_write(io),
                // The socket is dropped in any case.
                Stage::Shutdown => lock(&self.conn.io).poll_shutdown(io).map(|_| Some(Next::End(End::Done(Ok(()))))),
            };
            match step {
                Poll::Ready(None) => {}
                Poll::Ready(Some(next)) => return Poll::Ready(next),
                Poll::Pending => {
                    goroutine::park(WaitReason::Foreign, None);
                    return Poll::Pending;
                }
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Reads a request and starts its handler.
    fn poll_read(&mut self, io: &mut Context<'_>) -> Poll<Option<Next>> {
        let mut guard = lock(&self.conn.io);
        if !guard.ahead.is_empty() {
            match head::begin(&mut guard.ahead, self.most) {
                Begin::Part => {
                    // It may have come behind the request before, in one piece with it.
                    self.conn.bytes_came(guard);
                    guard = lock(&self.conn.io);
                }
                Begin::Other => return Poll::Ready(Some(Next::Hyper(None))),
                Begin::Plain(plain) => {
                    drop(guard);
                    let (raw, is_last, has_body) = (plain.raw.clone(), plain.is_last, !plain.body.is_empty());
                    let respond = self.requests.answer_plain(plain.method, plain.url, plain.header, plain.body);
                    self.stage = Stage::Handle(Current { respond, raw, has_body, is_last });
                    return Poll::Ready(None);
                }
            }
        }
        match guard.poll_next(io) {
            Poll::Ready(Ok(count)) if count > 0 => {
                self.conn.bytes_came(guard);
                Poll::Ready(None)
            }
            // The client has closed its side, or the connection is broken, or it is too late: hyper knows what that means.
            Poll::Ready(_) => Poll::Ready(Some(Next::Hyper(None))),
            Poll::Pending => {
                drop(guard);
                // After the read: what the client has sent before the shutdown is answered.
                if !self.conn.may_end() {
                    return Poll::Pending;
                }
                self.stage = Stage::Shutdown;
                Poll::Ready(None)
            }
        }
    }

    /// Waits for the answer.
    fn poll_handle(&mut self, cx: &mut Context<'_>, io: &mut Context<'_>, signals: u8) -> Poll<Option<Next>> {
        let Stage::Handle(current) = &mut self.stage else { return Poll::Ready(None) };
        let is_last = current.is_last || signals & SHUTDOWN != 0;
        match current.respond.poll_whole(cx, &mut self.out, is_last) {
            Poll::Pending => {
                self.conn.poll_watch(io);
                Poll::Pending
            }
            Poll::Ready(Whole::Written) => {
                self.stage = Stage::Write { done: 0, is_last };
                Poll::Ready(None)
            }
            Poll::Ready(Whole::Aborted) => Poll::Ready(Some(Next::End(End::Done(Ok(()))))),
            Poll::Ready(Whole::InParts) => {
                let Stage::Handle(current) = std::mem::replace(&mut self.stage, Stage::Read) else {
                    return Poll::Ready(None);
                };
                head::put_back(&mut lock(&self.conn.io).ahead, &current.raw);
                let begun = Begun { respond: current.respond, has_body: current.has_body };
                Poll::Ready(Some(Next::Hyper(Some(begun))))
            }
        }
    }

    /// Writes the answer and flushes it.
    fn poll_write(&mut self, io: &mut Context<'_>) -> Poll<Option<Next>> {
        let Stage::Write { done, is_last } = &mut self.stage else { return Poll::Ready(None) };
        let mut guard = lock(&self.conn.io);
        while *done < self.out.len() {
            match std::task::ready!(guard.poll_write(io, &[IoSlice::new(&self.out[*done..])])) {
                // There is nobody to tell; the handler has returned.
                Ok(0) | Err(_) => return Poll::Ready(Some(Next::End(End::Done(Ok(()))))),
                Ok(count) => *done += count,
            }
        }
        if std::task::ready!(guard.poll_flush(io)).is_err() {
            return Poll::Ready(Some(Next::End(End::Done(Ok(())))));
        }
        drop(guard);
        self.out.clear();
        self.out.shrink_to(KEPT);
        let is_last = *is_last;
        self.conn.response_done();
        self.stage = if is_last { Stage::Shutdown } else { Stage::Read };
        Poll::Ready(None)
    }
}
