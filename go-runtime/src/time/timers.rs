//! Everything that waits for a time: one heap of deadlines, one clock, and for the real clock one thread.
//!
//! The thread fires timers; sleeping goroutines are woken through their wakers, timer channels are sent to, functions
//! and context deadlines are called. A virtual clock has no thread: it stands still until [`Timers::advance`] jumps to
//! the next deadline.
//!
//! # Invariants
//! 1. A timer is pending, or being fired, or idle. [`Timers::may_fire`] sees the first two: `firing` is raised under the
//!    lock under which a timer leaves the heap, and lowered only after its delivery.
//! 2. A channel timer is sent to under the lock, so that `stop` and `reset` (which take it too) find the value either
//!    not sent or in the channel's buffer, from where they take it: no value of before is received after them.
//! 3. A channel timer's slot is there for as long as its channel, which tells of its end: what nobody can receive any more
//!    leaves the heap at once.
//! 4. `State::until` is the time until which the thread sleeps, 0 while it does not. Whoever arms an earlier timer
//!    wakes it.
//!
//! # Locking
//! The lock of the timers comes before a channel's. Nothing is woken or called under it, and nothing that may contain
//! the user's values is dropped under it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::Time;
use super::heap::{Heap, Key};
use crate::chan::{Chan, TimerChan, Wakers, set_forget_timer};
use crate::goroutine;
use crate::rt;

/// What a timer does when it fires.
pub(crate) enum Action {
    /// Wakes a sleeping goroutine. `None` once it did.
    Wake(Option<Waker>),
    /// Calls something that returns at once.
    Call(Arc<dyn Call>),
    /// Sends the time to a channel.
    Tick(Tick),
}

/// Something that a timer calls on the timers' thread; it must return at once.
pub(crate) trait Call: Send + Sync {
    /// The timer has fired.
    fn call(self: Arc<Self>);
}

/// A timer's channel.
pub(crate) struct Tick {
    /// The channel. A timer does not keep it: nobody else could receive.
    channel: TimerChan<Time>,
    /// Nanoseconds between two ticks; 0 for a timer that fires once.
    period: u64,
}

impl Tick {
    /// The channel, unless its last handle is gone. The lock of the timers is held.
    fn channel(&self) -> Option<Chan<Time>> {
        // SAFETY: the channel tells of its end by `forget`, which takes the lock and then the slot that this is in.
        unsafe { self.channel.upgrade() }
    }
}

/// A timer's slot.
#[derive(Debug)]
struct Work {
    /// What the timer does.
    action: Action,
    /// Whether somebody has the slot's key. A timer that nobody has gives its slot back when it has fired.
    owned: bool,
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Action::Wake(_) => "Wake",
            Action::Call(_) => "Call",
            Action::Tick(_) => "Tick",
        })
    }
}

/// Where the time comes from.
#[derive(Debug)]
enum Clock {
    /// The machine.
    Real,
    /// A test: the nanoseconds since [`VIRTUAL_START`].
    Virtual(AtomicU64),
}

/// The monotonic clock's zero. Readings start at 1, since 0 stands for "none" in a [`Time`].
static ZERO: LazyLock<Instant> = LazyLock::new(Instant::now);
/// 2000-01-01 00:00:00 UTC, in seconds since 1970, where a virtual clock starts.
const VIRTUAL_START: i64 = 946_684_800;
/// How long the thread waits for a timer before it ends.
const LINGER: Duration = Duration::from_secs(10);
/// How many timers are fired before the lock is given back.
const BATCH: usize = 64;

/// The process's timers.
static GLOBAL: Timers = Timers::new(Clock::Real);

/// A clock and the timers that wait for it.
#[derive(Debug)]
pub(crate) struct Timers {
    /// Where the time comes from.
    clock: Clock,
    /// Its number, by which a channel knows it; there once it has had one.
    number: OnceLock<u32>,
    /// The timers.
    state: Mutex<State>,
    /// Tells the thread of an earlier deadline.
    earlier: Condvar,
    /// Whether the thread was started, to be asked without the lock.
    running: AtomicBool,
}

