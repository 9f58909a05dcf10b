//! hyper's own tasks as goroutines, which requests can end: the connection of HTTP/1 that carries one, and the task that
//! sends the body of one over HTTP/2.

use std::cell::RefCell;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::line::{Fate, Line};
use super::upload::Upload;
use crate::rt::Spawner;
use crate::time::{self, Duration, Sleep};

/// What the tasks are called.
const NAME: &str = "net/http.(*persistConn).readLoop";
/// How long a request is sent on after its response has arrived to its end; Go's.
const GRACE: Duration = Duration::from_millis(50);

/// Starts the tasks of the pool and of hyper.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tasks;

impl<F> hyper::rt::Executor<F> for Tasks
where
    F: Future + Send + 'static,
{
    fn execute(&self, future: F) {
        // hyper begins to send a body over HTTP/2 where it is, and starts a task for it when that has to wait.
        let upload = RUNNING.with_borrow_mut(|running| running.waits.take());
        let task = Task { line: None, upload, grace: None, future };
        Spawner::current().spawn(NAME, Location::caller(), task);
    }
}

/// What the task that is being polled on this thread does.
#[derive(Default)]
struct Running {
    /// The connection that it is.
    line: Option<Line>,
    /// The body that waits in it, or will have a task of its own.
    waits: Option<Arc<Upload>>,
}

thread_local! {
    /// What the task does that is being polled on this thread.
    static RUNNING: RefCell<Running> = RefCell::default();
}

/// The connection whose task is being polled; none if that is no task of a connection of HTTP/1.
pub(super) fn line() -> Option<Line> {
    RUNNING.with_borrow(|running| running.line.clone())
}

/// The task that is being polled is the one of `line`.
pub(super) fn is_task_of(line: &Line) {
    RUNNING.with_borrow_mut(|running| {
        if running.line.is_none() {
            running.line = Some(line.clone());
        }
    });
}

/// A body is being sent by the task that is polled.
pub(super) fn sends(upload: &Arc<Upload>) {
    let before = RUNNING.with_borrow_mut(|running| running.waits.replace(Arc::clone(upload)));
    drop(before);
}

/// A body is no longer sent.
pub(super) fn sends_no_more(upload: &Arc<Upload>) {
    // Bodies are also dropped at the end of a thread.
    let before = RUNNING.try_with(|running| running.borrow_mut().waits.take_if(|waits| Arc::ptr_eq(waits, upload)));
    drop(before);
}

/// What another task on this thread does, which polls this one or is not polled now: put back at the end.
struct Outer {
    /// That.
    running: Running,
}

impl Outer {
    /// Begins a task's turn.
    fn begin(line: Option<Line>) -> Outer {
        Outer { running: RUNNING.replace(Running { line, waits: None }) }
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        let ended = RUNNING.replace(std::mem::take(&mut self.running));
        drop(ended);
    }
}

pin_project! {
    /// A task of hyper's or of the pool's, until it ends or is ended.
    struct Task<F> {
        // The connection that it turned out to be.
        line: Option<Line>,
        // The body that it sends.
        upload: Option<Arc<Upload>>,
        // How long the connection waits for the rest of a request, and which.
        grace: Option<(u64, Pin<Box<Sleep>>)>,
        #[pin]
        future: F,
    }
}

/// Whether a connection ends now.
fn ends(line: &Line, grace: &mut Option<(u64, Pin<Box<Sleep>>)>, cx: &mut Context<'_>) -> bool {
    match line.fate(cx) {
        Fate::Open => {
            *grace = None;
            false
        }
        Fate::Waits(number) => {
            if grace.as_ref().is_none_or(|(of, _)| *of != number) {
                *grace = Some((number, Box::pin(time::sleep(GRACE))));
            }
            grace.as_mut().is_some_and(|(_, sleep)| sleep.as_mut().poll(cx).is_ready())
        }
        Fate::Ends => true,
    }
}

impl<F: Future> Future for Task<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let polled = self.as_mut().poll_on(cx);
        if polled.is_ready()
            && let Some(line) = self.project().line
        {
            line.forget();
        }
        polled
    }
}

impl<F: Future> Task<F> {
    /// Polls it, unless it is to end.
    fn poll_on(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        // What has ended is dropped with the future: a connection's bytes, the stream of a body.
        if this.upload.as_ref().is_some_and(|upload| upload.is_given_up(cx)) {
            return Poll::Ready(());
        }
        if this.line.as_ref().is_some_and(|line| ends(line, this.grace, cx)) {
            return Poll::Ready(());
        }
        let is_known = this.line.is_some();
        let outer = Outer::begin(this.line.take());
        let polled = this.future.poll(cx);
        *this.line = RUNNING.with_borrow_mut(|running| running.line.take());
        drop(outer);
        if polled.is_ready() {
            return Poll::Ready(());
        }
        match this.line {
            Some(line) if !is_known && ends(line, this.grace, cx) => Poll::Ready(()),
            _ => Poll::Pending,
        }
    }
}
