//! Polling by hand, for the unit tests: no runtime, every step in the order written.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Wake, Waker};

use crate::texts::Error;

/// Counts how often it was woken.
#[derive(Default)]
pub(crate) struct Count {
    /// The number of wakes.
    pub(crate) wakes: AtomicUsize,
}

impl Wake for Count {
    fn wake(self: Arc<Count>) {
        self.wakes.fetch_add(1, Ordering::Relaxed);
    }
}

/// A future on the heap and the waker it is polled with.
pub(crate) struct Task<F: Future> {
    /// The future.
    future: Pin<Box<F>>,
    /// Counts the wakes.
    pub(crate) count: Arc<Count>,
}

impl<F: Future> Task<F> {
    /// A task that was polled once and has to wait.
    #[track_caller]
    pub(crate) fn parked(future: F) -> Task<F> {
        let mut task = Task { future: Box::pin(future), count: Arc::default() };
        assert!(task.poll().is_pending(), "the operation should have had to wait");
        task
    }

    /// Polls once.
    pub(crate) fn poll(&mut self) -> Poll<F::Output> {
        let waker = Waker::from(Arc::clone(&self.count));
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Polls once with a new waker, whose wakes count from now on.
    pub(crate) fn poll_elsewhere(&mut self) -> Poll<F::Output> {
        self.count = Arc::default();
        self.poll()
    }

    /// How often it was woken.
    pub(crate) fn wakes(&self) -> usize {
        self.count.wakes.load(Ordering::Relaxed)
    }
}

/// The output of a future that needs no waiting.
#[track_caller]
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match Box::pin(future).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the operation should not have had to wait"),
    }
}

/// The run-time error of Go's that `f` panics with.
#[track_caller]
pub(crate) fn error_of<R>(f: impl FnOnce() -> R) -> Error {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(_) => panic!("no panic"),
        Err(payload) => *payload.downcast_ref::<Error>().expect("a run-time error of Go's"),
    }
}

/// What the functions of a [`nosy`] waker run.
struct Nosy {
    /// Run at each clone, wake and drop.
    run: Box<dyn Fn() + Send + Sync>,
}

/// The functions of a waker that runs foreign code whenever it can.
static NOSY: RawWakerVTable = RawWakerVTable::new(
    |data| {
        // SAFETY: the data came from `Arc::into_raw`, and the waker keeps its count.
        let nosy = std::mem::ManuallyDrop::new(unsafe { Arc::from_raw(data.cast::<Nosy>()) });
        (nosy.run)();
        RawWaker::new(Arc::into_raw(Arc::clone(&nosy)).cast(), &NOSY)
    },
    |data| {
        // SAFETY: the data came from `Arc::into_raw`, and the waker gives its count up.
        (unsafe { Arc::from_raw(data.cast::<Nosy>()) }.run)();
    },
    |data| {
        // SAFETY: the data came from `Arc::into_raw`, and the waker keeps its count.
        (std::mem::ManuallyDrop::new(unsafe { Arc::from_raw(data.cast::<Nosy>()) }).run)();
    },
    |data| {
        // SAFETY: the data came from `Arc::into_raw`, and the waker gives its count up.
        (unsafe { Arc::from_raw(data.cast::<Nosy>()) }.run)();
    },
);

/// A waker that runs `run` whenever it is cloned, woken or dropped: as foreign code may, it uses the very channels that
/// the waiting operation uses.
pub(crate) fn nosy(run: impl Fn() + Send + Sync + 'static) -> Waker {
    let nosy = Arc::new(Nosy { run: Box::new(run) });
    // SAFETY: the functions keep `RawWaker`'s contract: a waker is a counted `Arc`.
    unsafe { Waker::from_raw(RawWaker::new(Arc::into_raw(nosy).cast(), &NOSY)) }
}

/// Polls once with `waker`.
pub(crate) fn poll_with<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}