/// What the lock guards.
#[derive(Debug)]
struct State {
    /// The timers.
    heap: Heap<Work>,
    /// How many pending timers count although nobody waits on a channel: sleeps and calls.
    counted: usize,
    /// How many fired timers are being delivered.
    firing: usize,
    /// Until when the thread sleeps; 0 while it does not.
    until: u64,
    /// Whether the thread was started.
    started: bool,
}

/// What is to be done for fired timers once the lock is given back.
#[derive(Default)]
struct Batch {
    /// Sleeping goroutines.
    wakers: Vec<Waker>,
    /// Functions.
    calls: Vec<Arc<dyn Call>>,
    /// The receivers of channel timers.
    receivers: Vec<Wakers>,
    /// Channels looked at; the last handle may go with them.
    channels: Vec<Chan<Time>>,
    /// What slots held.
    works: Vec<Work>,
}

impl Batch {
    /// How many deliveries there are.
    fn len(&self) -> usize {
        self.wakers.len() + self.calls.len() + self.receivers.len()
    }

    /// Delivers.
    fn deliver(self) {
        for waker in self.wakers {
            waker.wake();
        }
        for mut receiver in self.receivers {
            receiver.wake();
        }
        for call in self.calls {
            call.call();
        }
    }
}

impl State {
    /// Makes the idle timer `key` pending.
    fn arm(&mut self, key: Key, when: u64) {
        match self.heap.action(key).action {
            Action::Tick(_) => {}
            Action::Wake(_) | Action::Call(_) => self.counted += 1,
        }
        self.heap.arm(key, when);
    }

    /// Makes the timer `key` idle; false if it was.
    fn disarm(&mut self, key: Key) -> bool {
        let pending = self.heap.disarm(key);
        if pending {
            match self.heap.action(key).action {
                Action::Tick(_) => {}
                Action::Wake(_) | Action::Call(_) => self.counted -= 1,
            }
        }
        pending
    }

    /// Fires what is due at `now`, up to the size of a batch; false if nothing is due.
    fn fire(&mut self, now: u64, time: &Time, batch: &mut Batch) -> bool {
        let mut fired = false;
        for _ in 0..BATCH {
            let Some((key, when)) = self.heap.first().filter(|(_, when)| *when <= now) else { break };
            fired = true;
            let work = self.heap.action(key);
            let mut next = None;
            match &mut work.action {
                Action::Wake(waker) => batch.wakers.extend(waker.take()),
                Action::Call(call) => batch.calls.push(Arc::clone(call)),
                Action::Tick(tick) => {
                    if let Some(channel) = tick.channel() {
                        batch.receivers.extend(send(&channel, time.back_to(when)));
                        batch.channels.push(channel);
                        // Ticks that were missed are dropped, and the grid goes on, as in Go.
                        let missed = (now - when).checked_div(tick.period);
                        next = missed.map(|missed| when.saturating_add(tick.period.saturating_mul(missed + 1)));
                    }
                }
            }
            let owned = work.owned;
            if let Some(next) = next {
                self.heap.postpone_first(next);
                continue;
            }
            self.disarm(key);
            if !owned {
                batch.works.extend(self.heap.remove(key));
            }
        }
        self.firing += batch.len();
        fired
    }

    /// The earliest timer that could wake or start something.
    fn next_effect(&self, channels: &mut Vec<Chan<Time>>) -> Option<u64> {
        let mut waited = |tick: &Tick| {
            tick.channel().is_some_and(|channel| {
                let waited = channel.waiting_receivers() > 0;
                channels.push(channel);
                waited
            })
        };
        let counts = |(_, when, work): (Key, u64, &Work)| match &work.action {
            Action::Tick(tick) => waited(tick).then_some(when),
            Action::Wake(_) | Action::Call(_) => Some(when),
        };
        self.heap.pending().filter_map(counts).min()
    }
}

