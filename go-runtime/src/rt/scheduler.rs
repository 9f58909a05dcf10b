//! What the drains of one tokio runtime share: the injector, who is idle, the counters.
//!
//! # Invariants
//! 1. A drain that is counted idle has an empty next slot, and its waker is in `parked`. Its queue is empty too, unless it
//!    has left that to others ([`Worker::leaves`]); and never are all drains idle while there is something in a queue.
//! 2. A goroutine that is queued from outside the drains is queued in `injector` before `idle` is read (a fence lies
//!    between); a drain counts itself idle before it looks at `injector` for the last time (likewise). So one of the
//!    two sees the other, and no wake is lost.
//! 3. `wakes` changes whenever a drain stops being idle. Whoever reads the same number twice and finds all drains idle
//!    both times knows that nothing ran in between.

use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};
use std::task::Waker;

use crossbeam_deque::{Injector, Stealer};
use tokio::runtime::Handle;

use super::calm::Calm;
use super::cell::Runnable;
use super::deadlock;
use super::drain::{self, Drain};
use super::outcome::Outcome;
use super::section::Section;
use super::sysmon;
use crate::shim::Lock;
use crate::time::Timers;

/// What happens when something goes wrong, and which clock is used.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one a scheduler")]
pub(super) enum Rules {
    /// Go's process rules: reports, exit codes.
    Process {
        /// Whether a deadlock is reported.
        deadlock: bool,
        /// What a panic that nobody recovers does.
        panics: PanicRule,
    },
    /// A test: what would end the process fails the test.
    Test {
        /// How the test ended.
        outcome: Outcome,
        /// The test's own clock: a virtual one, unless it wants the real one.
        timers: Timers,
        /// Whether goroutines run in a random order.
        shuffle: bool,
    },
}

/// What a panic that nobody recovers does to the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanicRule {
    /// It ends the process with exit code 2, as in Go.
    Exit,
    /// It ends its goroutine only; the report is printed all the same.
    EndGoroutine,
}

/// The shared part of one drain. It writes into this at every switch, so it has lines of the cache of its own: two, as
/// processors fetch them in pairs.
#[repr(align(128))]
pub(super) struct Worker {
    /// Guards the next slot, and what the drain does to the state of goroutines that it wakes, see `State::wake_alone`.
    pub(super) section: Section,
    /// The goroutine that runs next, from `Runnable::into_raw`; null if there is none.
    next: AtomicPtr<()>,
    /// How many goroutines it has polled; the system monitor sees whether it moves.
    pub(super) ticks: AtomicU64,
    /// Goroutines that were started on it.
    pub(super) started: AtomicU64,
    /// Goroutines that ended on it.
    pub(super) ended: AtomicU64,
    /// Whether it was woken for what another drain had too much of.
    for_surplus: AtomicBool,
    /// Whether it is idle and has left what is in its queue to the others.
    leaves: AtomicBool,
    /// Wakes its tokio task, from its first poll until it goes.
    waker: Lock<Option<Waker>>,
}

/// A drain that has nothing to do.
struct Parked {
    /// Which one.
    index: usize,
    /// Wakes its tokio task.
    waker: Waker,
}

/// What changes when goroutines start, in lines of its own: the rest of a scheduler is read all the time.
#[repr(align(128))]
struct Counts {
    /// Goroutines started from outside the drains.
    started_outside: AtomicU64,
    /// The last goroutine number given out.
    last_id: AtomicU64,
}

