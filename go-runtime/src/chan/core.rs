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
//! 5. The *signs*, the word beside the lock, are written under it and read by anybody. A receive that succeeds finds
//!    [`RECEIVABLE`] set, a send that succeeds, or panics, finds [`SENDABLE`] set. Either sign is taken down only by an
//!    attempt of its kind that would have to wait, and that has left its mark at every busy operation it passed by; whoever
//!    makes such an attempt possible puts the sign up again: one that buffers, makes room, is queued or stays queued after
//!    it was busy. So a sign may be up for nothing, but one that is down says that an attempt at that instant would have had
//!    to wait.
//!
//! # Locking
//! Nothing of the user's is woken, dropped, cloned or called under the lock; what is to be woken is returned.

use std::collections::VecDeque;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64 as StdAtomicU64;
use std::task::Waker;

use super::door::Door;
use super::wakers::{Observers, Wakers};
use crate::goroutine::inspect::Source;
use crate::shim::{AtomicU64, Lazy, Lock, LockGuard, Ordering};
use crate::waiter::{Handed, List};

/// A receive may find something: a value, a sender, or the channel closed.
pub(crate) const RECEIVABLE: u64 = 1;
/// A send may find room, a receiver, or the channel closed.
pub(crate) const SENDABLE: u64 = 2;
/// The channel was closed.
const CLOSED: u64 = 4;
/// A receive has more to do than to take the first value out of the buffer: some are returned ones.
const RETURNED: u64 = 8;
/// A send has more to do than to buffer its value: streams are to look again.
const OBSERVED: u64 = 16;
/// How often a sign was put up: the bits above. So whoever reads the same word twice knows that what was down stayed down.
const TURN: u64 = 32;

/// A channel.
pub(crate) struct Core<T> {
    /// How many values it buffers.
    capacity: usize,
    /// [`NO_TIMER`], or the timer that sends to it: then `len` and `cap` are 0 for the user; or [`OWNED`] and the address of
    /// its owner, which is there as long as the word names it. The owner and its going are noted under the lock.
    timer: StdAtomicU64,
    /// The guarded part; the word is the signs: what an attempt may find, for those that look without the lock. See the
    /// fifth invariant.
    pub(crate) state: Lock<State<T>, AtomicU64>,
}

/// Holds a channel's lock.
pub(crate) type Guard<'a, T> = LockGuard<'a, State<T>, AtomicU64>;

/// What the lock guards.
pub(crate) struct State<T> {
    /// The buffered values.
    buffer: VecDeque<T>,
    /// Parked receives.
    pub(crate) receivers: List<T>,
    /// Parked sends.
    pub(crate) senders: List<T>,
    /// What few channels ever have.
    rare: Option<Box<Rare>>,
    /// How many values were handed to parked receives.
    handed: u64,
}

/// What few channels ever have, behind one pointer.
#[derive(Default)]
struct Rare {
    /// Wakers of `Stream`s, which look again instead of being handed a value; some while the sign says so.
    observers: Option<Box<Observers>>,
    /// The numbers of the hand-overs of the buffer's first values, ascending: those that are returned ones.
    returned: VecDeque<u64>,
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

/// The channel is not a timer's.
const NO_TIMER: u64 = 0;
/// The channel is a timer's that does not ask to be told of its end. Greater numbers are those of timers that do.
const SOME_TIMER: u64 = 1;
/// The channel is some other object's: nobody sends to it, and nobody else closes it. Without an address the owner is gone.
const OWNED: u64 = 1 << 63;

/// Who owns a channel, which handles can only receive from.
pub(crate) struct Owned {
    /// The object that may close it.
    pub(crate) owner: *const (),
    /// Adds what may make the owner close it; false if that needs more room than there is.
    ///
    /// # Safety
    /// The owner is there during the call.
    pub(crate) tell: unsafe fn(owner: *const (), sources: &mut Vec<Source>) -> bool,
}

/// How owners are asked; all are of one kind.
static TELL_OWNER: OnceLock<unsafe fn(*const (), &mut Vec<Source>) -> bool> = OnceLock::new();

/// See [`set_forget_timer`].
static FORGET_TIMER: OnceLock<fn(u64)> = OnceLock::new();

/// Says who is told when a timer's channel goes; the function gets the number of [`Core::set_timer`].
pub(crate) fn set_forget_timer(forget: fn(u64)) {
    // It is the same function each time.
    let _ = FORGET_TIMER.set(forget);
}

/// The bit of the recipe that makes a timer's channel.
pub(crate) const TIMER: usize = 1 << (usize::BITS - 3);

impl<T> Lazy for Core<T> {
    fn make(config: usize) -> Core<T> {
        Core {
            capacity: config & !TIMER,
            timer: StdAtomicU64::new(if config & TIMER == 0 { NO_TIMER } else { SOME_TIMER }),
            state: Lock::with_word(
                State { buffer: VecDeque::new(), receivers: List::new(), senders: List::new(), rare: None, handed: 0 },
                // The first send that would have to wait takes it down.
                AtomicU64::new(SENDABLE),
            ),
        }
    }
}

impl<T> Core<T> {
    /// Whether it belongs to a timer.
    fn is_timer(&self) -> bool {
        let timer = self.timer.load(Ordering::Relaxed);
        timer != NO_TIMER && timer & OWNED == 0
    }

