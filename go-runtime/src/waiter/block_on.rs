//! Waiting on an ordinary thread.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use crate::goroutine;

/// Wakes a parked thread.
struct Unpark {
    /// The thread that waits.
    thread: Thread,
}

impl Wake for Unpark {
    fn wake(self: Arc<Unpark>) {
        self.thread.unpark();
    }

    fn wake_by_ref(self: &Arc<Unpark>) {
        self.thread.unpark();
    }
}

/// Runs `future` on this thread, which sleeps while it waits.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark { thread: std::thread::current() }));
    let mut cx = Context::from_waker(&waker);
    goroutine::exempt(|| {
        loop {
            match future.as_mut().poll(&mut cx) {
                Poll::Ready(output) => return output,
                // A park that returns early only polls once more.
                Poll::Pending => std::thread::park(),
            }
        }
    })
}
