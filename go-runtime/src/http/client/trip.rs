//! A request's trip: from when it is sent until its response has arrived, or nobody waits for it any more.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::client::legacy::ResponseFuture;
use pin_project_lite::pin_project;

use super::failure;
use super::upload::Upload;
use crate::context::{self, Context, StopFunc};
use crate::http::error::{ERR_UNEXPECTED_EOF, Error};

/// How many frames of a body there may be that have arrived and nobody has read.
const FRAMES: usize = 4;

/// A request that is under way. Dropped before its end it is given up.
pub(super) struct Trip {
    /// What is sent.
    upload: Arc<Upload>,
    /// What arrives.
    state: Mutex<State>,
}

/// What a trip's owners share.
#[derive(Default)]
struct State {
    /// The body of the response: once its head is there, and until nobody wants it any more.
    incoming: Option<Incoming>,
    /// Whether the head of the response has been there.
    is_answered: bool,
    /// Whether the trip has come to its end, also if that is because it was given up.
    is_over: bool,
    /// Makes the request's context forget the trip.
    forget: Option<StopFunc>,
}

impl Trip {
    /// A request that is being sent.
    fn new(upload: Arc<Upload>) -> Trip {
        Trip { upload, state: Mutex::default() }
    }

    /// The state; nothing under the lock panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A context that is done ends the trip, also if nobody asks for the response's body.
    fn obey(self: &Arc<Trip>, ctx: &Context) {
        let trip = Arc::downgrade(self);
        let forget = context::after_func(ctx, move || {
            if let Some(trip) = trip.upgrade() {
                trip.give_up();
            }
        });
        self.state().forget = Some(forget);
    }

    /// The response has arrived to its end. A connection of HTTP/1 is the pool's again; if not all of the request is sent soon,
    /// it ends. Over HTTP/2, as in Go, a request is sent to its end all the same, if its response is kept.
    fn end(&self) {
        if self.upload.is_under_way() {
            return;
        }
        let Some(forget) = self.finish() else { return };
        self.upload.answer();
        if let Some(forget) = forget {
            forget();
        }
    }

    /// Nobody waits for the response any more: the request ends.
    pub(super) fn give_up(&self) {
        self.close(Upload::give_up);
    }

    /// Nobody is left who would wait for the response, or for the rest of it.
    fn leave(&self) {
        // hyper ends a connection whose response nobody reads, unless all of that has come.
        let is_answered = self.state().is_answered;
        self.close(if is_answered { Upload::leave } else { Upload::give_up });
    }

    /// The trip is over before its end, if it was not: `tell` says so to the request.
    fn close(&self, tell: fn(&Upload)) {
        let Some(forget) = self.finish() else { return };
        tell(&self.upload);
        // This ends a response over HTTP/2.
        let incoming = self.state().incoming.take();
        drop(incoming);
        if let Some(forget) = forget {
            forget();
        }
    }

    /// The trip is over: nothing if it was before, otherwise what makes its context forget it.
    fn finish(&self) -> Option<Option<StopFunc>> {
        let mut state = self.state();
        if std::mem::replace(&mut state.is_over, true) { None } else { Some(state.forget.take()) }
    }

    /// Asks what arrives for something.
    fn ask<T>(&self, ask: impl FnOnce(&Incoming) -> T) -> Option<T> {
        self.state().incoming.as_ref().map(ask)
    }
}

impl Drop for Trip {
    fn drop(&mut self) {
        self.leave();
    }
}

pin_project! {
    /// Waits for the head of a response.
    pub(super) struct Sending<F> {
        // The first to be dropped: the pool's future gives the connection back.
        trip: Option<Trip>,
        #[pin]
        answer: F,
    }
}

impl<F> Sending<F> {
    /// A request that is being sent.
    pub(super) fn new(upload: Arc<Upload>, answer: F) -> Sending<F> {
        Sending { trip: Some(Trip::new(upload)), answer }
    }
}

impl<F: Future<Output = <ResponseFuture as Future>::Output>> Future for Sending<F> {
    type Output = Result<::http::Response<Arriving>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.answer.poll(cx));
        let trip = this.trip.take().unwrap_or_else(|| Trip::new(Arc::default()));
        // Without a response the trip is dropped, and given up.
        Poll::Ready(match answer {
            Ok(response) => Ok(response.map(|incoming| Arriving::new(trip, incoming))),
            Err(error) => Err(failure::of_request(error)),
        })
    }
}

/// The body of a response that arrives.
pub(super) struct Arriving {
    /// The request, which ends with the body.
    trip: Arc<Trip>,
}

impl Arriving {
    /// A body that begins to arrive.
    fn new(trip: Trip, incoming: Incoming) -> Arriving {
        let mut state = trip.state();
        state.incoming = Some(incoming);
        state.is_answered = true;
        drop(state);
        Arriving { trip: Arc::new(trip) }
    }

    /// The body ends when the context is done; nothing is told to one that has arrived.
    pub(super) fn obey(&self, ctx: &Context) {
        if !self.is_end_stream() || self.trip.upload.is_under_way() {
            self.trip.obey(ctx);
        }
    }

    /// What the owner of the response keeps, so that the request is sent on after the body has arrived.
    pub(super) fn keep(&self) -> Option<Arc<Trip>> {
        self.trip.upload.is_under_way().then(|| Arc::clone(&self.trip))
    }

    /// Nobody waits for the body any more.
    pub(super) fn give_up(&self) {
        self.trip.give_up();
    }

    /// The next part.
    pub(super) fn poll_frame(&mut self, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        // Not under the lock: it wakes and is woken.
        let Some(mut incoming) = self.trip.state().incoming.take() else {
            return Poll::Ready(Some(Err(ERR_UNEXPECTED_EOF)));
        };
        // At the end hyper need not be asked, and may not have told it yet.
        let frame = if incoming.is_end_stream() { Poll::Ready(None) } else { Pin::new(&mut incoming).poll_frame(cx) };
        let is_end = incoming.is_end_stream() || matches!(frame, Poll::Ready(None));
        let mut state = self.trip.state();
        if is_end || !state.is_over {
            state.incoming = Some(incoming);
        }
        drop(state);
        if is_end {
            self.trip.end();
        } else if matches!(frame, Poll::Ready(Some(Err(_)))) {
            self.trip.give_up();
        }
        frame.map(|frame| frame.map(|frame| frame.map_err(failure::of_body)))
    }

    /// Whether there is no more.
    pub(super) fn is_end_stream(&self) -> bool {
        self.trip.ask(Incoming::is_end_stream).unwrap_or(true)
    }

    /// How much there is.
    pub(super) fn size_hint(&self) -> SizeHint {
        self.trip.ask(Incoming::size_hint).unwrap_or_default()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        // What has arrived as a whole lies here; its connection may have the next request already.
        let mut cx = TaskContext::from_waker(Waker::noop());
        for _ in 0..FRAMES {
            if self.trip.state().is_over {
                return;
            }
            match self.poll_frame(&mut cx) {
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(None) => return,
                Poll::Ready(Some(Err(_))) | Poll::Pending => break,
            }
        }
        // The trip may be kept for what is still sent; that goes on after a whole response only.
        if !self.is_end_stream() {
            self.trip.leave();
        }
    }
}
