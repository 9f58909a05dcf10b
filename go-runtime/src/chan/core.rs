//! The channel itself: a lock around a ring buffer and two queues of parked operations, as Go's `hchan`.
//!
//! # Invariants
//! All hold whenever the lock is free.
//! 1. Receivers wait only while nothing is buffered and no sender waits; senders wait only while the buffer is full. An
//!    operation that is busy or was served elsewhere may still be linked; it does not count.
//! 2. A value sent to a parked receiver is in that receiver's node and nowhere else.
//! 3. After `closed`, no receiver and no sender waits.
//! 4. The buffer holds more than the capacity only by *returned* values: those that were handed to a receive whose future
//!    was then dropped. They stand at the front, since they were sent first, in the order of their hand-overs: each
//!    hand-over has a number, which stays with the value until it is received.
//!
//! # Locking
//! Nothing of the user's is woken, dropped, cloned or called under the lock; what is to be woken is returned.

use std::collections::VecDeque;
use std::fmt;
use std::task::Waker;

use crate::shim::{Lazy, Lock};
use crate::waiter::{Handed, List};

/// A channel.
pub(crate) struct Core<T> {
    /// How many values it buffers.
    capacity: usize,
    /// Whether it belongs to a timer: then `len` and `cap` are 0 for the user.
    timer: bool,
    /// The guarded part.
    pub(crate) state: Lock<State<T>>,
}

/// What the lock guards.
pub(crate) struct State<T> {
    /// The buffered values.
    buffer: VecDeque<T>,
    /// Parked receives.
    pub(crate) receivers: List<T>,
    /// Parked sends.
    pub(crate) senders: List<T>,
    /// Wakers of `Stream`s, which look again instead of being handed a value.
    observers: Option<Box<Observers>>,
    /// The hand-overs of the buffer's first values; `None` if none of them is a returned one.
    returned: Option<Box<Returned>>,
    /// How many values were handed to parked receives.
    handed: u64,
    /// Whether the channel was closed.
    closed: bool,
}

/// The wakers of streams, behind one pointer: few channels have any.
#[derive(Default)]
struct Observers {
    /// Each stream's waker, once.
    wakers: Vec<Waker>,
    /// Those of another channel of the same select.
    more: Option<Box<Observers>>,
}

/// The numbers of the returned values, behind one pointer: few channels have any.
#[derive(Default)]
struct Returned {
    /// The number of the hand-over of each, ascending.
    numbers: VecDeque<u64>,
}

/// Who is to be woken once the lock is given back.
#[derive(Default)]
pub struct Wakers {
    /// The peer that was served.
    peer: Option<Waker>,
    /// The streams that are to look again.
    observers: Option<Box<Observers>>,
}

impl Wakers {
    /// Whether there is anybody to wake.
    pub(crate) fn any(&self) -> bool {
        self.peer.is_some() || self.observers.is_some()
    }

    /// Wakes them all.
    #[inline]
    pub(crate) fn wake(self) {
        if let Some(waker) = self.peer {
            waker.wake();
        }
        if self.observers.is_some() {
            Wakers::wake_observers(self.observers);
        }
    }

    /// Wakes streams.
    #[cold]
    fn wake_observers(mut next: Option<Box<Observers>>) {
        while let Some(observers) = next {
            for waker in observers.wakers {
                waker.wake();
            }
            next = observers.more;
        }
    }

    /// Adds streams that are to look again.
    #[inline]
    fn observe(&mut self, observers: Option<Box<Observers>>) {
        if let Some(mut observers) = observers {
            observers.more = self.observers.take();
            self.observers = Some(observers);
        }
    }
}

impl fmt::Debug for Wakers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wakers { .. }")
    }
}

/// What an attempt found.
#[derive(Debug)]
pub(crate) enum Outcome<V> {
    /// It succeeded.
    Done(V),
    /// The channel is closed (and drained, for a receive).
    Closed,
    /// It would have to wait.
    Wait,
}

/// The bit of the recipe that makes a timer's channel.
pub(crate) const TIMER: usize = 1 << (usize::BITS - 3);

impl<T> Lazy for Core<T> {
    fn make(config: usize) -> Core<T> {
        Core {
            capacity: config & !TIMER,
            timer: config & TIMER != 0,
            state: Lock::new(State {
                buffer: VecDeque::new(),
                receivers: List::new(),
                senders: List::new(),
                observers: None,
                returned: None,
                handed: 0,
                closed: false,
            }),
        }
    }
}

impl<T> State<T> {
    /// The first returned value was received.
    #[cold]
    fn forget_returned(&mut self) {
        if let Some(returned) = &mut self.returned {
            returned.numbers.pop_front();
            if returned.numbers.is_empty() {
                self.returned = None;
            }
        }
    }
}

impl<T> Core<T> {
    /// The capacity that the user sees.
    pub(crate) fn visible_capacity(&self) -> usize {
        if self.timer { 0 } else { self.capacity }
    }

    /// The number of buffered values that the user sees.
    pub(crate) fn visible_len(&self) -> usize {
        // Returned values may exceed the capacity; a program that asks for both must not see more than fits.
        if self.timer { 0 } else { self.state.lock().buffer.len().min(self.capacity) }
    }

