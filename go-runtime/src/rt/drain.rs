//! The tokio task on each worker that runs goroutines.
//!
//! A drain runs goroutines for a slice of time and then gives way to tokio, whose I/O, timers and tasks so stay
//! responsive; with nothing to run it is idle as any other tokio task is. It keeps to tokio's own budget too: a
//! goroutine that does nothing but I/O that is always ready ends the slice.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crossbeam_deque::Steal;

use super::calm::{self, Turn, Verdict};
use super::cell::{self, Runnable};
use super::scheduler::{Scheduler, Worker};
use super::stranger;
use crate::goroutine;
use crate::shim::lost;

/// How long a drain runs before it gives way to tokio.
const SLICE: Duration = Duration::from_micros(200);
/// How many goroutines are polled between two looks at the clock.
const CLOCK_EVERY: u64 = 16;
/// How often in a row the next slot is preferred to the queue.
const NEXT_LIMIT: u32 = 64;
/// How often the injector is looked at before the drain's own queue.
const INJECTOR_EVERY: u64 = 61;
/// How many goroutines are queued between two looks at the clock while no drain is to be woken.
const CALM_EVERY: u32 = 16;
/// How many goroutine numbers a drain takes at a time.
const NUMBERS: u64 = 16;

/// One drain: the tokio task.
pub(super) struct Drain {
    /// What the goroutines that run on it see.
    local: Box<Local>,
    /// Whether it has been polled.
    begun: bool,
    /// Whether it is among the idle.
    parked: bool,
}

/// The drain's own part, reachable through the thread while the drain is polled.
struct Local {
    /// The scheduler.
    scheduler: &'static Scheduler,
    /// Which of the workers.
    index: usize,
    /// The shared part.
    worker: &'static Worker,
    /// The queue.
    queue: crossbeam_deque::Worker<Runnable>,
    /// Whether the order is random, for tests.
    shuffle: bool,
    /// How often the next slot is still preferred before the injector and the queue are looked at.
    turns: Cell<u32>,
    /// How many goroutines were polled.
    ticks: Cell<u64>,
    /// The number of polls at which the injector comes first.
    injector_at: Cell<u64>,
    /// How many goroutines were queued while no drain was to be woken.
    held_back: Cell<u32>,
    /// While it runs what another drain had too much of.
    turn: Cell<Option<Turn>>,
    /// Whether it takes over what others have.
    steals: Cell<bool>,
    /// If all others were idle at the last look at the clock: how often one had stopped being so.
    alone_since: Cell<Option<u64>>,
    /// Whether it was woken by the system monitor, for what waits behind a goroutine that computes: that is not judged.
    rescues: Cell<bool>,
    /// The next goroutine number.
    number: Cell<u64>,
    /// How many numbers are left.
    numbers_left: Cell<u64>,
}

thread_local! {
    /// The drain that is being polled on this thread.
    static CURRENT: Cell<Option<&'static Local>> = const { Cell::new(None) };
}

/// The drain that is being polled on this thread.
#[inline]
fn current() -> Option<&'static Local> {
    CURRENT.try_with(Cell::get).ok().flatten()
}

/// The scheduler whose goroutine runs on this thread.
#[inline]
pub(super) fn scheduler() -> Option<&'static Scheduler> {
    current().map(|local| local.scheduler)
}

/// Whether this thread is inside a drain of `scheduler`.
pub(super) fn is_worker_of(scheduler: &Scheduler) -> bool {
    current().is_some_and(|local| std::ptr::eq(local.scheduler, scheduler))
}

/// How many polls the drain of this thread has begun, if it is inside one.
pub(super) fn ticks() -> Option<&'static AtomicU64> {
    current().map(|local| &local.worker.ticks)
}

/// How a task that is not a goroutine pays for an operation: with tokio's own budget.
pub(super) fn foreign_budget(cx: &mut Context<'_>) -> Poll<()> {
    pin!(tokio::task::coop::consume_budget()).poll(cx)
}

