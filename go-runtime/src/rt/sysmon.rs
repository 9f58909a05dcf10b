//! The system monitor: a thread that looks after the schedulers while they are busy, as Go's `sysmon` does.
//!
//! It does two things. A goroutine in a drain's next slot waits for the one that runs, which may compute for long; the
//! monitor hands the waiting one over to another drain. And where the deadlock detector cannot
//! decide because of something that tells nobody when it ends (a thread, a foreign task), it has the detector look again.
//! While all schedulers are idle and nothing is to be looked at, the monitor sleeps and costs nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use super::deadlock;
use super::scheduler::{Scheduler, Worker};
use super::threads;

/// The shortest pause between two looks.
const SHORT: Duration = Duration::from_micros(200);
/// The longest pause between two looks at a busy scheduler.
const LONG: Duration = Duration::from_millis(10);
/// How many looks without a finding before the pauses become longer.
const PATIENCE: u32 = 20;
/// How many looks at schedulers that are all idle before the monitor sleeps.
const IDLE_LOOKS: u32 = 5;

/// What the monitor is asked to do.
struct Desk {
    /// Deadlock checks to be repeated, and when.
    again: Vec<(&'static Scheduler, Instant)>,
    /// Whether a scheduler became busy while the monitor slept.
    busy: bool,
}

/// See [`Desk`].
static DESK: Mutex<Desk> = Mutex::new(Desk { again: Vec::new(), busy: false });
/// Rung when the desk changes.
static BELL: Condvar = Condvar::new();
/// Whether the monitor sleeps until it is called.
static ASLEEP: AtomicBool = AtomicBool::new(true);
/// Starts the thread.
static START: Once = Once::new();

/// Makes sure that the monitor runs.
fn start() {
    START.call_once(|| threads::service("go-sysmon", watch));
}

/// A drain of `scheduler` stopped being idle.
pub(super) fn busy(scheduler: &Scheduler) {
    // SeqCst: the monitor says that it sleeps before it looks at the schedulers for the last time.
    if scheduler.workers().len() > 1 && ASLEEP.load(Ordering::SeqCst) {
        start();
        DESK.lock().unwrap_or_else(PoisonError::into_inner).busy = true;
        BELL.notify_one();
    }
}

/// Has the deadlock detector look at `scheduler` again after `pause`.
pub(super) fn look_again(scheduler: &'static Scheduler, pause: Duration) {
    start();
    let mut desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    if !desk.again.iter().any(|(other, _)| std::ptr::eq(*other, scheduler)) {
        desk.again.push((scheduler, Instant::now() + pause));
        BELL.notify_one();
    }
}

/// The number of a drain's polls when the monitor looked last, by scheduler and drain.
type Seen = HashMap<(usize, usize), u64>;

/// Queues the goroutine in a drain's next slot for the other drains; whether there was one. `between` runs while it is in
/// no queue.
fn hand_over(scheduler: &'static Scheduler, worker: &Worker, between: impl FnOnce()) -> bool {
    // Counted before it is taken and until it is queued again: in between it is in no queue, and a detector that then finds
    // all drains idle must not take the goroutine for one that nobody wakes.
    scheduler.strangers.fetch_add(1, Ordering::SeqCst);
    let runnable = worker.steal_next();
    let found = runnable.is_some();
    between();
    if let Some(runnable) = runnable {
        scheduler.inject(runnable);
    }
    scheduler.strangers.fetch_sub(1, Ordering::SeqCst);
    scheduler.stranger_left();
    found
}

/// Hands over a goroutine that waits behind one that has run since the last look; whether there was one.
fn rescue(scheduler: &'static Scheduler, seen: &mut Seen) -> bool {
    let (mut found, mut stuck, mut computes) = (false, Vec::new(), false);
    for (index, worker) in scheduler.workers().iter().enumerate() {
        let ticks = worker.ticks.load(Ordering::Relaxed);
        let before = seen.insert((scheduler.owner().addr(), index), ticks);
        if before == Some(ticks) {
            stuck.push(worker);
            computes |= !scheduler.is_idle(index);
            found |= hand_over(scheduler, worker, || {});
        }
    }
    if computes && scheduler.has_waiting() {
        scheduler.calm.end();
        // Another one may be idle, as nobody is woken for a surplus that is not likely to pay. Or it gave way to tokio on
        // the tokio worker that computes, which has noted that and looks at its notes only afterwards. Waking it puts it
        // where others find it.
        stuck.iter().for_each(|worker| worker.wake());
        // Or it waits in the queue of the tokio worker that is busy. A task from outside wakes another tokio worker, which
        // then looks for something to steal.
        scheduler.handle().spawn(std::future::ready(()));
    }
    found
}

/// The monitor's thread.
fn watch() {
    let mut seen = Seen::new();
    let (mut pause, mut quiet, mut idle) = (SHORT, 0u32, 0u32);
    loop {
        let due: Vec<&'static Scheduler> = {
            let mut desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
            let asleep = idle > IDLE_LOOKS;
            if asleep {
                ASLEEP.store(true, Ordering::SeqCst);
                // SeqCst, as in `busy`: whoever became busy before that store is seen here.
                if Scheduler::all().iter().any(|scheduler| scheduler.is_busy()) {
                    desk.busy = true;
                }
            }
            let now = Instant::now();
            let next = desk.again.iter().map(|(_, when)| when.saturating_duration_since(now)).min();
            if !(asleep && desk.busy) {
                desk = match (asleep, next) {
                    (true, None) => BELL.wait(desk).unwrap_or_else(PoisonError::into_inner),
                    (true, Some(next)) => BELL.wait_timeout(desk, next).unwrap_or_else(PoisonError::into_inner).0,
                    (false, next) => {
                        let pause = next.map_or(pause, |next| next.min(pause));
                        BELL.wait_timeout(desk, pause).unwrap_or_else(PoisonError::into_inner).0
                    }
                };
            }
            if std::mem::take(&mut desk.busy) {
                ASLEEP.store(false, Ordering::SeqCst);
                (pause, quiet, idle) = (SHORT, 0, 0);
                seen.clear();
            }
            let now = Instant::now();
            let due = desk.again.iter().filter(|(_, when)| *when <= now).map(|(scheduler, _)| *scheduler).collect();
            desk.again.retain(|(_, when)| *when > now);
            due
        };
        for scheduler in due {
            deadlock::look(scheduler);
        }
        let (mut found, mut active) = (false, false);
        for scheduler in Scheduler::all() {
            if scheduler.is_busy() {
                active = true;
                found |= rescue(scheduler, &mut seen);
            }
        }
        idle = if active { 0 } else { idle.saturating_add(1) };
        quiet = if found { 0 } else { quiet.saturating_add(1) };
        if found {
            pause = SHORT;
        } else if quiet > PATIENCE {
            pause = (pause * 2).min(LONG);
        }
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use std::panic::Location;
    use std::task::Waker;

    use super::hand_over;
    use crate::rt::deadlock::{self, Finding};
    use crate::rt::outcome::Outcome;
    use crate::rt::scheduler::{Rules, Scheduler};
    use crate::rt::task;
    use crate::time::Timers;

    /// The drain whose next slot it was becomes idle while the monitor holds its goroutine: all drains are idle, all queues
    /// empty, nobody has a waker, and yet it is no deadlock.
    #[test]
    fn a_goroutine_that_is_handed_over_is_not_forgotten() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let rules = Rules::Test { outcome: Outcome::new(), timers: Timers::new_virtual(), shuffle: false };
        // Its drains are not started; the test says what they do.
        let scheduler = Scheduler::new(runtime.handle(), 1, rules);
        let worker = &scheduler.workers()[0];
        task::start(scheduler, "main.main", Location::caller(), async {});
        let runnable = scheduler.injector.steal().success().expect("a goroutine");
        assert!(worker.section.enter(|| worker.set_next(runnable)).is_none());

        let found = hand_over(scheduler, worker, || {
            assert!(scheduler.park(0, Waker::noop(), false, true));
            assert!(scheduler.all_idle() && !scheduler.has_waiting());
            assert_eq!(deadlock::find(scheduler), Finding::Alive);
        });
        assert!(found && scheduler.has_waiting() && !scheduler.all_idle());

        // Without it there is nothing that could wake anybody.
        drop(scheduler.injector.steal().success().expect("the goroutine"));
        assert!(scheduler.park(0, Waker::noop(), false, true));
        assert_ne!(deadlock::find(scheduler), Finding::Alive);
        scheduler.ended();
    }
}