/// Sends a timer's value unless the last one is still there; returns whom to wake.
fn send(channel: &Chan<Time>, time: Time) -> Option<Wakers> {
    let core = channel.core()?;
    let mut wakers = Wakers::default();
    // What the attempt does not take is plain data, and a full buffer drops the tick.
    let _ = core.send_in(&mut core.state.lock(), &mut wakers, &mut Some(time));
    wakers.any().then_some(wakers)
}

impl Timers {
    /// Timers of `clock`.
    const fn new(clock: Clock) -> Timers {
        let state = State { heap: Heap::new(), counted: 0, firing: 0, until: 0, started: false };
        Timers {
            clock,
            number: OnceLock::new(),
            state: Mutex::new(state),
            earlier: Condvar::new(),
            running: AtomicBool::new(false),
        }
    }

    /// The process's timers, on the machine's clock.
    pub(crate) fn global() -> &'static Timers {
        &GLOBAL
    }

    /// Timers of their own on the machine's clock: a test that runs beside others does not wait for theirs.
    pub(crate) fn new_real() -> Timers {
        Timers::new(Clock::Real)
    }

    /// Timers on a clock that starts at 2000-01-01 00:00:00 UTC and moves by [`Timers::advance`] alone.
    pub(crate) fn new_virtual() -> Timers {
        Timers::new(Clock::Virtual(AtomicU64::new(1)))
    }

    /// Whether the clock is a virtual one.
    pub(crate) fn is_virtual(&self) -> bool {
        matches!(self.clock, Clock::Virtual(_))
    }

    /// The monotonic clock: nanoseconds, at least 1.
    pub(crate) fn nanos(&self) -> u64 {
        match &self.clock {
            Clock::Real => u64::try_from(ZERO.elapsed().as_nanos()).unwrap_or(u64::MAX).saturating_add(1),
            // Acquire: pairs with the release in `advance`.
            Clock::Virtual(nanos) => nanos.load(Ordering::Acquire),
        }
    }

    /// The time in `delay` by the monotonic clock.
    pub(crate) fn deadline(&'static self, delay: Duration) -> u64 {
        self.get_ready();
        self.nanos().saturating_add(u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX))
    }

    /// The current time, with its monotonic reading.
    pub(crate) fn now(&self) -> Time {
        let nanos = self.nanos();
        match &self.clock {
            Clock::Real => Time::from_system(std::time::SystemTime::now(), nanos),
            Clock::Virtual(_) => Time::from_unix(VIRTUAL_START, nanos - 1, nanos),
        }
    }

    /// The guarded state.
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the state is half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Arms a new timer. Its slot is the caller's until [`Timers::release`] or [`Timers::abandon`].
    pub(crate) fn add(&'static self, when: u64, action: Action) -> Key {
        let mut state = self.lock();
        let key = state.heap.insert(Work { action, owned: true });
        state.arm(key, when);
        self.armed(state, when);
        key
    }

    /// Arms a new timer that sends to `channel`, every `period` nanoseconds or, for 0, once. Its slot is there for as long
    /// as the channel. `None` for the nil channel.
    pub(crate) fn tick(&'static self, when: u64, channel: &Chan<Time>, period: u64) -> Option<Key> {
        let core = channel.core()?;
        let tick = Tick { channel: channel.uncounted()?, period };
        let number = self.number.get_or_init(|| register(self));
        let key = self.add(when, Action::Tick(tick));
        core.set_timer(u64::from(*number) << 32 | u64::from(key.number()));
        Some(key)
    }

    /// The channel of a timer has gone.
    fn forget(&self, key: Key) {
        let mut state = self.lock();
        state.disarm(key);
        let work = state.heap.remove(key);
        drop(state);
        // Nobody waited for it, so there is nothing that the deadlock detector would have to look at.
        drop(work);
    }

    /// Makes sure that timers are fired. Whoever is about to set one calls this before they read the clock: to start the
    /// thread takes longer than a timer is late otherwise, and a program that looks at its own clock right after it has set
    /// a timer would find that it was early.
    #[inline]
    pub(crate) fn get_ready(&'static self) {
        // Relaxed: it is a hint; `armed` asks under the lock.
        if matches!(self.clock, Clock::Real) && !self.running.load(Ordering::Relaxed) {
            self.start(self.lock());
        }
    }

    /// Starts the thread, unless it was.
    #[cold]
    fn start(&'static self, mut state: MutexGuard<'_, State>) {
        if !std::mem::replace(&mut state.started, true) {
            self.running.store(true, Ordering::Relaxed);
            drop(state);
            rt::service("go-timers", || self.run());
        }
    }

    /// Sees to it that a timer just armed for `when` is fired in time.
    fn armed(&'static self, mut state: MutexGuard<'_, State>, when: u64) {
        match self.clock {
            Clock::Real if !state.started => self.start(state),
            Clock::Real => {
                // Nobody else looks at `until` before the thread does, and one message is enough.
                let notify = when < state.until;
                if notify {
                    state.until = 0;
                }
                drop(state);
                if notify {
                    self.earlier.notify_one();
                }
            }
            Clock::Virtual(_) => {
                drop(state);
                if when <= self.nanos() {
                    self.fire();
                }
            }
        }
    }

    /// Arms the timer again, whatever it is doing; what it did for its earlier deadline and nobody has received is
    /// taken back. `period` is for tickers. True if it was pending or its value taken back.
    pub(crate) fn rearm(&'static self, key: Key, when: u64, period: u64) -> bool {
        let mut state = self.lock();
        let pending = state.disarm(key);
        let action = &mut state.heap.action(key).action;
        let active = take_back(action) || pending;
        if let Action::Tick(tick) = action {
            tick.period = period;
        }
        state.arm(key, when);
        self.armed(state, when);
        active
    }

    /// Stops the timer. True if it was pending or its value was taken back.
    pub(crate) fn stop(&self, key: Key) -> bool {
        let mut state = self.lock();
        let pending = state.disarm(key);
        let active = take_back(&state.heap.action(key).action) || pending;
        drop(state);
        recheck_from_outside();
        active
    }

    /// Stops the timer and gives its slot back.
    pub(crate) fn release(&self, key: Key) {
        let mut state = self.lock();
        let pending = state.disarm(key);
        let work = state.heap.remove(key);
        drop(state);
        drop(work);
        if pending {
            recheck_from_outside();
        }
    }

    /// The owner is gone, but the timer goes on: a channel's for as long as somebody has the channel.
    pub(crate) fn abandon(&self, key: Key) {
        let mut state = self.lock();
        state.heap.action(key).owned = false;
        let idle = !state.heap.is_pending(key);
        let work = if idle { state.heap.remove(key) } else { None };
        drop(state);
        drop(work);
    }

    /// Puts another waker in place of a sleep's. False if it was woken already.
    pub(crate) fn set_waker(&self, key: Key, new: Waker) -> bool {
        let mut state = self.lock();
        let pending = state.heap.is_pending(key);
        let old = match &mut state.heap.action(key).action {
            Action::Wake(slot) if pending => slot.replace(new),
            _ => Some(new),
        };
        drop(state);
        drop(old);
        pending
    }

    /// Whether a pending timer could wake or start something, or one is being fired. A sleep, a function and a context's
    /// deadline count; a channel timer counts while somebody waits on its channel.
    pub(crate) fn may_fire(&self) -> bool {
        let mut channels = Vec::new();
        let state = self.lock();
        let may = state.firing > 0 || state.counted > 0 || state.next_effect(&mut channels).is_some();
        drop(state);
        drop(channels);
        may
    }

    /// Virtual clocks: jumps to the earliest timer that could wake or start something and fires all that is due then.
    /// False if there is none.
    pub(crate) fn advance(&'static self) -> bool {
        let Clock::Virtual(nanos) = &self.clock else { return false };
        let mut channels = Vec::new();
        let state = self.lock();
        let next = state.next_effect(&mut channels);
        if let Some(when) = next {
            // Release: pairs with the acquire in `nanos`. `fetch_max`, since a clock never goes back.
            nanos.fetch_max(when, Ordering::Release);
        }
        drop(state);
        drop(channels);
        if next.is_some() {
            self.fire();
        }
        next.is_some()
    }

    /// How many timers are pending.
    #[cfg(all(test, not(go_loom)))]
    pub(super) fn pending(&self) -> usize {
        self.lock().heap.len()
    }

    /// The deadline of the pending timer that fires last.
    #[cfg(all(test, not(go_loom)))]
    pub(super) fn last_deadline(&self) -> Option<u64> {
        self.lock().heap.pending().map(|(_, when, _)| when).max()
    }

    /// Fires everything that is due.
    fn fire(&self) {
        loop {
            let now = self.now();
            let mut batch = Batch::default();
            let mut state = self.lock();
            let fired = state.fire(now.monotonic(), &now, &mut batch);
            drop(state);
            if !fired {
                return;
            }
            self.deliver(batch);
        }
    }

    /// Delivers what was fired.
    fn deliver(&self, mut batch: Batch) {
        let count = batch.len();
        drop(std::mem::take(&mut batch.channels));
        drop(std::mem::take(&mut batch.works));
        batch.deliver();
        if count > 0 {
            self.lock().firing -= count;
            rt::recheck();
        }
    }

    /// The thread.
    fn run(&self) {
        let mut state = self.lock();
        loop {
            let now = self.nanos();
            match state.heap.first() {
                Some((_, when)) if when <= now => {
                    drop(state);
                    self.fire();
                    state = self.lock();
                }
                Some((_, when)) => {
                    state.until = when;
                    let delay = Duration::from_nanos(when - now);
                    (state, _) = self.earlier.wait_timeout(state, delay).unwrap_or_else(PoisonError::into_inner);
                    state.until = 0;
                }
                None => {
                    state.until = u64::MAX;
                    let waited = self.earlier.wait_timeout(state, LINGER).unwrap_or_else(PoisonError::into_inner);
                    state = waited.0;
                    state.until = 0;
                    if waited.1.timed_out() && state.heap.first().is_none() {
                        // The next timer starts another thread.
                        state.started = false;
                        self.running.store(false, Ordering::Relaxed);
                        return;
                    }
                }
            }
        }
    }
}

