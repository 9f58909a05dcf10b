//! A request while it is sent, and what ends it early.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::line::Line;
use super::task;
use crate::goroutine;
use crate::http::body::Body;
use crate::http::error::Error;

/// How much is handed to hyper at once, in bytes.
const PIECE: usize = 64 << 10;

/// The body of a request as hyper sends it. hyper asks it whether it is empty when it takes the request up, and drops it when
/// it has taken the last of it.
pub(super) struct Outgoing {
    /// The request, which has the program's body.
    upload: Arc<Upload>,
    /// What is left of a frame that was too long for one piece.
    rest: Bytes,
    /// Whether the program's body has no more.
    is_end: bool,
    /// How long the program's body is; hyper asks before the first frame.
    hint: SizeHint,
}

impl Outgoing {
    /// A body, and what its request knows of it.
    pub(super) fn new(body: Body) -> (Outgoing, Arc<Upload>) {
        let (is_end, hint) = (http_body::Body::is_end_stream(&body), http_body::Body::size_hint(&body));
        let upload = Arc::new(Upload { state: Mutex::new(State { body: Some(body), ..State::default() }) });
        (Outgoing { upload: Arc::clone(&upload), rest: Bytes::new(), is_end, hint }, upload)
    }

    /// The next frame.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let mut data = std::mem::take(&mut self.rest);
        if data.is_empty() {
            // Given up: the task that asks is woken, and ends. An error would tell an HTTP/2 server that something is broken.
            let Some(mut body) = self.upload.take_body() else { return Poll::Pending };
            let frame = http_body::Body::poll_frame(Pin::new(&mut body), cx);
            self.is_end = http_body::Body::is_end_stream(&body);
            self.upload.put_body(body);
            match ready!(frame).map(|frame| frame.map(Frame::into_data)) {
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
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        // Not while the program's body is asked, which may be anything, also a request of its own.
        self.upload.is_polled(false);
        let frame = self.poll_next(cx);
        self.upload.is_polled(true);
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.upload.take_up();
        self.rest.is_empty() && self.is_end
    }

    fn size_hint(&self) -> SizeHint {
        self.hint
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.upload.end();
    }
}

/// A request while it is sent, as the one who waits for its response, its body and the task that sends it know it.
#[derive(Default)]
pub(super) struct Upload {
    /// What they share.
    state: Mutex<State>,
}

/// How far a request is.
#[derive(Default)]
struct State {
    /// The program's body, while it is not asked for more: gone at once when nobody waits for the request any more, wherever
    /// hyper keeps that.
    body: Option<Body>,
    /// Whether hyper has taken the last of it, or does not want it any more.
    is_over: bool,
    /// Whether nobody waits for it any more.
    is_given_up: bool,
    /// The connection of HTTP/1 that has taken it up, and its number there.
    place: Option<(Line, u64)>,
    /// Wakes the task that sends it over HTTP/2.
    task: Option<Waker>,
    /// The goroutine that this is, or 0.
    owner: u64,
}

impl Upload {
    /// The state; nothing under the lock panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the program's body, to ask it for more.
    fn take_body(&self) -> Option<Body> {
        self.state().body.take()
    }

    /// Gives the program's body back.
    fn put_body(&self, body: Body) {
        let mut state = self.state();
        if !state.is_given_up {
            state.body = Some(body);
        }
    }

    /// hyper looks at it: the first time the connection takes it up.
    fn take_up(&self) {
        if self.state().place.is_some() {
            return;
        }
        let Some(line) = task::line() else { return };
        let number = line.take_up();
        let mut state = self.state();
        state.place = Some((line.clone(), number));
        let is_given_up = state.is_given_up;
        drop(state);
        if is_given_up {
            // Before hyper has looked.
            line.give_up(number);
        }
    }

    /// hyper asks for the next of its body, or has: what it starts then over HTTP/2 is the task that sends it.
    fn is_polled(self: &Arc<Upload>, has_been: bool) {
        if self.state().place.is_some() {
            return;
        }
        if has_been {
            task::sends(self);
        } else {
            task::sends_no_more(self);
        }
    }

    /// Its body is dropped.
    fn end(self: &Arc<Upload>) {
        let mut state = self.state();
        state.is_over = true;
        let (place, task, body) = (state.place.clone(), state.task.take(), state.body.take());
        drop(state);
        drop((task, body));
        match place {
            Some((line, number)) => line.end(number),
            None => task::sends_no_more(self),
        }
    }

    /// Whether hyper sends it over HTTP/2, and has not taken the last of it.
    pub(super) fn is_under_way(&self) -> bool {
        let state = self.state();
        !state.is_over && state.place.is_none()
    }

    /// Nobody waits for it any more: its connection of HTTP/1 ends, or the task that sends it over HTTP/2.
    pub(super) fn give_up(&self) {
        let mut state = self.state();
        state.is_given_up = true;
        let (place, task, body) = (state.place.clone(), state.task.take(), state.body.take());
        drop(state);
        if let Some(task) = task {
            task.wake();
        }
        if let Some((line, number)) = place {
            line.give_up(number);
        }
        drop(body);
    }

    /// Nobody reads the rest of its response.
    pub(super) fn leave(&self) {
        let place = self.state().place.clone();
        match place {
            Some((line, number)) => line.leave(number),
            None => self.give_up(),
        }
    }

    /// Its response is there as a whole.
    pub(super) fn answer(&self) {
        let place = self.state().place.clone();
        if let Some((line, number)) = place {
            line.answer(number);
        }
    }

    /// Whether nobody waits for it any more; the task that asks is woken then.
    pub(super) fn is_given_up(&self, cx: &Context<'_>) -> bool {
        let state = self.state();
        if state.is_given_up || (state.owner != 0 && state.owner == goroutine::owner_of(cx)) {
            return state.is_given_up;
        }
        drop(state);
        // Wakers are foreign code: none is made or dropped under the lock.
        let (waker, owner) = goroutine::waker_of(cx);
        let mut state = self.state();
        let before = state.task.replace(waker);
        state.owner = owner;
        let is_given_up = state.is_given_up;
        drop(state);
        drop(before);
        is_given_up
    }
}
