//! A request's trip: from when it is sent until its response has arrived, or nobody waits for it any more.
//!
//! A trip that is given up breaks its connection off. hyper and the pool give connections to the next request as soon as a
//! response has arrived and its request was sent, whether somebody has read it or not; so one that may have got another
//! request must not be broken off any more.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::client::legacy::ResponseFuture;
use hyper_util::client::legacy::connect::CaptureConnection;
use pin_project_lite::pin_project;

use super::dial::Breaker;
use super::failure;
use super::upload::Upload;
use crate::http::error::Error;
use crate::time::{self, Duration};

/// How many frames of a body there may be that have arrived and nobody has read.
const FRAMES: usize = 4;
/// How long a request's body is sent on after the response has arrived to its end; Go's.
const GRACE: Duration = Duration::from_millis(50);

/// A request that is under way. Dropped before its end it breaks its connection off.
struct Trip {
    /// The connection, until the end.
    connection: Option<CaptureConnection>,
    /// Its body, until it has gone out; none if there is nothing to send.
    upload: Option<Arc<Upload>>,
    /// Whether the head of the response is there. Before it is, the pool does not have the connection back. After that hyper
    /// ends a connection whose response nobody reads, unless all of it has arrived, and then it may have the next request
    /// before anybody here knows. What hyper does not end then is a request of which it has not sent everything.
    is_answered: bool,
}

impl Trip {
    /// The response has arrived to its end, and the connection is the pool's again. If not all of the request's body is sent
    /// soon, it is given up.
    fn end(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if let Some(upload) = self.upload.take()
            && !upload.is_over()
        {
            time::after_func(GRACE, move || upload.give_up(|| break_off(&connection)));
        }
    }
}

impl Drop for Trip {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if !self.is_answered {
            break_off(&connection);
        }
        if let Some(upload) = &self.upload {
            upload.give_up(|| break_off(&connection));
        }
    }
}

/// Breaks a connection off. One that is shared, as HTTP/2's is, stays: the end of its body or of its response ends a request.
fn break_off(connection: &CaptureConnection) {
    let mut extras = ::http::Extensions::new();
    if let Some(connected) = connection.connection_metadata().as_ref() {
        connected.get_extras(&mut extras);
    }
    if let Some(breaker) = extras.get::<Breaker>() {
        breaker.break_off();
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
    /// A request that is being sent on a connection.
    pub(super) fn new(connection: CaptureConnection, upload: Option<Arc<Upload>>, answer: F) -> Sending<F> {
        Sending { trip: Some(Trip { connection: Some(connection), upload, is_answered: false }), answer }
    }
}

impl<F: Future<Output = <ResponseFuture as Future>::Output>> Future for Sending<F> {
    type Output = Result<::http::Response<Arriving>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.answer.poll(cx));
        let before = this.trip.take();
        let mut trip = before.unwrap_or(Trip { connection: None, upload: None, is_answered: true });
        Poll::Ready(match answer {
            Ok(response) => {
                trip.is_answered = true;
                Ok(response.map(|incoming| Arriving { trip, incoming }))
            }
            Err(error) => {
                // hyper has ended the connection.
                trip.connection = None;
                Err(failure::of_request(error))
            }
        })
    }
}

/// The body of a response that arrives.
pub(super) struct Arriving {
    /// The request, which ends with the body. The first to be dropped: hyper's body gives the connection back.
    trip: Trip,
    /// hyper's.
    incoming: Incoming,
}

impl Arriving {
    /// The next part.
    pub(super) fn poll_frame(&mut self, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.incoming.is_end_stream() {
            // hyper need not be asked, and may not have told it yet.
            self.trip.end();
            return Poll::Ready(None);
        }
        let frame = ready!(Pin::new(&mut self.incoming).poll_frame(cx));
        if frame.is_none() || self.incoming.is_end_stream() {
            self.trip.end();
        }
        Poll::Ready(frame.map(|frame| frame.map_err(failure::of_body)))
    }

    /// Whether there is no more.
    pub(super) fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    /// How much there is.
    pub(super) fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        // What has arrived as a whole lies here; its connection may have the next request already.
        let mut cx = TaskContext::from_waker(Waker::noop());
        for _ in 0..FRAMES {
            if self.trip.connection.is_none() || !matches!(self.poll_frame(&mut cx), Poll::Ready(Some(Ok(_)))) {
                return;
            }
        }
    }
}