/// The timers that have a number from 1 up, in its order; those of the process have 0.
static NUMBERED: Mutex<Vec<&'static Timers>> = Mutex::new(Vec::new());

/// Gives `timers` a number.
#[cold]
fn register(timers: &'static Timers) -> u32 {
    set_forget_timer(forget);
    if std::ptr::eq(timers, &GLOBAL) {
        return 0;
    }
    let mut numbered = NUMBERED.lock().unwrap_or_else(PoisonError::into_inner);
    numbered.push(timers);
    u32::try_from(numbered.len()).expect("fewer than 2^32 clocks")
}

/// The channel has gone that knew its timer by this number.
fn forget(number: u64) {
    let timers = match ((number >> 32) as usize).checked_sub(1) {
        None => Some(&GLOBAL),
        Some(index) => NUMBERED.lock().unwrap_or_else(PoisonError::into_inner).get(index).copied(),
    };
    if let Some(timers) = timers {
        timers.forget(Key::from_number(number as u32));
    }
}

/// Takes an unreceived value out of a timer's channel; false if there was none.
fn take_back(action: &Action) -> bool {
    let Action::Tick(tick) = action else { return false };
    // The owner has the channel, so this handle is not the last.
    tick.channel().is_some_and(|channel| channel.try_recv().is_ok())
}

/// A timer stopped by something that is not a goroutine may leave nothing to wait for.
fn recheck_from_outside() {
    if !goroutine::is_inside() {
        rt::recheck();
    }
}
