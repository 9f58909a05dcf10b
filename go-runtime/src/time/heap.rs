//! The pending timers in the order of their deadlines, with removal from the middle.
//!
//! A four-ary heap, as Go's: shallower than a binary one, and the four children of an entry share a cache line or two.
//! What a timer does lives in a *slot* that keeps its number while the timer is armed, disarmed and armed again; the
//! heap holds deadlines and slot numbers only, 16 bytes an entry, and where an entry is lies apart from what it does: both
//! are written at every step of an entry on its way up or down.
//!
//! # Invariants
//! 1. `entries[positions[k]].slot == k` for every slot that is pending, and no other entry names `k`.
//! 2. No entry comes before its parent `(i - 1) / 4`. Entries of one deadline are in the order in which they were armed.

/// The position of a slot that is not pending.
const IDLE: u32 = u32::MAX;
/// How many children an entry has.
const WIDTH: usize = 4;

/// The number of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(u32);

impl Key {
    /// As a number.
    pub(super) fn number(self) -> u32 {
        self.0
    }

    /// The slot that has this number.
    pub(super) fn from_number(number: u32) -> Key {
        Key(number)
    }
}

/// One pending timer.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// When it fires.
    when: u64,
    /// How many timers were armed before it, as far as 32 bits go.
    order: u32,
    /// What it does.
    slot: u32,
}

impl Entry {
    /// Whether this entry fires before `other`.
    fn before(&self, other: &Entry) -> bool {
        // Two of one deadline are told apart as long as fewer than 2^31 timers are armed between them.
        let is_older = || self.order.wrapping_sub(other.order) > u32::MAX / 2;
        self.when < other.when || (self.when == other.when && is_older())
    }
}

/// The pending timers.
#[derive(Debug)]
pub(super) struct Heap<A> {
    /// The entries, as a heap.
    entries: Vec<Entry>,
    /// What the timers do, by slot; `None` for a slot that nobody uses.
    actions: Vec<Option<A>>,
    /// Where the entries are, by slot, or [`IDLE`].
    positions: Vec<u32>,
    /// The numbers of the slots that nobody uses.
    free: Vec<u32>,
    /// How many timers were armed so far.
    armed: u32,
}

impl<A> Heap<A> {
    /// No timers.
    pub(super) const fn new() -> Heap<A> {
        Heap { entries: Vec::new(), actions: Vec::new(), positions: Vec::new(), free: Vec::new(), armed: 0 }
    }

    /// Takes a slot for `action`; it is not pending.
    pub(super) fn insert(&mut self, action: A) -> Key {
        match self.free.pop() {
            Some(number) => {
                self.actions[number as usize] = Some(action);
                Key(number)
            }
            None => {
                let number = u32::try_from(self.actions.len()).ok().filter(|number| *number < IDLE);
                self.actions.push(Some(action));
                self.positions.push(IDLE);
                Key(number.expect("fewer than 2^32 timers"))
            }
        }
    }

    /// Gives the slot back; it must not be pending.
    pub(super) fn remove(&mut self, key: Key) -> Option<A> {
        debug_assert!(!self.is_pending(key));
        self.free.push(key.0);
        self.actions[key.0 as usize].take()
    }

    /// What the timer does.
    pub(super) fn action(&mut self, key: Key) -> &mut A {
        self.actions[key.0 as usize].as_mut().expect("the slot is in use")
    }

    /// Whether the timer is pending.
    pub(super) fn is_pending(&self, key: Key) -> bool {
        self.positions[key.0 as usize] != IDLE
    }

    /// Makes an idle timer pending.
    pub(super) fn arm(&mut self, key: Key, when: u64) {
        debug_assert!(!self.is_pending(key));
        let entry = Entry { when, order: self.armed, slot: key.0 };
        self.armed = self.armed.wrapping_add(1);
        self.entries.push(entry);
        self.rise(self.entries.len() - 1, entry);
    }

    /// Takes the timer out of the heap; false if it was idle.
    pub(super) fn disarm(&mut self, key: Key) -> bool {
        let position = std::mem::replace(&mut self.positions[key.0 as usize], IDLE);
        if position == IDLE {
            return false;
        }
        let position = position as usize;
        let last = self.entries.pop().expect("a pending timer has an entry");
        if position < self.entries.len() {
            let moved_up = position > 0 && last.before(&self.entries[(position - 1) / WIDTH]);
            if moved_up { self.rise(position, last) } else { self.sink(position, last) }
        }
        true
    }

    /// The timer that fires first, and when.
    pub(super) fn first(&self) -> Option<(Key, u64)> {
        self.entries.first().map(|entry| (Key(entry.slot), entry.when))
    }