/// The drains of one tokio runtime.
pub(crate) struct Scheduler {
    /// The tokio runtime.
    handle: Handle,
    /// What happens when something goes wrong.
    rules: Rules,
    /// Goroutines that were woken or started from outside, and those that gave way for long.
    pub(super) injector: Injector<Runnable>,
    /// The drains.
    workers: Box<[Worker]>,
    /// The ways into their queues.
    stealers: Box<[Stealer<Runnable>]>,
    /// The idle drains; the one that became idle last is woken first.
    parked: Lock<Vec<Parked>>,
    /// How many are idle.
    idle: AtomicUsize,
    /// How many drains look for something to steal; while one does, no other is woken.
    searching: AtomicUsize,
    /// When a drain may be woken for a surplus again.
    pub(super) calm: Calm,
    /// How many drains have left their queues to the others.
    leaving: AtomicUsize,
    /// How often a drain stopped being idle.
    wakes: AtomicU64,
    /// Clones of goroutines' wakers in the hands of others.
    pub(super) strangers: AtomicUsize,
    /// What changes when goroutines start.
    counts: Counts,
    /// How often the deadlock detector was called since it began to look.
    pub(super) checking: AtomicUsize,
    /// The queues of drains that were not started yet.
    queues: Lock<Vec<crossbeam_deque::Worker<Runnable>>>,
}