    /// The timer's channel tells of its end, with this number.
    pub(crate) fn set_timer(&self, number: u64) {
        // Relaxed: whoever drops the last handle got it after this.
        self.timer.store(SOME_TIMER + 1 + number, Ordering::Relaxed);
    }

    /// Says whose the channel is, until it is closed by [`Core::close_owned`] or [`disowned`](Core::disown).
    pub(crate) fn set_owner(&self, owned: Owned) {
        // It is the same function each time.
        let _ = TELL_OWNER.set(owned.tell);
        let state = self.state.lock();
        self.timer.store(OWNED | owned.owner.expose_provenance() as u64, Ordering::Relaxed);
        drop(state);
    }

    /// The owner goes: nobody is left who could close the channel.
    pub(crate) fn disown(&self) {
        let state = self.state.lock();
        self.timer.store(OWNED, Ordering::Relaxed);
        drop(state);
    }

    /// The capacity that the user sees.
    pub(crate) fn visible_capacity(&self) -> usize {
        if self.is_timer() { 0 } else { self.capacity }
    }

    /// The number of buffered values that the user sees.
    pub(crate) fn visible_len(&self) -> usize {
        if self.is_timer() || !self.is_receivable() {
            return 0;
        }
        // Returned values may exceed the capacity; a program that asks for both must not see more than fits.
        self.state.lock().buffer.len().min(self.capacity)
    }

    /// The signs and how often one was put up, without the lock.
    #[inline]
    pub(crate) fn signs(&self) -> u64 {
        // Acquire: pairs with the release in `raise`; of two looks the second is the later one.
        self.state.head().word.load(Ordering::Acquire)
    }

    /// The signs, under the lock.
    #[inline]
    fn own_signs(&self, _state: &State<T>) -> u64 {
        // Relaxed: they were written under the lock.
        self.state.head().word.load(Ordering::Relaxed)
    }

    /// Whether the sign for a receive is up. If not, a receive would have had to wait at the instant of the look; under the
    /// lock it would have to now.
    #[inline]
    pub(crate) fn is_receivable(&self) -> bool {
        self.signs() & RECEIVABLE != 0
    }

    /// As [`Core::is_receivable`] for a send.
    #[inline]
    pub(crate) fn is_sendable(&self) -> bool {
        self.signs() & SENDABLE != 0
    }

    /// Where an operation waits that needs `sign`.
    #[inline]
    pub(crate) fn door(&self, sign: u64) -> Door {
        Door { head: self.state.head(), sign }
    }

    /// A word whose first bit is the sign for a receive and which changes whenever that sign is put up.
    #[inline]
    pub(crate) fn look_receive(&self) -> u64 {
        self.signs()
    }

    /// As [`Core::look_receive`] for a send.
    #[inline]
    pub(crate) fn look_send(&self) -> u64 {
        self.signs().rotate_right(SENDABLE.trailing_zeros())
    }

    /// Puts up signs, if they are down; under the lock.
    #[inline]
    pub(crate) fn raise(&self, state: &State<T>, signs: u64) {
        let old = self.own_signs(state);
        if old & signs != signs {
            // Release: whoever looks and goes by the sign finds what was done before.
            self.state.head().word.store((old | signs) + TURN, Ordering::Release);
        }
    }

    /// Takes signs down, under the lock.
    #[inline]
    fn lower(&self, state: &State<T>, signs: u64) {
        let old = self.own_signs(state);
        // Release: as in `raise`.
        self.state.head().word.store(old & !signs, Ordering::Release);
    }

    /// The first buffered value, if there is nothing to do but to take it; under the lock.
    #[inline]
    pub(crate) fn receive_buffered(&self, state: &mut State<T>) -> Option<T> {
        // While there seems to be room, no send waits.
        if self.own_signs(state) & (SENDABLE | RETURNED) != SENDABLE {
            return None;
        }
        state.buffer.pop_front()
    }

