//! What the page shows: the goroutines, counted and grouped.

use std::collections::HashMap;
use std::fmt;
use std::panic::Location;

use crate::goroutine::{Registered, WaitReason, clock};
use crate::rt;
use crate::time::{self, Time};

/// How many of those that have waited longest are shown.
const OLDEST: usize = 20;

/// The goroutines at one moment.
#[derive(Debug)]
pub(super) struct Snapshot {
    /// The moment.
    pub(super) taken: Time,
    /// How many there are.
    pub(super) total: usize,
    /// How many wait for what, the most first.
    pub(super) reasons: Vec<Count>,
    /// Those that do the same at the same place, the most first.
    pub(super) groups: Vec<Group>,
    /// Those that have waited longest, the longest first.
    pub(super) oldest: Vec<Waiter>,
}

/// How many goroutines wait for something.
#[derive(Debug)]
pub(super) struct Count {
    /// Go's words for what they wait for.
    pub(super) reason: &'static str,
    /// How many.
    pub(super) count: usize,
}

/// Goroutines that run the same function, wait for the same at the same place, and were started at the same place.
#[derive(Debug)]
pub(super) struct Group {
    /// What they have in common.
    pub(super) stack: Stack,
    /// How many.
    pub(super) count: usize,
    /// The numbers of some of them, the lowest first.
    pub(super) ids: Vec<u64>,
    /// How many seconds the first of them has waited; 0 if they run.
    pub(super) longest: u64,
}

/// One goroutine that waits.
#[derive(Debug)]
pub(super) struct Waiter {
    /// Its number.
    pub(super) id: u64,
    /// For how many seconds.
    pub(super) seconds: u64,
    /// What it does.
    pub(super) stack: Stack,
}

/// What is known of what a goroutine does: Go's words for its state, and the lines of its stack.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Stack {
    /// What it waits for.
    pub(super) reason: &'static str,
    /// Its function.
    pub(super) function: String,
    /// Where it waits.
    pub(super) place: Option<Place>,
    /// The function that has started it; empty if nobody has.
    pub(super) creator: String,
    /// Where it was started.
    pub(super) started: Option<Place>,
}

/// A line of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// The file.
    pub(super) file: &'static str,
    /// The line.
    pub(super) line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl From<&'static Location<'static>> for Place {
    fn from(location: &'static Location<'static>) -> Place {
        Place { file: location.file(), line: location.line() }
    }
}

/// How many numbers of a group's goroutines are kept.
const SOME: usize = 8;

impl Snapshot {
    /// Looks at every goroutine.
    pub(super) fn take() -> Snapshot {
        Snapshot::of(&rt::goroutines())
    }

    /// Counts and groups.
    fn of(all: &[Registered]) -> Snapshot {
        let mut reasons: HashMap<&'static str, usize> = HashMap::new();
        let mut groups: HashMap<Stack, Group> = HashMap::new();
        let mut waiters: Vec<(u64, &Registered)> = Vec::new();
        for one in all {
            let seconds = if one.reason == WaitReason::Running { 0 } else { clock::since(one.since) };
            let stack = Stack::of(one);
            *reasons.entry(stack.reason).or_default() += 1;
            let group = groups.entry(stack).or_insert_with_key(|stack| Group {
                stack: stack.clone(),
                count: 0,
                ids: Vec::new(),
                longest: 0,
            });
            group.count += 1;
            group.longest = group.longest.max(seconds);
            group.ids.push(one.id);
            if one.reason != WaitReason::Running {
                waiters.push((seconds, one));
            }
        }
        let mut reasons: Vec<Count> = reasons.into_iter().map(|(reason, count)| Count { reason, count }).collect();
        reasons.sort_by(|a, b| b.count.cmp(&a.count).then(a.reason.cmp(b.reason)));
        let mut groups: Vec<Group> = groups.into_values().collect();
        for group in &mut groups {
            group.ids.sort_unstable();
            group.ids.truncate(SOME);
        }
        groups.sort_by(|a, b| b.count.cmp(&a.count).then(a.ids.cmp(&b.ids)));
        // Of those that have waited equally long the one that was started first.
        waiters.sort_by(|(a, one), (b, other)| b.cmp(a).then(one.id.cmp(&other.id)));
        waiters.truncate(OLDEST);
        let oldest = waiters.into_iter().map(|(seconds, one)| Waiter { id: one.id, seconds, stack: Stack::of(one) });
        Snapshot { taken: time::now(), total: all.len(), reasons, groups, oldest: oldest.collect() }
    }
}

impl Stack {
    /// What a goroutine does.
    fn of(one: &Registered) -> Stack {
        let spawned = &one.spawned;
        let is_started = !spawned.parent_name.is_empty();
        Stack {
            reason: one.reason.text(),
            function: rt::go_name(spawned.name),
            place: one.place.map(Place::from),
            creator: if is_started { rt::go_name(spawned.parent_name) } else { String::new() },
            started: is_started.then(|| Place::from(spawned.place)),
        }
    }
}

/// A time in seconds as a person reads it.
pub(super) fn ago(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goroutine::Spawned;

    /// A goroutine.
    fn one(id: u64, reason: WaitReason, since: u64, place: Option<&'static Location<'static>>) -> Registered {
        let spawned = Spawned { name: "app::worker", place: Location::caller(), parent: 1, parent_name: "main.main" };
        Registered { id, incarnation: id, reason, since, place, spawned }
    }

    #[test]
    fn goroutines_are_counted_and_grouped() {
        clock::set(std::time::Instant::now());
        let here = Some(Location::caller());
        let all: Vec<Registered> = (1..=30)
            .map(|id| one(id, WaitReason::ChanReceive, 0, here))
            .chain([one(31, WaitReason::Running, 0, None), one(32, WaitReason::Sleep, 0, None)])
            .collect();
        let snapshot = Snapshot::of(&all);
        assert_eq!(snapshot.total, 32);
        let reasons: Vec<_> = snapshot.reasons.iter().map(|count| (count.reason, count.count)).collect();
        assert_eq!(reasons, [("chan receive", 30), ("running", 1), ("sleep", 1)]);
        assert_eq!(snapshot.groups.len(), 3);
        assert_eq!((snapshot.groups[0].count, &*snapshot.groups[0].ids), (30, &[1, 2, 3, 4, 5, 6, 7, 8][..]));
        assert_eq!(snapshot.groups[0].stack.function, "main.worker");
        assert_eq!(snapshot.oldest.len(), OLDEST);
        assert!(
            snapshot.oldest.iter().all(|waiter| waiter.id <= 20),
            "the first ones of those that waited equally long"
        );
    }

    #[test]
    fn times_are_for_people() {
        for (seconds, text) in
            [(0, "0 s"), (59, "59 s"), (61, "1 min 01 s"), (3599, "59 min 59 s"), (7320, "2 h 02 min")]
        {
            assert_eq!(ago(seconds), text);
        }
    }
}