/// Counts a goroutine that starts: its number.
#[inline]
pub(super) fn started(scheduler: &'static Scheduler) -> u64 {
    let Some(local) = current().filter(|local| std::ptr::eq(local.scheduler, scheduler)) else {
        return scheduler.started_outside();
    };
    add_one(&local.worker.started);
    if local.numbers_left.get() == 0 {
        local.number.set(scheduler.numbers(NUMBERS));
        local.numbers_left.set(NUMBERS);
    }
    local.numbers_left.set(local.numbers_left.get() - 1);
    local.number.replace(local.number.get() + 1)
}

/// Counts a goroutine that ended.
#[inline]
pub(super) fn ended(scheduler: &'static Scheduler) {
    if let Some(local) = current().filter(|local| std::ptr::eq(local.scheduler, scheduler)) {
        add_one(&local.worker.ended);
    }
}

/// Adds one to a counter that only this thread writes.
#[inline]
fn add_one(counter: &AtomicU64) {
    // Release: pairs with the acquire in `Scheduler::alive`; what ended was started before.
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Release);
}

/// Queues a goroutine that was woken.
#[inline]
pub(super) fn schedule(runnable: Runnable) {
    let scheduler = runnable.scheduler();
    match current().filter(|local| std::ptr::eq(local.scheduler, scheduler)) {
        Some(local) => local.push_next(runnable),
        None => scheduler.inject(runnable),
    }
}

/// Queues the goroutine that `wake` returns, if this thread is inside a drain of the scheduler `owner`; whether it did. `wake`
/// is called inside the drain's section.
#[inline]
pub(super) fn schedule_woken(owner: *const (), wake: impl FnOnce() -> Option<Runnable>) -> bool {
    current().filter(|local| std::ptr::eq(local.scheduler.owner(), owner)).is_some_and(|local| local.push_woken(wake))
}

/// Queues a goroutine that was woken while it ran: it gives way to the others.
pub(super) fn give_way(runnable: Runnable) {
    let scheduler = runnable.scheduler();
    match current().filter(|local| std::ptr::eq(local.scheduler, scheduler)) {
        Some(local) => local.push(runnable),
        None => scheduler.inject(runnable),
    }
}

/// Queues a goroutine that starts.
#[inline]
pub(super) fn spawn(runnable: Runnable) {
    schedule(runnable);
}

/// Runs a goroutine that starts at once, inside of the current one; it is queued if that is not possible, or if the order
/// is to be random.
#[cfg(feature = "http")]
#[inline]
pub(super) fn run_here(runnable: Runnable) {
    let scheduler = runnable.scheduler();
    match current().filter(|local| std::ptr::eq(local.scheduler, scheduler) && !local.shuffle) {
        Some(_) => {
            // The one that is being polled has a waker of its own, which it keeps.
            let current = cell::current();
            stranger::with(&current, scheduler, |waker| {
                goroutine::enter(&current, || runnable.run(&current, waker));
            });
        }
        None => spawn(runnable),
    }
}

/// Why a drain stopped running goroutines.
enum Stop {
    /// Its time is over.
    Slice,
    /// There is nothing to run.
    Empty,
    /// What it has is left to the others.
    Contended,
}

impl Local {
    /// Queues a goroutine behind the others.
    #[inline]
    fn push(&self, runnable: Runnable) {
        self.queue.push(runnable);
        // No fence: if the drain that is just becoming idle is missed, this one runs the goroutine itself.
        if self.scheduler.wants_one() {
            self.surplus();
        }
    }

    /// There is more than this drain can run now, and an idle one: wakes it if that is likely to pay.
    #[cold]
    fn surplus(&self) {
        let calm = &self.scheduler.calm;
        if calm.is_set() {
            let held_back = self.held_back.get() + 1;
            self.held_back.set(held_back % CALM_EVERY);
            if held_back < CALM_EVERY || !calm.is_over(Instant::now()) {
                return;
            }
        }
        self.scheduler.wake_parked(true);
    }

