//! How a test ended.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// What a test comes to.
pub(super) enum End {
    /// The test's function returned.
    Returned,
    /// A goroutine panicked.
    Panicked {
        /// Go's report.
        report: String,
        /// The panic's payload.
        payload: Box<dyn Any + Send>,
    },
    /// What would end the process: a fatal error or a deadlock.
    Fatal {
        /// Go's report.
        report: String,
    },
}

/// The place where the first end is kept.
pub(super) struct Outcome {
    /// Everything it has.
    state: Mutex<State>,
}

/// What the lock guards.
struct State {
    /// The first end.
    end: Option<End>,
    /// Whether there has been an end.
    ended: bool,
    /// A failure after the test's function had returned.
    late: Option<End>,
    /// The thread that waits for the end.
    waiting: Option<Waker>,
    /// The scheduler's count of wakes when the detector looked last.
    wakes: u64,
    /// How often it found that count.
    looks: u32,
}

impl Outcome {
    /// A test that has not ended.
    pub(super) fn new() -> Outcome {
        Outcome { state: Mutex::new(State { end: None, ended: false, late: None, waiting: None, wakes: 0, looks: 0 }) }
    }

    /// The state; a test that panicked leaves it whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The test ends; only the first end counts, and the first failure after the test's function has returned.
    pub(super) fn end(&self, end: End) {
        let waiting = {
            let mut state = self.state();
            if !state.ended {
                state.ended = true;
                state.end = Some(end);
            } else if state.late.is_none() && !matches!(end, End::Returned) {
                state.late = Some(end);
            }
            state.waiting.take()
        };
        if let Some(waker) = waiting {
            waker.wake();
        }
    }

    /// The failure after the test's function has returned.
    pub(super) fn late(&self) -> Option<End> {
        self.state().late.take()
    }

    /// Whether the test has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.state().ended
    }

    /// Whether the detector has come `limit` times since anything ran.
    pub(super) fn patience_is_over(&self, wakes: u64, limit: u32) -> bool {
        let mut state = self.state();
        state.looks = if state.wakes == wakes { state.looks.saturating_add(1) } else { 0 };
        state.wakes = wakes;
        state.looks >= limit
    }

    /// Waits for the end.
    pub(super) fn wait(&self) -> Ended<'_> {
        Ended { outcome: self }
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome").field("ended", &self.has_ended()).finish_non_exhaustive()
    }
}

/// The future of [`Outcome::wait`].
pub(super) struct Ended<'a> {
    /// What is waited for.
    outcome: &'a Outcome,
}

impl Future for Ended<'_> {
    type Output = End;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<End> {
        let mut state = self.outcome.state();
        match state.end.take() {
            Some(end) => Poll::Ready(end),
            None => {
                state.waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}