impl Scheduler {
    /// A scheduler with `workers` drains on `handle`'s runtime; [`Scheduler::run`] starts them. It lives for ever:
    /// goroutines point to it.
    pub(super) fn new(handle: &Handle, workers: usize, rules: Rules) -> &'static Scheduler {
        crate::panics::install();
        crate::goroutine::set_foreign_budget(drain::foreign_budget);
        let queues: Vec<_> = (0..workers).map(|_| crossbeam_deque::Worker::new_fifo()).collect();
        let shared = queues.iter().map(|_| Worker {
            section: Section::new(),
            next: AtomicPtr::new(std::ptr::null_mut()),
            ticks: AtomicU64::new(0),
            started: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            for_surplus: AtomicBool::new(false),
            leaves: AtomicBool::new(false),
            waker: Lock::new(None),
        });
        let scheduler: &'static Scheduler = Box::leak(Box::new(Scheduler {
            handle: handle.clone(),
            rules,
            injector: Injector::new(),
            workers: shared.collect(),
            stealers: queues.iter().map(crossbeam_deque::Worker::stealer).collect(),
            parked: Lock::new(Vec::with_capacity(workers)),
            idle: AtomicUsize::new(0),
            searching: AtomicUsize::new(0),
            calm: Calm::new(),
            leaving: AtomicUsize::new(0),
            wakes: AtomicU64::new(0),
            strangers: AtomicUsize::new(0),
            counts: Counts { started_outside: AtomicU64::new(0), last_id: AtomicU64::new(0) },
            checking: AtomicUsize::new(0),
            queues: Lock::new(queues),
        }));
        REGISTRY.lock().push(scheduler);
        scheduler
    }

    /// Starts the drains. The first goroutine is queued before, so that drains without work are not taken for a deadlock.
    pub(super) fn run(&'static self) {
        let queues = std::mem::take(&mut *self.queues.lock());
        sysmon::busy(self);
        for (index, queue) in queues.into_iter().enumerate() {
            self.handle.spawn(Drain::new(self, index, queue));
        }
    }

    /// Every scheduler that has not ended.
    pub(crate) fn all() -> Vec<&'static Scheduler> {
        REGISTRY.lock().clone()
    }

    /// The scheduler of the tokio runtime that `handle` belongs to.
    pub(super) fn of(handle: &Handle) -> Option<&'static Scheduler> {
        let id = handle.id();
        REGISTRY.lock().iter().copied().find(|scheduler| scheduler.handle.id() == id)
    }

    /// The tokio runtime goes away, and with it the drains.
    pub(super) fn ended(&'static self) {
        REGISTRY.lock().retain(|scheduler| !std::ptr::eq(*scheduler, self));
    }

    /// The tokio runtime.
    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// What happens when something goes wrong.
    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The drains.
    pub(super) fn workers(&self) -> &[Worker] {
        &self.workers
    }

    /// The ways into the drains' queues.
    pub(super) fn stealers(&self) -> &[Stealer<Runnable>] {
        &self.stealers
    }

    /// Runs `inside` while no drain is inside its section.
    pub(super) fn inside_all<R>(&self, inside: impl FnOnce() -> R) -> R {
        /// As `inside_all`, for some workers.
        fn enter<R>(workers: &[Worker], inside: Box<dyn FnOnce() -> R + '_>) -> R {
            match workers {
                [] => inside(),
                [first, rest @ ..] => first.section.visit(|| enter(rest, inside)),
            }
        }
        enter(&self.workers, Box::new(inside))
    }

    /// The clock of the scheduler's goroutines.
    pub(crate) fn timers(&self) -> &Timers {
        match &self.rules {
            Rules::Test { timers, .. } => timers,
            Rules::Process { .. } => Timers::global(),
        }
    }

    /// Whether goroutines run in a random order.
    pub(super) fn shuffles(&self) -> bool {
        matches!(self.rules, Rules::Test { shuffle: true, .. })
    }

    /// What stands for this scheduler in goroutines' records: its address.
    #[inline]
    pub(super) fn owner(&self) -> *const () {
        std::ptr::from_ref(self).cast()
    }

    /// How many goroutines there are.
    pub(crate) fn alive(&self) -> usize {
        let mut started = self.counts.started_outside.load(Ordering::Relaxed);
        let mut ended = 0;
        for worker in &self.workers {
            // Ended before started: a goroutine that moves between the two reads is counted, not missed.
            ended += worker.ended.load(Ordering::Acquire);
        }
        for worker in &self.workers {
            started += worker.started.load(Ordering::Relaxed);
        }
        usize::try_from(started.saturating_sub(ended)).unwrap_or(usize::MAX)
    }

    /// Gives out `count` goroutine numbers, the first of which is returned.
    pub(super) fn numbers(&self, count: u64) -> u64 {
        self.counts.last_id.fetch_add(count, Ordering::Relaxed) + 1
    }

    /// A goroutine starts from outside the drains: its number.
    pub(super) fn started_outside(&self) -> u64 {
        self.counts.started_outside.fetch_add(1, Ordering::Relaxed);
        self.numbers(1)
    }

    /// Queues a goroutine from outside the drains.
    pub(super) fn inject(&self, runnable: Runnable) {
        self.injector.push(runnable);
        // SeqCst: the second invariant.
        fence(Ordering::SeqCst);
        if self.wants_one() {
            self.wake_parked(false);
        }
    }

    /// Whether there is an idle drain, and none looks for work already.
    #[inline]
    pub(super) fn wants_one(&self) -> bool {
        self.idle.load(Ordering::Relaxed) > 0 && self.searching.load(Ordering::SeqCst) == 0
    }

    /// Wakes an idle drain, which begins by searching; `for_surplus` if there is a drain that has more than it can run now.
    #[cold]
    pub(super) fn wake_parked(&self, for_surplus: bool) {
        let parked = {
            let mut all = self.parked.lock();
            let Some(parked) = all.pop() else { return };
            // Release: the deadlock detector that sees the count of strangers or timers drop sees this too.
            self.wakes.fetch_add(1, Ordering::SeqCst);
            self.searching.fetch_add(1, Ordering::SeqCst);
            self.idle.store(all.len(), Ordering::SeqCst);
            parked
        };
        self.workers[parked.index].for_surplus.store(for_surplus, Ordering::Relaxed);
        sysmon::busy(self);
        parked.waker.wake();
        if drain::is_worker_of(self) {
            // tokio has put the drain into this worker's LIFO slot, which no other worker can steal from, and this worker
            // is busy here. Another task pushes it out to where the idle worker finds it, and tells that worker.
            self.handle.spawn(std::future::ready(()));
        }
    }

    /// The drain `index` has found nothing: it is idle from now on, unless something came meanwhile (then false). What other
    /// drains have queued does not count if it does not `steal`, unless all are idle: these run it themselves.
    pub(super) fn park(&'static self, index: usize, waker: &Waker, searching: bool, steals: bool) -> bool {
        let parked = Parked { index, waker: waker.clone() };
        {
            let mut all = self.parked.lock();
            all.push(parked);
            self.idle.store(all.len(), Ordering::SeqCst);
        }
        if searching {
            self.searching.fetch_sub(1, Ordering::SeqCst);
        }
        // SeqCst: the second invariant.
        fence(Ordering::SeqCst);
        let came = if steals || self.are_idle() { self.has_waiting() } else { !self.injector.is_empty() };
        if came && self.unpark(index) {
            return false;
        }
        if self.all_idle() {
            deadlock::look(self);
        }
        true
    }

    /// Takes the drain `index` off the idle ones; false if somebody else has woken it.
    pub(super) fn unpark(&self, index: usize) -> bool {
        let parked = {
            let mut all = self.parked.lock();
            let Some(at) = all.iter().position(|parked| parked.index == index) else { return false };
            let parked = all.remove(at);
            self.wakes.fetch_add(1, Ordering::SeqCst);
            self.idle.store(all.len(), Ordering::SeqCst);
            parked
        };
        // The waker is dropped without the lock.
        drop(parked);
        true
    }

    /// A drain begins to look for something to steal.
    pub(super) fn search_begins(&self) {
        self.searching.fetch_add(1, Ordering::SeqCst);
    }

    /// A drain has found something: if it was the last that looked, another one looks for more.
    pub(super) fn search_ended(&self) {
        if self.searching.fetch_sub(1, Ordering::SeqCst) == 1 && self.wants_one() && self.has_waiting() {
            self.wake_parked(true);
        }
    }

    /// Whether all drains but one are idle, of several.
    #[inline]
    pub(super) fn is_alone(&self) -> bool {
        self.workers.len() > 1 && self.idle.load(Ordering::Relaxed) + 1 == self.workers.len()
    }

    /// Whether all drains are idle.
    fn are_idle(&self) -> bool {
        self.idle.load(Ordering::SeqCst) == self.workers.len()
    }

    /// Whether all drains are idle and nothing is queued.
    pub(super) fn all_idle(&self) -> bool {
        self.are_idle() && !self.has_waiting()
    }

    /// The drain `index`, which is about to become idle, leaves its queue to the others; or it takes it back.
    pub(super) fn leave(&self, index: usize, leaves: bool) {
        // Relaxed: whoever misses it looks again, and nobody is idle for good while there is something in a queue.
        if self.workers[index].leaves.swap(leaves, Ordering::Relaxed) != leaves {
            let count = if leaves { 1 } else { usize::MAX };
            self.leaving.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// The ways into the queues that were left to others.
    #[inline]
    pub(super) fn left(&self) -> impl Iterator<Item = &Stealer<Runnable>> {
        let some = self.leaving.load(Ordering::Relaxed) > 0;
        let workers = if some { &*self.workers } else { &[] };
        let leaves = |(worker, _): &(&Worker, &Stealer<Runnable>)| worker.leaves.load(Ordering::Relaxed);
        workers.iter().zip(&self.stealers).filter(leaves).map(|(_, stealer)| stealer)
    }

    /// Whether there are several drains, and one of them is not idle.
    pub(super) fn is_busy(&self) -> bool {
        self.workers.len() > 1 && self.idle.load(Ordering::SeqCst) < self.workers.len()
    }

    /// Whether the drain `index` is idle.
    pub(super) fn is_idle(&self, index: usize) -> bool {
        self.parked.lock().iter().any(|parked| parked.index == index)
    }

    /// Whether a goroutine is queued anywhere.
    pub(super) fn has_waiting(&self) -> bool {
        !self.injector.is_empty() || self.stealers.iter().any(|stealer| !stealer.is_empty())
    }

    /// See the third invariant.
    pub(super) fn wakes(&self) -> u64 {
        self.wakes.load(Ordering::SeqCst)
    }

    /// A clone of a goroutine's waker is gone.
    pub(super) fn stranger_left(&'static self) {
        if self.all_idle() {
            deadlock::look(self);
        }
    }
}

impl Worker {
    /// Says how the drain's tokio task is woken.
    pub(super) fn set_waker(&self, waker: Option<Waker>) {
        let before = std::mem::replace(&mut *self.waker.lock(), waker);
        // Dropped without the lock.
        drop(before);
    }

    /// Wakes the drain's tokio task, in whatever state it is.
    pub(super) fn wake(&self) {
        let waker = self.waker.lock().clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether the drain was woken for a surplus; asked once.
    pub(super) fn was_for_surplus(&self) -> bool {
        self.for_surplus.load(Ordering::Relaxed) && self.for_surplus.swap(false, Ordering::Relaxed)
    }

    /// Puts a goroutine into the next slot; the one that was there. For the drain itself, inside its section.
    #[inline]
    pub(super) fn set_next(&self, runnable: Runnable) -> Option<Runnable> {
        let before = self.next.load(Ordering::Relaxed);
        self.next.store(runnable.into_raw().as_ptr(), Ordering::Relaxed);
        from_raw(before)
    }

    /// Takes the goroutine in the next slot; for the drain itself.
    #[inline]
    pub(super) fn take_next(&self) -> Option<Runnable> {
        let raw = self.section.enter(|| {
            let raw = self.next.load(Ordering::Relaxed);
            self.next.store(std::ptr::null_mut(), Ordering::Relaxed);
            raw
        });
        from_raw(raw)
    }

    /// Takes the goroutine in the next slot; for the system monitor.
    pub(super) fn steal_next(&self) -> Option<Runnable> {
        if self.next.load(Ordering::Relaxed).is_null() {
            return None;
        }
        // An exchange: several may be inside. The section orders it with what the drain does.
        from_raw(self.section.visit(|| self.next.swap(std::ptr::null_mut(), Ordering::Relaxed)))
    }
}

/// The goroutine that a next slot held.
fn from_raw(raw: *mut ()) -> Option<Runnable> {
    // SAFETY: a non-null word in a next slot came from `into_raw`; the section sees to it that it is taken out once.
    NonNull::new(raw).map(|raw| unsafe { Runnable::from_raw(raw) })
}

/// Every scheduler that has not ended.
static REGISTRY: Lock<Vec<&'static Scheduler>> = Lock::new(Vec::new());

impl fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scheduler")
            .field("workers", &self.workers.len())
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use std::panic::Location;
    use std::task::Waker;

    use super::{Rules, Scheduler};
    use crate::rt::deadlock::{self, Finding};
    use crate::rt::outcome::Outcome;
    use crate::rt::task;
    use crate::time::Timers;

    /// A drain becomes idle and leaves its queue to another one: that is no deadlock, and the other one does not become idle
    /// as long as there is something in it.
    #[test]
    fn what_a_drain_has_left_is_not_forgotten() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let rules = Rules::Test { outcome: Outcome::new(), timers: Timers::new_virtual(), shuffle: false };
        // Its drains are not started; the test says what they do.
        let scheduler = Scheduler::new(runtime.handle(), 2, rules);
        let queues = std::mem::take(&mut *scheduler.queues.lock());
        task::start(scheduler, "main.main", Location::caller(), async {});
        queues[1].push(scheduler.injector.steal().success().expect("a goroutine"));

        assert_eq!(scheduler.left().count(), 0);
        scheduler.leave(1, true);
        assert!(scheduler.park(1, Waker::noop(), false, false), "the other one runs");
        assert!(!scheduler.park(0, Waker::noop(), false, false), "it has to look after what is left");
        assert!(scheduler.is_idle(1) && !scheduler.is_idle(0));
        assert_eq!(deadlock::find(scheduler), Finding::Alive);

        let left = scheduler.left().find_map(|stealer| stealer.steal().success());
        drop(left.expect("the goroutine"));
        assert!(scheduler.park(0, Waker::noop(), false, false));
        assert_ne!(deadlock::find(scheduler), Finding::Alive);
        assert!(scheduler.unpark(1));
        scheduler.leave(1, false);
        assert_eq!(scheduler.left().count(), 0);
        scheduler.ended();
    }
}
