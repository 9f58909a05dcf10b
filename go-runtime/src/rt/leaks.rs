//! Which goroutines can never run again.
//!
//! A goroutine is leaked if nothing that may wake it (a channel, a lock, a wait group, a condition, a context) can do so
//! but through handles that belong to leaked goroutines. Handles are counted, but nobody knows where they are, with one exception: the
//! handle that a parked operation borrows. If that one lies in the goroutine's own memory, nobody else can use it: the
//! memory is the goroutine's future, which lives for ever and is polled by the executor only. So if an object has as many
//! handles as leaked goroutines have such ones, it has no others. A `Mutex<T>` and a `RwMutex<T>` are no handles; one that
//! lies in the goroutine's own memory counts as its own only handle.
//!
//! A select is one operation with one waker and several objects. One with a future tells nothing, so that its waker is one
//! too many; the channel of a timer says that others than handles use it. Those who receive from a context's channel
//! cannot close it: it says instead how many handles there are that may cancel the context, or one above it: functions,
//! and the timers of deadlines. No operation borrows one of these, so a context that may still be cancelled is enough to
//! find nothing.
//!
//! # Invariants
//! What is counted as leaked satisfies, at one moment between the ends of the first and the second pass of `inspect`:
//! 1. each of these goroutines was parked, and had no wakers out but those of the operations that it told;
//! 2. each object of theirs had no handles that could wake them but those that lie in their memory.
//!
//! The functions that cancel a context do not become more once there are none, so it does not matter that those of one
//! above are counted at another moment. From then on only they could use these objects, and they could not run. So they never run again; the search may miss
//! a leaked goroutine, but names no other.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::scheduler::Scheduler;
use super::{cell, drain, report};
use crate::goroutine::{Record, inspect};

/// How long a pass waits for goroutines that do not answer: they run, or end.
const PATIENCE: Duration = Duration::from_millis(20);

/// Ends the search, also when its future is dropped.
struct Search;

/// Whether somebody searches.
static SEARCHING: AtomicBool = AtomicBool::new(false);

impl Search {
    /// Begins a search, unless one is under way.
    fn begin() -> Option<Search> {
        (!SEARCHING.swap(true, Ordering::AcqRel)).then_some(Search)
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        inspect::begin(0);
        SEARCHING.store(false, Ordering::Release);
    }
}

/// The goroutines of the current runtime that can never run again, as a report shows them.
pub(crate) async fn leaked() -> String {
    let Some(scheduler) = drain::scheduler() else { return String::new() };
    let search = loop {
        match Search::begin() {
            Some(search) => break search,
            None => crate::runtime::gosched().await,
        }
    };
    // To be asked is to begin to wait anew, so that afterwards nobody knows how long they have waited. What is leaked is as
    // it was before, but for what waited for something else then.
    let before = report::all(scheduler);
    let first = pass(1, scheduler).await;
    let second = pass(2, scheduler).await;
    let third = pass(3, scheduler).await;
    drop(search);
    let dead = dead(&first, &second, &third);
    let mut goroutines = report::all(scheduler);
    let waiting = before.iter().filter(|one| one.reason.is_wait());
    let sinces: HashMap<u64, u64> = waiting.map(|one| (one.incarnation, one.since)).collect();
    for goroutine in &mut goroutines {
        goroutine.since = sinces.get(&goroutine.incarnation).map_or(goroutine.since, |since| *since);
    }
    report::leaked(&goroutines, &dead)
}

/// Asks every goroutine once.
async fn pass(number: u8, scheduler: &'static Scheduler) -> Vec<inspect::Report> {
    inspect::begin(number);
    let wakers = scheduler.inside_all(|| {
        Record::tasks(scheduler.owner(), |task| {
            // SAFETY: `tasks` calls this only while the task cannot be freed; the drains are kept from waking it.
            unsafe { cell::waker(task) }
        })
    });
    let asked = wakers.len();
    // Outside the locks that `tasks` holds.
    wakers.into_iter().for_each(std::task::Waker::wake);
    let start = Instant::now();
    // The goroutine that asks is one of them.
    while inspect::count() + 1 < asked && start.elapsed() < PATIENCE {
        crate::runtime::gosched().await;
    }
    // The next pass, or the end, does not begin before these are taken.
    inspect::begin(if number == 3 { 0 } else { number })
}

/// The goroutines that satisfy the invariants, by their own numbers.
fn dead(first: &[inspect::Report], second: &[inspect::Report], third: &[inspect::Report]) -> HashSet<u64> {
    /// Whether all wakers lie in operations of which the goroutine told, and it owns the handles of all that wakes these.
    fn is_whole(report: &inspect::Report) -> bool {
        report.wakers == report.told.len()
            && report.sources().filter_map(|source| source.handle).all(|handle| report.memory.contains(&handle))
    }
    let first: HashSet<u64> = first.iter().map(|report| report.goroutine).collect();
    let third: HashSet<u64> = third.iter().filter(|report| is_whole(report)).map(|report| report.goroutine).collect();
    let mut left: Vec<&inspect::Report> = second
        .iter()
        .filter(|report| first.contains(&report.goroutine) && third.contains(&report.goroutine) && is_whole(report))
        .collect();
    loop {
        let mut handles: HashMap<usize, HashSet<usize>> = HashMap::new();
        for source in left.iter().flat_map(|report| report.sources()) {
            handles.entry(source.object).or_default().extend(source.handle);
        }
        let before = left.len();
        left.retain(|report| {
            report.sources().all(|source| source.handles.is_some_and(|count| count == handles[&source.object].len()))
        });
        if left.len() == before {
            return left.iter().map(|report| report.goroutine).collect();
        }
    }
}