    /// A receive that does not wait, under the lock.
    #[inline(always)]
    pub(crate) fn receive_in(&self, state: &mut State<T>, wakers: &mut Wakers) -> Outcome<T> {
        if let Some(value) = state.buffer.pop_front() {
            self.room(state, wakers);
            return Outcome::Done(value);
        }
        // SAFETY: the lock is held.
        if let Some((Some(value), waker)) = unsafe { state.senders.serve_first(Option::take) } {
            wakers.peer = waker;
            return Outcome::Done(value);
        }
        if self.own_signs(state) & CLOSED != 0 {
            return Outcome::Closed;
        }
        self.lower(state, RECEIVABLE);
        Outcome::Wait
    }

    /// A value was taken out of the buffer.
    fn room(&self, state: &mut State<T>, wakers: &mut Wakers) {
        if self.own_signs(state) & RETURNED != 0
            && let Some(rare) = &mut state.rare
        {
            rare.returned.pop_front();
            if rare.returned.is_empty() {
                self.lower(state, RETURNED);
            }
        }
        if state.buffer.len() >= self.capacity {
            return;
        }
        // SAFETY: the lock is held.
        if let Some((Some(moved), waker)) = unsafe { state.senders.serve_first(Option::take) } {
            state.buffer.push_back(moved);
            wakers.peer = waker;
            return;
        }
        self.raise(state, SENDABLE);
    }

    /// Buffers the value if there is nothing else to do; whether it did. Under the lock.
    #[inline]
    pub(crate) fn send_buffered(&self, state: &mut State<T>, value: &mut Option<T>) -> bool {
        // While there seems to be something to receive, no receive waits.
        if self.own_signs(state) & (RECEIVABLE | CLOSED | OBSERVED) != RECEIVABLE || state.buffer.len() >= self.capacity
        {
            return false;
        }
        if let Some(value) = value.take() {
            state.buffer.push_back(value);
        }
        true
    }

    /// A send that does not wait, under the lock. The value is taken only if it was sent.
    #[inline(always)]
    pub(crate) fn send_in(&self, state: &mut State<T>, wakers: &mut Wakers, value: &mut Option<T>) -> Outcome<()> {
        if self.own_signs(state) & CLOSED != 0 {
            return Outcome::Closed;
        }
        // SAFETY: the lock is held.
        if let Some(waker) = unsafe { state.receivers.hand_over(value, state.handed) } {
            state.handed += 1;
            wakers.peer = waker;
            return Outcome::Done(());
        }
        if state.buffer.len() < self.capacity {
            if let Some(value) = value.take() {
                state.buffer.push_back(value);
            }
            self.raise(state, RECEIVABLE);
            self.announce(state, wakers);
            return Outcome::Done(());
        }
        self.lower(state, SENDABLE);
        Outcome::Wait
    }

    /// A receive is queued, or stays so after it was busy: sends may find it.
    #[inline]
    pub(crate) fn receive_queued(&self, state: &State<T>) {
        self.raise(state, SENDABLE);
    }

    /// A send is queued, or stays so after it was busy: receives may find it, and streams look again.
    #[inline]
    pub(crate) fn send_queued(&self, state: &mut State<T>, wakers: &mut Wakers) {
        self.raise(state, RECEIVABLE);
        self.announce(state, wakers);
    }

    /// Streams look again.
    #[inline]
    fn announce(&self, state: &mut State<T>, wakers: &mut Wakers) {
        if self.own_signs(state) & OBSERVED != 0 {
            self.lower(state, OBSERVED);
            wakers.observe(state.rare.as_mut().and_then(|rare| rare.observers.take()));
        }
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
            let numbers = &mut state.rare.get_or_insert_default().returned;
            let at = numbers.partition_point(|number| *number < handed.number);
            numbers.insert(at, handed.number);
            state.buffer.insert(at, value);
            self.raise(state, RECEIVABLE | RETURNED);
            self.announce(state, wakers);
        }
    }

    /// Remembers a stream's waker until a value may be there; gives it back if it is remembered already.
    pub(crate) fn observe(&self, state: &mut State<T>, waker: Waker) -> Option<Waker> {
        self.raise(state, OBSERVED);
        let observers = state.rare.get_or_insert_default().observers.get_or_insert_default();
        if observers.wakers.iter().any(|old| old.will_wake(&waker)) {
            return Some(waker);
        }
        observers.wakers.push(waker);
        None
    }

    /// A receive that does not wait.
    pub(crate) fn try_receive(&self) -> Outcome<T> {
        if !self.is_receivable() {
            return Outcome::Wait;
        }
        self.receive_now()
    }