    /// Queues a goroutine before the others.
    #[inline]
    fn push_next(&self, runnable: Runnable) {
        if let Some(before) = self.worker.section.enter(|| self.worker.set_next(runnable)) {
            self.push(before);
        }
    }

    /// As [`Local::push_next`] with what `wake` returns, which is called inside the drain's section.
    #[inline]
    fn push_woken(&self, wake: impl FnOnce() -> Option<Runnable>) -> bool {
        let Some(before) = self.worker.section.enter(|| wake().map(|runnable| self.worker.set_next(runnable))) else {
            return false;
        };
        if let Some(before) = before {
            self.push(before);
        }
        true
    }

    /// There is an idle drain: wakes it for what was queued while it was not to be woken.
    #[cold]
    fn surplus_left(&self, now: Instant) {
        if !self.queue.is_empty() && self.scheduler.calm.is_over(now) {
            self.scheduler.wake_parked(true);
        }
    }

    /// It runs what another drain had from now on.
    #[cold]
    fn turn_begins(&self, now: Instant) {
        self.turn.set(Some(Turn::new(now, self.ticks.get())));
    }

    /// Ends its turn, if it has one, and says what that was.
    fn turn_ends(&self) -> Option<Verdict> {
        let turn = self.turn.take()?;
        let now = Instant::now();
        Some(self.scheduler.calm.judge(turn.each(now, self.ticks.get()), turn.lasted(now), now))
    }

    /// A slice is over: whether to take more over.
    fn turn_goes_on(&self) {
        match self.turn_ends() {
            Some(Verdict::Worth | Verdict::Unknown) => self.turn_begins(Instant::now()),
            Some(Verdict::Loss) => self.steals.set(false),
            None => {}
        }
    }

    /// Its turn is not worth it: what it has is left to the others, of which one at least is running.
    #[cold]
    fn leaves(&self) -> bool {
        if self.scheduler.is_alone() {
            return false;
        }
        self.turn.set(None);
        self.scheduler.calm.put_off(Instant::now());
        if let Some(next) = self.worker.take_next() {
            self.queue.push(next);
        }
        self.steals.set(false);
        self.scheduler.leave(self.index, true);
        true
    }

    /// Some polls took this long. Whether the drain is to leave what it has to the others.
    #[inline]
    fn sample(&self, took: Duration) -> bool {
        let each = calm::each(took, CLOCK_EVERY);
        let waited = lost::take();
        let alone = self.scheduler.is_alone().then(|| self.scheduler.wakes());
        if alone.is_some() {
            if self.alone_since.get() == alone {
                self.scheduler.calm.ran_alone(each);
            }
            // Nobody is left from whom it has taken something over.
            self.turn.set(None);
        } else if let Some(mut turn) = self.turn.get() {
            turn.sample(each, took.as_nanos() as u64, waited);
            self.turn.set(Some(turn));
            if turn.is_contended() {
                return self.leaves();
            }
        }
        self.alone_since.set(alone);
        false
    }

    /// Puts a random one of the goroutines that are ready first.
    #[cold]
    fn shuffle(&self) {
        if let Some(next) = self.worker.take_next() {
            self.queue.push(next);
        }
        for _ in 0..crate::goroutine::random(self.queue.len().max(1) as u32) {
            if let Some(first) = self.queue.pop() {
                self.queue.push(first);
            }
        }
    }

    /// The next goroutine of the drain's own.
    #[inline]
    fn pop(&self) -> Option<Runnable> {
        let turns = self.turns.get();
        if turns > 0
            && let Some(runnable) = self.worker.take_next()
        {
            self.turns.set(turns - 1);
            return Some(runnable);
        }
        self.pop_in_turn()
    }

