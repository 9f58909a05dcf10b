//! The body of a request while it is sent, and what ends it early.
//!
//! hyper goes on sending a body when nobody waits for the response any more, and it gives a connection to the next request
//! when the body is over and the response has arrived. Whether the body is over and whether its connection may be broken off
//! is therefore one question, asked under one lock: a connection that was broken off here can never have got another request.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use crate::goroutine;
use crate::http::body::Body;
use crate::http::error::Error;

/// How much is handed to hyper at once, in bytes: a body is over when hyper has taken the last of it.
const PIECE: usize = 64 << 10;

/// The body of a request as hyper sends it. hyper drops it when it has taken the last of it, and before it looks for the
/// next request.
pub(super) struct Outgoing {
    /// The program's.
    body: Body,
    /// What is left of a frame that was too long for one piece.
    rest: Bytes,
    /// What the request knows of it; nothing of a body that is over before it begins.
    upload: Option<Arc<Upload>>,
}

impl Outgoing {
    /// A body, and what its request knows of it.
    pub(super) fn new(body: Body) -> (Outgoing, Option<Arc<Upload>>) {
        let upload = if http_body::Body::is_end_stream(&body) { None } else { Some(Arc::default()) };
        (Outgoing { body, rest: Bytes::new(), upload: upload.clone() }, upload)
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(upload) = &self.upload {
            // Before the program's body is asked: who gives up later wakes this.
            upload.watch(cx)?;
        }
        let mut data = std::mem::take(&mut self.rest);
        if data.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)).map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(bytes))) => data = bytes,
                Some(Ok(Err(trailer))) => return Poll::Ready(Some(Ok(trailer))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        if data.len() > PIECE {
            self.rest = data.split_off(PIECE);
        }
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && http_body::Body::is_end_stream(&self.body)
    }

    // hyper asks before the first frame.
    fn size_hint(&self) -> SizeHint {
        http_body::Body::size_hint(&self.body)
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        if let Some(upload) = &self.upload {
            upload.state().is_over = true;
        }
    }
}

/// What a request knows of its body.
#[derive(Default)]
pub(super) struct Upload {
    /// Shared by the body and the request.
    state: Mutex<State>,
}

/// How far a body is.
#[derive(Default)]
struct State {
    /// Whether hyper has it all, or does not want it any more.
    is_over: bool,
    /// Whether it need not be sent any more.
    is_given_up: bool,
    /// Whoever sends it, while it waits for the program's body.
    sender: Option<Waker>,
}

impl Upload {
    /// The state; nothing under the lock panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is nothing left to end.
    pub(super) fn is_over(&self) -> bool {
        self.state().is_over
    }

    /// Ends the body unless it is over, and breaks its connection off then.
    pub(super) fn give_up(&self, break_off: impl FnOnce()) {
        let mut state = self.state();
        if state.is_over {
            return;
        }
        state.is_given_up = true;
        break_off();
        let sender = state.sender.take();
        drop(state);
        if let Some(waker) = sender {
            waker.wake();
        }
    }

    /// Leaves a waker for the one who gives up, or is the error if somebody has.
    fn watch(&self, cx: &Context<'_>) -> Result<(), Error> {
        // Wakers are foreign code: none is made or dropped under the lock.
        let waker = goroutine::waker_of(cx).0;
        let mut state = self.state();
        if state.is_given_up {
            return Err(Error::new("http: the request was given up"));
        }
        let before = state.sender.replace(waker);
        drop(state);
        drop(before);
        Ok(())
    }
}
