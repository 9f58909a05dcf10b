//! A future as a case.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::case::{Attempt, Case};
use crate::chan::{Door, Wakers};
use crate::goroutine::WaitReason;
use crate::goroutine::inspect::Source;
use crate::waiter::Waiter;

/// What a future case yielded.
#[derive(Debug)]
pub struct FutureOutput<V> {
    /// The future's output.
    value: V,
}

impl<V> FutureOutput<V> {
    /// `case v := <-future`
    pub fn value(self) -> V {
        self.value
    }

    /// `case <-future`
    pub fn discard(self) {}
}

/// A future as a case.
pub struct FutureCase<F: Future> {
    /// The future, pinned with the case.
    future: F,
    /// Its output, once chosen.
    output: Option<FutureOutput<F::Output>>,
    /// Where the program wrote the case.
    place: &'static Location<'static>,
}

impl<F: Future> FutureCase<F> {
    /// The case of `future`.
    pub(crate) fn new(future: F, place: &'static Location<'static>) -> FutureCase<F> {
        FutureCase { future, output: None, place }
    }

    /// The future's output, if the case was chosen.
    pub fn output(self: Pin<&mut Self>) -> Option<FutureOutput<F::Output>> {
        // SAFETY: the output is not pinned.
        unsafe { self.get_unchecked_mut() }.output.take()
    }
}

// SAFETY: the channel methods do nothing.
unsafe impl<F: Future> Case for FutureCase<F> {
    fn door(&self) -> Door {
        Door::FUTURE
    }

    fn attempt(self: Pin<&mut Self>, _wakers: &mut Wakers) -> Attempt {
        Attempt::Wait
    }

    unsafe fn attempt_locked(self: Pin<&mut Self>, _wakers: &mut Wakers) -> Attempt {
        Attempt::Wait
    }

    unsafe fn queue_locked(self: Pin<&mut Self>, _waiter: &Waiter, _index: u32, _wakers: &mut Wakers) {}

    fn unlink(self: Pin<&mut Self>) {}

    unsafe fn served(self: Pin<&mut Self>) -> bool {
        true
    }

    unsafe fn give_back(self: Pin<&mut Self>) {}

    fn poll_future(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        // SAFETY: the future is pinned with the case and never moved.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        match unsafe { Pin::new_unchecked(&mut this.future) }.poll(cx) {
            Poll::Ready(value) => {
                this.output = Some(FutureOutput { value });
                true
            }
            Poll::Pending => false,
        }
    }

    fn sources(&self, _sources: &mut Vec<Source>) {}

    fn reason(&self) -> WaitReason {
        WaitReason::Foreign
    }

    fn place(&self) -> &'static Location<'static> {
        self.place
    }
}

impl<F: Future> fmt::Debug for FutureCase<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FutureCase").field("place", &self.place).finish_non_exhaustive()
    }
}