    /// The next goroutine when the next slot is empty or has had its turns.
    fn pop_in_turn(&self) -> Option<Runnable> {
        if self.shuffle {
            self.shuffle();
        } else {
            self.turns.set(NEXT_LIMIT);
        }
        if self.ticks.get() >= self.injector_at.get() {
            self.injector_at.set(self.ticks.get() + INJECTOR_EVERY);
            if let Some(runnable) = self.pop_injector() {
                return Some(runnable);
            }
        }
        let runnable = self.queue.pop();
        if runnable.is_some() {
            // What waits in the next slot has had its turns: it queues up behind the others.
            if let Some(next) = self.worker.take_next() {
                self.queue.push(next);
            }
            return runnable;
        }
        self.worker.take_next().or_else(|| self.pop_injector())
    }

    /// A goroutine that another drain has left or that was queued from outside, and some more into the queue.
    fn pop_injector(&self) -> Option<Runnable> {
        // First what was left, of which there will not be more: the injector may never be empty.
        let left = self.scheduler.left().find_map(|stealer| retry(|| stealer.steal_batch_and_pop(&self.queue)));
        if left.is_some() || self.scheduler.injector.is_empty() {
            return left;
        }
        retry(|| self.scheduler.injector.steal_batch_and_pop(&self.queue))
    }

    /// It was woken from outside: what it was woken for runs before what it had left to others.
    fn first_from_outside(&self) {
        if !self.queue.is_empty()
            && let Some(runnable) = retry(|| self.scheduler.injector.steal())
        {
            self.push_next(runnable);
        }
    }

    /// A poll begins, or the drain becomes idle, after which none of its polls is under way. The new count.
    #[inline]
    fn count(&self) -> u64 {
        let ticks = self.ticks.get() + 1;
        self.ticks.set(ticks);
        // Relaxed: others only see whether it moves.
        self.worker.ticks.store(ticks, Ordering::Relaxed);
        ticks
    }

    /// A goroutine of another drain, and some more into the queue.
    fn steal(&self) -> Option<Runnable> {
        let stealers = self.scheduler.stealers();
        let first = crate::goroutine::random(stealers.len() as u32) as usize;
        let stolen = (0..stealers.len())
            .map(|i| (first + i) % stealers.len())
            .filter(|index| *index != self.index)
            .find_map(|index| retry(|| stealers[index].steal_batch_and_pop(&self.queue)));
        if stolen.is_some() && self.turn.get().is_none() && !self.rescues.get() {
            self.turn_begins(Instant::now());
        }
        stolen
    }

    /// Runs goroutines until there are none or the slice is over.
    fn run(&self, searching: &mut bool) -> Stop {
        let start = Instant::now();
        crate::goroutine::clock::set(start);
        lost::take();
        self.scheduler.calm.pass(start);
        let (end, mut looked) = (start + SLICE, start);
        let current = cell::current();
        stranger::with(&current, self.scheduler, |waker| {
            goroutine::enter(&current, || {
                loop {
                    let Some(runnable) = self.pop().or_else(|| self.search(searching)) else { return Stop::Empty };
                    if std::mem::take(searching) {
                        self.scheduler.search_ended();
                    }
                    let ticks = self.count();
                    runnable.run(&current, waker);
                    if ticks.is_multiple_of(CLOCK_EVERY) {
                        let now = Instant::now();
                        if now >= end || !tokio::task::coop::has_budget_remaining() {
                            if self.scheduler.wants_one() {
                                self.surplus_left(now);
                            }
                            return Stop::Slice;
                        }
                        if self.sample(now - looked) {
                            return Stop::Contended;
                        }
                        looked = now;
                        self.scheduler.calm.pass(now);
                        if self.scheduler.wants_one() {
                            self.surplus_left(now);
                        }
                    }
                }
            })
        })
    }

    /// The next goroutine of another drain's, when this one has none.
    fn search(&self, searching: &mut bool) -> Option<Runnable> {
        if self.scheduler.workers().len() == 1 || !self.steals.get() {
            return None;
        }
        if !*searching {
            self.scheduler.search_begins();
            *searching = true;
        }
        self.steal()
    }
}