    /// A receive that does not wait, and looks under the lock whatever the signs are.
    #[inline]
    pub(crate) fn receive_now(&self) -> Outcome<T> {
        let mut state = self.state.lock();
        match self.receive_buffered(&mut state) {
            Some(value) => Outcome::Done(value),
            None => self.receive_from(state),
        }
    }

    /// As [`Core::receive_now`], when there is more to do than to take a value out of the buffer.
    #[inline(never)]
    fn receive_from(&self, mut state: Guard<'_, T>) -> Outcome<T> {
        let mut wakers = Wakers::default();
        let outcome = self.receive_in(&mut state, &mut wakers);
        drop(state);
        wakers.wake();
        outcome
    }

    /// A send that does not wait.
    pub(crate) fn try_send(&self, value: &mut Option<T>) -> Outcome<()> {
        if !self.is_sendable() {
            return Outcome::Wait;
        }
        self.send_now(value)
    }

    /// A send that does not wait, and looks under the lock whatever the signs are.
    #[inline]
    pub(crate) fn send_now(&self, value: &mut Option<T>) -> Outcome<()> {
        let mut state = self.state.lock();
        if self.send_buffered(&mut state, value) { Outcome::Done(()) } else { self.send_to(state, value) }
    }

    /// As [`Core::send_now`], when there is more to do than to buffer the value.
    #[inline(never)]
    fn send_to(&self, mut state: Guard<'_, T>, value: &mut Option<T>) -> Outcome<()> {
        let mut wakers = Wakers::default();
        let outcome = self.send_in(&mut state, &mut wakers, value);
        drop(state);
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
    fn close_into(&self, woken: &mut Vec<Waker>) -> bool {
        self.close_from(self.state.lock(), woken)
    }

    /// As [`Core::close_into`], by the channel's owner, which need not be there any more afterwards.
    pub(crate) fn close_owned(&self, woken: &mut Vec<Waker>) {
        let state = self.state.lock();
        self.timer.store(OWNED, Ordering::Relaxed);
        self.close_from(state, woken);
    }

    /// Closes the channel, whose lock is held.
    #[inline]
    fn close_from(&self, mut state: Guard<'_, T>, woken: &mut Vec<Waker>) -> bool {
        if self.own_signs(&state) & CLOSED != 0 {
            return false;
        }
        self.raise(&state, CLOSED | RECEIVABLE | SENDABLE);
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
        let observers = state.rare.as_mut().and_then(|rare| rare.observers.take());
        self.lower(&state, OBSERVED);
        drop(state);
        woken.extend(observers.into_iter().flat_map(|observers| observers.wakers));
        true
    }

    /// What a parked operation says of the channel, whose handle lies at `handle`. Others than handles use a timer's; the
    /// handles of an owned one can do nothing to it, so it is the owner who tells.
    #[cold]
    pub(crate) fn sources(&self, handle: usize, sources: &mut Vec<Source>) {
        let known = sources.len();
        let mut room = 4;
        loop {
            // Not under the lock.
            sources.reserve(room);
            let state = self.state.lock();
            let whole = match (self.timer.load(Ordering::Relaxed), TELL_OWNER.get()) {
                (OWNED, _) => true,
                // SAFETY: the word names the owner, and the lock is held, so the owner is there.
                (owned, Some(tell)) if owned & OWNED != 0 => unsafe {
                    tell(std::ptr::with_exposed_provenance((owned & !OWNED) as usize), sources)
                },
                (timer, _) => {
                    // SAFETY: a core is made by its handles only, and whoever has the reference borrows one of them.
                    let handles = (timer == NO_TIMER).then(|| unsafe { crate::shim::handles(self) });
                    sources.push(Source { object: std::ptr::from_ref(self).addr(), handles, handle: Some(handle) });
                    true
                }
            };
            drop(state);
            if whole {
                return;
            }
            sources.truncate(known);
            room *= 2;
        }
    }

    /// How many receives and streams wait; for timers.
    pub(crate) fn waiting_receivers(&self) -> usize {
        let state = self.state.lock();
        let observers = state.rare.as_ref().and_then(|rare| rare.observers.as_ref());
        let observers = observers.map_or(0, |observers| observers.wakers.len());
        // SAFETY: the lock is held.
        observers + unsafe { state.receivers.count() }
    }
}

impl<T> Drop for Core<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(number) = self.timer.get_mut().checked_sub(SOME_TIMER + 1)
            && number < OWNED - (SOME_TIMER + 1)
            && let Some(forget) = FORGET_TIMER.get()
        {
            forget(number);
        }
    }
}
