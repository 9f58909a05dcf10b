//! Polling by hand.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

/// Counts how often it was woken.
#[derive(Debug, Default)]
pub(crate) struct Count {
    /// The number of wakes.
    wakes: AtomicUsize,
}

impl Count {
    /// The number of wakes.
    pub(crate) fn wakes(&self) -> usize {
        self.wakes.load(Ordering::SeqCst)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Count>) {
        self.wakes.fetch_add(1, Ordering::SeqCst);
    }
}

/// Polls once with `count`'s waker.
pub(crate) fn poll<F: Future + ?Sized>(future: Pin<&mut F>, count: &Arc<Count>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(&Waker::from(Arc::clone(count))))
}

/// Wakes a parked thread.
struct Unpark {
    /// The thread that waits.
    thread: Thread,
}

impl Wake for Unpark {
    fn wake(self: Arc<Unpark>) {
        self.thread.unpark();
    }
}

/// Polls `future` on this thread at most `polls` times, each with a waker of its own, and drops it then.
pub(crate) fn poll_at_most<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    for _ in 0..polls {
        let waker = Waker::from(Arc::new(Unpark { thread: std::thread::current() }));
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
        std::thread::yield_now();
    }
    None
}

/// Polls `future` on this thread until it ends.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let waker = Waker::from(Arc::new(Unpark { thread: std::thread::current() }));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}