/// Steals until the answer is definite.
fn retry(steal: impl Fn() -> Steal<Runnable>) -> Option<Runnable> {
    loop {
        match steal() {
            Steal::Success(runnable) => return Some(runnable),
            Steal::Empty => return None,
            Steal::Retry => std::hint::spin_loop(),
        }
    }
}

impl Drain {
    /// The drain `index` of `scheduler`.
    pub(super) fn new(scheduler: &'static Scheduler, index: usize, queue: crossbeam_deque::Worker<Runnable>) -> Drain {
        let local = Local {
            scheduler,
            index,
            worker: &scheduler.workers()[index],
            queue,
            shuffle: scheduler.shuffles(),
            turns: Cell::new(0),
            ticks: Cell::new(0),
            injector_at: Cell::new(INJECTOR_EVERY),
            held_back: Cell::new(0),
            turn: Cell::new(None),
            steals: Cell::new(true),
            alone_since: Cell::new(None),
            rescues: Cell::new(false),
            number: Cell::new(0),
            numbers_left: Cell::new(0),
        };
        Drain { local: Box::new(local), begun: false, parked: false }
    }

    /// Runs `f` with the drain as the thread's current one.
    fn enter<R>(&self, f: impl FnOnce(&Local) -> R) -> R {
        /// Puts back what was there, also when `f` panics.
        struct Restore(Option<&'static Local>);
        impl Drop for Restore {
            fn drop(&mut self) {
                // A thread that is being torn down has no drain.
                let _ = CURRENT.try_with(|current| current.set(self.0));
            }
        }
        let local: &Local = &self.local;
        // SAFETY: the reference is taken back before this call returns, and the drain outlives the call. A goroutine only
        // uses it while it is being polled, which is inside the call.
        let unbound: &'static Local = unsafe { &*std::ptr::from_ref(local) };
        let _restore = Restore(CURRENT.with(|current| current.replace(Some(unbound))));
        f(local)
    }
}

impl Future for Drain {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let (scheduler, index) = (self.local.scheduler, self.local.index);
        if !std::mem::replace(&mut self.begun, true) {
            // The waker of a tokio task stays the same.
            self.local.worker.set_waker(Some(cx.waker().clone()));
        }
        // Whoever wakes an idle drain counts it as searching.
        let mut searching = false;
        if std::mem::take(&mut self.parked) {
            searching = !scheduler.unpark(index);
            scheduler.leave(index, false);
            self.local.rescues.set(!searching);
            self.local.steals.set(true);
            if self.local.worker.was_for_surplus() {
                self.local.turn_begins(Instant::now());
            } else {
                self.local.first_from_outside();
            }
        }
        loop {
            match self.enter(|local| local.run(&mut searching)) {
                Stop::Slice => {
                    self.local.turn_goes_on();
                    // Deferred: tokio runs its other tasks and looks at its driver before it polls this one again.
                    let _ = pin!(tokio::task::yield_now()).poll(cx);
                    return Poll::Pending;
                }
                stop @ (Stop::Empty | Stop::Contended) => {
                    if let Stop::Empty = stop {
                        self.local.turn_ends();
                    }
                    self.local.count();
                    if scheduler.park(index, cx.waker(), std::mem::take(&mut searching), self.local.steals.get()) {
                        self.parked = true;
                        return Poll::Pending;
                    }
                    scheduler.leave(index, false);
                }
            }
        }
    }
}

impl Drop for Drain {
    fn drop(&mut self) {
        // The runtime is shut down. What is queued here is dropped where its own drops may still start goroutines.
        self.local.worker.set_waker(None);
        self.local.scheduler.ended();
        self.enter(|local| while local.pop().is_some() {});
    }
}

impl std::fmt::Debug for Drain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drain").field("index", &self.local.index).finish_non_exhaustive()
    }
}
