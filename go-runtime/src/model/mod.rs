//! Models of the core under loom: every interleaving of two or three threads, up to a bound on preemptions.
//!
//! ```text
//! RUSTFLAGS="--cfg go_loom" cargo test -p go-runtime --lib --release model
//! ```
//!
//! A lost wake-up shows as loom's "deadlock", a broken hand-over of a waker or a value as its "causality violation", and
//! a lost or doubled value by the models' own counting. The whole takes a quarter of a minute.

mod busy;
mod cancel;
mod chan;
mod close;
mod context;
mod gate;
mod locks;
mod monitor;
mod section;
mod select;
mod signs;
mod stream;
mod task;
mod waiter;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use futures_core::Stream;
use loom::sync::Notify;

use crate::chan::Receiver;

/// Explores `model` with at most `preemptions` switches away from a thread that could have gone on.
fn explore(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

/// A model's thread, as a waker sees it.
struct Bell {
    /// loom's event.
    notify: Notify,
}

impl Wake for Bell {
    fn wake(self: Arc<Bell>) {
        self.notify.notify();
    }

    fn wake_by_ref(self: &Arc<Bell>) {
        self.notify.notify();
    }
}

/// A bell and a waker that rings it.
fn bell() -> (Arc<Bell>, Waker) {
    let bell = Arc::new(Bell { notify: Notify::new() });
    let waker = Waker::from(Arc::clone(&bell));
    (bell, waker)
}

/// Runs `future` to its end on this thread of the model.
fn block_on<F: Future>(future: F) -> F::Output {
    let (bell, waker) = bell();
    let mut future = Box::pin(future);
    loop {
        match poll_with(future.as_mut(), &waker) {
            Poll::Ready(output) => return output,
            Poll::Pending => bell.notify.wait(),
        }
    }
}

/// As [`block_on`], with a fresh waker for each poll, as an executor that moves a future about has: so the future has to
/// put another waker in place while its peers come by.
fn block_on_changing<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    loop {
        let (_, first) = bell();
        let (second_bell, second) = bell();
        if let Poll::Ready(output) = poll_with(future.as_mut(), &first) {
            return output;
        }
        // Nobody waits for the first bell: whoever rings it before the second waker is in place must be noticed here.
        match poll_with(future.as_mut(), &second) {
            Poll::Ready(output) => return output,
            Poll::Pending => second_bell.notify.wait(),
        }
    }
}

/// Polls once.
fn poll_with<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

/// A future on the heap that was polled once and has to wait.
fn parked<F: Future>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    assert!(poll_with(future.as_mut(), Waker::noop()).is_pending());
    future
}

/// The next item of `stream`.
fn next(stream: &mut Receiver<u32>) -> impl Future<Output = Option<u32>> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx))
}

/// Polls once with a waker that does nothing, and drops the future if it is not ready.
fn poll_and_drop<F: Future>(future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    match poll_with(future.as_mut(), Waker::noop()) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