    /// Moves the first timer's deadline to `when`.
    pub(super) fn postpone_first(&mut self, when: u64) {
        let mut entry = self.entries[0];
        entry.when = when;
        entry.order = self.armed;
        self.armed = self.armed.wrapping_add(1);
        self.sink(0, entry);
    }

    /// The pending timers in no order.
    pub(super) fn pending(&self) -> impl Iterator<Item = (Key, u64, &A)> {
        self.entries.iter().filter_map(|entry| {
            let action = self.actions[entry.slot as usize].as_ref()?;
            Some((Key(entry.slot), entry.when, action))
        })
    }

    /// How many timers are pending.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Puts `entry` in place `at` or above.
    fn rise(&mut self, mut at: usize, entry: Entry) {
        while at > 0 {
            let parent = (at - 1) / WIDTH;
            if !entry.before(&self.entries[parent]) {
                break;
            }
            self.put(at, self.entries[parent]);
            at = parent;
        }
        self.put(at, entry);
    }

    /// Puts `entry` in place `at` or below.
    fn sink(&mut self, mut at: usize, entry: Entry) {
        loop {
            let children = at * WIDTH + 1;
            let end = (children + WIDTH).min(self.entries.len());
            let mut least = None;
            for child in children..end {
                let best: &Entry = least.map_or(&entry, |least: usize| &self.entries[least]);
                if self.entries[child].before(best) {
                    least = Some(child);
                }
            }
            let Some(child) = least else { break };
            self.put(at, self.entries[child]);
            at = child;
        }
        self.put(at, entry);
    }

    /// Writes an entry and its slot's position.
    fn put(&mut self, at: usize, entry: Entry) {
        self.entries[at] = entry;
        self.positions[entry.slot as usize] = at as u32;
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use super::{Heap, Key};

    /// Takes every pending timer out in order.
    fn drain(heap: &mut Heap<u32>) -> Vec<(u64, u32)> {
        let mut out = Vec::new();
        while let Some((key, when)) = heap.first() {
            assert!(heap.disarm(key));
            out.push((when, heap.remove(key).expect("in use")));
        }
        out
    }

    #[test]
    fn timers_come_out_by_deadline_and_then_by_age() {
        let mut heap = Heap::new();
        for (number, when) in [5, 3, 9, 3, 0, 5, 5, 1].into_iter().enumerate() {
            let key = heap.insert(number as u32);
            heap.arm(key, when);
        }
        let expected = [(0, 4), (1, 7), (3, 1), (3, 3), (5, 0), (5, 5), (5, 6), (9, 2)];
        assert_eq!(drain(&mut heap), expected);
    }

    #[test]
    fn random_arms_and_removals_keep_the_order() {
        // A small linear congruential generator: the same numbers each run.
        let mut random = 12345u64;
        let mut next = move |bound: u64| {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (random >> 33) % bound
        };
        let mut heap = Heap::new();
        let mut keys: Vec<(Key, u64, u32)> = Vec::new();
        for number in 0..5_000 {
            if next(3) == 0 && !keys.is_empty() {
                let (key, _, expected) = keys.swap_remove(next(keys.len() as u64) as usize);
                assert!(heap.is_pending(key) && heap.disarm(key) && !heap.disarm(key));
                assert_eq!(heap.remove(key), Some(expected));
            } else {
                let when = next(1_000);
                let key = heap.insert(number);
                heap.arm(key, when);
                keys.push((key, when, number));
            }
            assert_eq!(heap.len(), keys.len());
            assert_eq!(heap.first().map(|(_, when)| when), keys.iter().map(|(_, when, _)| *when).min());
        }
        let mut expected: Vec<(u64, u32)> = keys.iter().map(|(_, when, number)| (*when, *number)).collect();
        expected.sort_unstable();
        assert_eq!(drain(&mut heap), expected);
    }

    #[test]
    fn the_age_is_told_when_the_count_of_timers_begins_again() {
        let mut heap = Heap::new();
        heap.armed = u32::MAX - 1;
        for number in 0..4 {
            let key = heap.insert(number);
            heap.arm(key, 7);
        }
        assert_eq!(drain(&mut heap), [(7, 0), (7, 1), (7, 2), (7, 3)]);
    }

    #[test]
    fn a_postponed_timer_goes_behind_those_of_its_new_deadline() {
        let mut heap = Heap::new();
        for (name, when) in [(1, 10), (2, 20), (3, 30)] {
            let key = heap.insert(name);
            heap.arm(key, when);
        }
        heap.postpone_first(20);
        assert_eq!(drain(&mut heap), [(20, 2), (20, 1), (30, 3)]);
    }
}
