//! A connection of HTTP/1 as its requests see it: which one it carries, and what ends it early.
//!
//! hyper and the pool give a connection to the next request once a response has arrived and its request is out, whether
//! anybody here has noticed or not. So a request that is given up only says so, by its number. Whether its connection ends is
//! decided in the connection's own task, which is where hyper takes requests up: no other one can come between.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use crate::goroutine;

/// A connection that carries one request at a time: a handle, which its task, its bytes and its requests share.
#[derive(Clone, Default)]
pub(super) struct Line {
    /// What they share.
    shared: Arc<Mutex<State>>,
}

/// What is known of a connection. Requests are counted from 1.
#[derive(Default)]
struct State {
    /// The request that hyper has taken up last.
    carries: u64,
    /// Whether hyper has taken the last of it.
    is_over: bool,
    /// Whether all of it is with the system.
    is_sent: bool,
    /// The last one that was given up.
    given_up: u64,
    /// The last one whose response was there before all of it was sent.
    answered: u64,
    /// Wakes the connection's task.
    task: Option<Waker>,
    /// The goroutine that this is, or 0.
    owner: u64,
}

/// What is to become of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes on.
    Open,
    /// It ends if the request of this number is not sent soon.
    Waits(u64),
    /// It ends.
    Ends,
}

impl Line {
    /// What is known; nothing under the lock panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// hyper takes a request up, which gets this number. In the connection's task.
    pub(super) fn take_up(&self) -> u64 {
        let mut state = self.state();
        state.carries += 1;
        state.is_over = false;
        state.is_sent = false;
        state.carries
    }

    /// hyper has taken the last of a request.
    pub(super) fn end(&self, number: u64) {
        let mut state = self.state();
        if state.carries == number {
            state.is_over = true;
        }
    }

    /// What hyper has written so far is with the system. In the connection's task.
    pub(super) fn flushed(&self) {
        let mut state = self.state();
        if state.is_over {
            state.is_sent = true;
        }
    }

    /// Nobody waits for a request any more: its connection ends, whatever it is doing, unless it carries another one.
    pub(super) fn give_up(&self, number: u64) {
        self.tell(number, |state| {
            state.given_up = number;
            true
        });
    }

    /// Nobody reads the rest of a request's response: hyper sees to that, but not before all of the request is sent.
    pub(super) fn leave(&self, number: u64) {
        self.tell(number, |state| {
            if !state.is_sent {
                state.given_up = number;
            }
            !state.is_sent
        });
    }

    /// The response to a request is there as a whole. If that is not sent soon, the connection ends.
    pub(super) fn answer(&self, number: u64) {
        self.tell(number, |state| {
            if !state.is_sent {
                state.answered = number;
            }
            !state.is_sent
        });
    }

    /// Tells something of the request that the connection carries, and wakes its task if there is something to do.
    fn tell(&self, number: u64, note: impl FnOnce(&mut State) -> bool) {
        let mut state = self.state();
        // Numbers grow: one that it does not carry any more it never will again.
        if state.carries != number || !note(&mut state) {
            return;
        }
        let waker = state.task.take();
        state.owner = 0;
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Its task has ended; whoever keeps the line does not keep that.
    pub(super) fn forget(&self) {
        let mut state = self.state();
        let task = state.task.take();
        state.owner = 0;
        drop(state);
        drop(task);
    }

    /// What is to become of it. Its task asks, and is woken when that changes.
    pub(super) fn fate(&self, cx: &Context<'_>) -> Fate {
        let state = self.state();
        if state.owner != 0 && state.owner == goroutine::owner_of(cx) {
            return state.fate();
        }
        drop(state);
        // Wakers are foreign code: none is made or dropped under the lock.
        let (waker, owner) = goroutine::waker_of(cx);
        let mut state = self.state();
        let before = state.task.replace(waker);
        state.owner = owner;
        let fate = state.fate();
        drop(state);
        drop(before);
        fate
    }
}

impl State {
    /// What is to become of the connection.
    fn fate(&self) -> Fate {
        if self.carries > 0 && self.given_up == self.carries {
            Fate::Ends
        } else if self.carries > 0 && self.answered == self.carries && !self.is_sent {
            Fate::Waits(self.carries)
        } else {
            Fate::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is to become of a line.
    fn fate(line: &Line) -> Fate {
        line.fate(&Context::from_waker(Waker::noop()))
    }

    #[test]
    fn only_the_request_that_it_carries_ends_a_line() {
        let line = Line::default();
        assert_eq!(fate(&line), Fate::Open);
        let first = line.take_up();
        let second = line.take_up();
        line.give_up(first);
        line.leave(first);
        line.answer(first);
        assert_eq!(fate(&line), Fate::Open);
        line.give_up(second);
        assert_eq!(fate(&line), Fate::Ends);
    }

    #[test]
    fn a_request_that_is_given_up_before_the_next_one_does_not_end_that() {
        let line = Line::default();
        let first = line.take_up();
        line.give_up(first);
        line.take_up();
        assert_eq!(fate(&line), Fate::Open);
    }

    #[test]
    fn what_hyper_has_taken_is_not_sent_before_it_is_flushed() {
        let line = Line::default();
        let number = line.take_up();
        line.flushed();
        line.end(number);
        line.answer(number);
        assert_eq!(fate(&line), Fate::Waits(number));
        line.flushed();
        assert_eq!(fate(&line), Fate::Open);
        line.leave(number);
        assert_eq!(fate(&line), Fate::Open);
        line.give_up(number);
        assert_eq!(fate(&line), Fate::Ends);
    }
}