    /// A receive that does not wait, under the lock.
    #[inline]
    pub(crate) fn receive_in(&self, state: &mut State<T>, wakers: &mut Wakers) -> Outcome<T> {
        if let Some(value) = state.buffer.pop_front() {
            if state.returned.is_some() {
                state.forget_returned();
            }
            if state.buffer.len() < self.capacity && !state.senders.is_empty() {
                // SAFETY: the lock is held.
                if let Some((Some(moved), waker)) = unsafe { state.senders.serve_first(Option::take) } {
                    state.buffer.push_back(moved);
                    wakers.peer = waker;
                }
            }
            return Outcome::Done(value);
        }
        if !state.senders.is_empty() {
            // SAFETY: the lock is held.
            if let Some((Some(value), waker)) = unsafe { state.senders.serve_first(Option::take) } {
                wakers.peer = waker;
                return Outcome::Done(value);
            }
        }
        if state.closed { Outcome::Closed } else { Outcome::Wait }
    }

    /// A send that does not wait, under the lock. The value is taken only if it was sent.
    #[inline]
    pub(crate) fn send_in(&self, state: &mut State<T>, wakers: &mut Wakers, value: &mut Option<T>) -> Outcome<()> {
        if state.closed {
            return Outcome::Closed;
        }
        if !state.receivers.is_empty() {
            // SAFETY: the lock is held.
            if let Some(waker) = unsafe { state.receivers.hand_over(value, state.handed) } {
                state.handed += 1;
                wakers.peer = waker;
                return Outcome::Done(());
            }
        }
        if state.buffer.len() < self.capacity {
            if let Some(value) = value.take() {
                state.buffer.push_back(value);
            }
            if state.observers.is_some() {
                wakers.observe(state.observers.take());
            }
            return Outcome::Done(());
        }
        Outcome::Wait
    }

    /// A send is parked: streams look again.
    pub(crate) fn announce(&self, state: &mut State<T>, wakers: &mut Wakers) {
        wakers.observe(state.observers.take());
    }

    /// Takes back a value that was handed to a receive whose future was dropped: the next receiver gets it.
    pub(crate) fn give_back(&self, state: &mut State<T>, wakers: &mut Wakers, handed: Handed<T>) {
        let mut value = Some(handed.value);
        // SAFETY: the lock is held.
        if let Some(waker) = unsafe { state.receivers.hand_over(&mut value, handed.number) } {
            wakers.peer = waker;
            return;
        }
        if let Some(value) = value {
            let numbers = &mut state.returned.get_or_insert_default().numbers;
            let at = numbers.partition_point(|number| *number < handed.number);
            numbers.insert(at, handed.number);
            state.buffer.insert(at, value);
            wakers.observe(state.observers.take());
        }
    }

    /// Remembers a stream's waker until a value may be there; gives it back if it is remembered already.
    pub(crate) fn observe(&self, state: &mut State<T>, waker: Waker) -> Option<Waker> {
        let observers = state.observers.get_or_insert_default();
        if observers.wakers.iter().any(|old| old.will_wake(&waker)) {
            return Some(waker);
        }
        observers.wakers.push(waker);
        None
    }

    /// A receive that does not wait.
    pub(crate) fn try_receive(&self) -> Outcome<T> {
        let mut wakers = Wakers::default();
        let outcome = self.receive_in(&mut self.state.lock(), &mut wakers);
        wakers.wake();
        outcome
    }

    /// A send that does not wait.
    pub(crate) fn try_send(&self, value: &mut Option<T>) -> Outcome<()> {
        let mut wakers = Wakers::default();
        let outcome = self.send_in(&mut self.state.lock(), &mut wakers, value);
        wakers.wake();
        outcome
    }

    /// Closes the channel and wakes everybody; false if it was closed.
    pub(crate) fn close(&self) -> bool {
        let mut woken = Vec::new();
        let closed = self.close_into(&mut woken);
        for waker in woken {
            waker.wake();
        }
        closed
    }

    /// Closes the channel and adds to `woken` whom the caller is to wake; false if it was closed.
    pub(crate) fn close_into(&self, woken: &mut Vec<Waker>) -> bool {
        let mut state = self.state.lock();
        if std::mem::replace(&mut state.closed, true) {
            return false;
        }
        // A served receiver without a value, and a served sender that still has its value, have met the close.
        // SAFETY: the lock is held.
        unsafe {
            while let Some(((), waker)) = state.receivers.serve_first(|_| ()) {
                woken.extend(waker);
            }
            while let Some(((), waker)) = state.senders.serve_first(|_| ()) {
                woken.extend(waker);
            }
        }
        let observers = state.observers.take();
        drop(state);
        woken.extend(observers.into_iter().flat_map(|observers| observers.wakers));
        true
    }

    /// How many handles the channel has; `None` for a timer's, which others than handles use.
    pub(crate) fn handles(&self) -> Option<usize> {
        // SAFETY: a core is made by its handles only, and whoever has the reference borrows one of them.
        (!self.timer).then(|| unsafe { crate::shim::handles(self) })
    }

    /// How many receives and streams wait; for timers.
    pub(crate) fn waiting_receivers(&self) -> usize {
        let state = self.state.lock();
        let observers = state.observers.as_ref().map_or(0, |observers| observers.wakers.len());
        // SAFETY: the lock is held.
        observers + unsafe { state.receivers.count() }
    }
}
