//! When it pays to wake an idle drain for what another one has too much of.
//!
//! A wake costs the one that wakes some microseconds, the woken one takes 25 µs to get up, and a goroutine that moves to
//! another core brings its memory along; what two of them then share (an allocator, a counter) goes to and fro. For
//! goroutines that run for a few hundred nanoseconds that may be a loss, however many of them are queued: the drain that
//! has them would have run them meanwhile. So each *turn* of a drain that took over what another one had is judged, at its
//! end and at the end of each slice: it was worth it if it lasted longer than a wake costs, and the goroutines took long
//! enough each that all this does not count, or not much longer than when one drain had run alone. After a turn that was
//! not worth it the next wake comes later: at first by as long as a wake takes, then by twice that, up to a limit; and the
//! drain takes nothing more over until it is woken again. Now and then a drain is left alone to see how fast it is.
//!
//! Longer ones may be a loss too, if they wait for each other: at the lock of a channel that all of them use, what a drain
//! gets done is what the other one does not, and the lock and the buffer move between the cores besides. So it is measured
//! how long a drain waits for locks during its turn; if that is too much of it the turn ends at once, and the drain leaves
//! what it has to the others.
//!
//! This is about surplus only. What is woken from outside the drains, by a timer, I/O or a thread, never waits for it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The first pause: how long a wake takes.
const FIRST: Duration = Duration::from_micros(25);
/// The shortest turn that is worth its wake, which costs as much processor time.
const SHORTEST: Duration = Duration::from_micros(15);
/// The longest pause.
const LONGEST: Duration = Duration::from_micros(1_600);
/// After so many turns that were like one drain alone, it is looked how fast that is now.
const TRUSTED: u32 = 64;
/// A turn was worth its wake in which polls took this many nanoseconds each.
const MOST_EACH: u64 = 1_000;
/// A turn is looked at for contention when it has lasted this long, in nanoseconds.
const ENOUGH: u64 = 30_000;
/// Waiting for locks is too much of a turn if it is one part in so many.
const TOO_MUCH: u64 = 4;

/// See the module's text.
pub(super) struct Calm {
    /// Where its time begins.
    start: Instant,
    /// The pause, in nanoseconds.
    pause: AtomicU64,
    /// Until when no drain is woken, in nanoseconds; 0 if one may be.
    until: AtomicU64,
    /// How long a poll took lately while all other drains were idle, in nanoseconds; 0 if that is not known.
    alone: AtomicU64,
    /// For how many turns that is still believed.
    trusted: AtomicU32,
}

impl Calm {
    /// No pause.
    pub(super) fn new() -> Calm {
        Calm {
            start: Instant::now(),
            pause: AtomicU64::new(0),
            until: AtomicU64::new(0),
            alone: AtomicU64::new(0),
            trusted: AtomicU32::new(0),
        }
    }

    /// Whether there may be a pause, so that the clock has to be asked.
    #[inline]
    pub(super) fn is_set(&self) -> bool {
        // Relaxed, here and below: a wake too many or too few changes nothing but the time.
        self.until.load(Ordering::Relaxed) != 0
    }

    /// Forgets the pause, if it is over.
    #[inline]
    pub(super) fn pass(&self, now: Instant) {
        if self.is_set() && self.is_over(now) {
            self.until.store(0, Ordering::Relaxed);
        }
    }

    /// A wake pays: a goroutine computes while others wait.
    pub(super) fn end(&self) {
        self.pause.store(0, Ordering::Relaxed);
        self.until.store(0, Ordering::Relaxed);
    }

    /// Whether the pause is over.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.nanos(now) >= self.until.load(Ordering::Relaxed)
    }

    /// A drain whose polls took this long each ran while all others were idle.
    pub(super) fn ran_alone(&self, each: u64) {
        let alone = self.alone.load(Ordering::Relaxed);
        // A sample that is too long may have been disturbed.
        let share = if each > alone { 16 } else { 4 };
        self.alone.store(if alone == 0 { each } else { alone - alone / share + each / share }, Ordering::Relaxed);
        self.trusted.store(TRUSTED, Ordering::Relaxed);
    }

    /// A drain has taken over what another one had for so long, and its polls took this long `each`; `None` if there was
    /// nothing left. Says when the next wake may be, and whether the drain is to take more over.
    pub(super) fn judge(&self, each: Option<u64>, lasted: Duration, now: Instant) -> Verdict {
        let alone = self.alone.load(Ordering::Relaxed);
        let trusted = self.trusted.load(Ordering::Relaxed);
        let as_alone = |each| each <= alone + alone / 2 && trusted > 0;
        if lasted >= SHORTEST && each.is_some_and(|each| each >= MOST_EACH || as_alone(each)) {
            self.trusted.store(trusted.saturating_sub(1), Ordering::Relaxed);
            self.end();
            return Verdict::Worth;
        }
        self.put_off(now);
        if alone == 0 {
            return Verdict::Unknown;
        }
        if let Some(each) = each {
            // What is polled may have become slower, while nobody ran alone.
            self.alone.store(alone + each.saturating_sub(alone).div_ceil(16), Ordering::Relaxed);
        }
        Verdict::Loss
    }

    /// A turn was not worth its wake: the next one comes later.
    pub(super) fn put_off(&self, now: Instant) {
        let pause = Duration::from_nanos(self.pause.load(Ordering::Relaxed) * 2).clamp(FIRST, LONGEST);
        self.pause.store(pause.as_nanos() as u64, Ordering::Relaxed);
        self.until.store(self.nanos(now + pause), Ordering::Relaxed);
    }

    /// A time in nanoseconds.
    fn nanos(&self, time: Instant) -> u64 {
        time.saturating_duration_since(self.start).as_nanos() as u64
    }
}

/// What a turn was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was worth its wake.
    Worth,
    /// It was not worth its wake, as far as can be said while nothing is known of one drain alone.
    Unknown,
    /// One drain alone is as fast.
    Loss,
}

/// How long each of so many polls took, in nanoseconds: from one to [`MOST_EACH`], so that a few long ones among many short
/// ones count for little.
pub(super) fn each(took: Duration, polls: u64) -> u64 {
    (took.as_nanos() as u64 / polls.max(1)).clamp(1, MOST_EACH)
}

/// A turn of a drain that took over what another one had.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    /// When it began.
    since: Instant,
    /// How many goroutines the drain had polled by then.
    ticks: u64,
    /// The sum of what [`Turn::sample`] was told.
    nanos: u64,
    /// How often it was told.
    samples: u64,
    /// How long the polls of the samples took, in nanoseconds.
    took: u64,
    /// How much of that they waited for locks.
    waited: u64,
}

impl Turn {
    /// One that begins; the drain has polled so many goroutines.
    pub(super) fn new(now: Instant, ticks: u64) -> Turn {
        Turn { since: now, ticks, nanos: 0, samples: 0, took: 0, waited: 0 }
    }

    /// Some polls took so long, in nanoseconds, which makes this much for `each`; and so much of it they waited for locks.
    pub(super) fn sample(&mut self, each: u64, took: u64, waited: u64) {
        self.nanos += each;
        self.samples += 1;
        self.took += took;
        self.waited += waited;
    }

    /// Whether too much of it was spent waiting for locks.
    pub(super) fn is_contended(&self) -> bool {
        self.took >= ENOUGH && self.waited >= self.took / TOO_MUCH
    }

    /// How long it has lasted.
    pub(super) fn lasted(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.since)
    }

    /// How long each poll took; `None` if there was none.
    pub(super) fn each(&self, now: Instant, ticks: u64) -> Option<u64> {
        match (self.samples, ticks - self.ticks) {
            (0, 0) => None,
            (0, polls) => Some(each(self.lasted(now), polls)),
            (samples, _) => Some(self.nanos / samples),
        }
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Calm, ENOUGH, FIRST, LONGEST, MOST_EACH, SHORTEST, Turn, Verdict, each};

    /// A turn of goroutines that take this long each.
    fn turn(calm: &Calm, now: Instant, each: u64) -> Verdict {
        calm.judge(Some(each), SHORTEST, now)
    }

    #[test]
    fn turns_that_are_not_worth_a_wake_make_the_pauses_longer_up_to_a_limit() {
        let calm = Calm::new();
        let now = Instant::now();
        assert!(!calm.is_set());
        for round in 0..10 {
            assert_eq!(turn(&calm, now, 50), Verdict::Unknown);
            let pause = (FIRST * (1 << round)).min(LONGEST);
            assert!(calm.is_set());
            assert!(!calm.is_over(now + pause - Duration::from_nanos(1)), "{round}");
            assert!(calm.is_over(now + pause), "{round}");
        }
    }

    #[test]
    fn a_turn_that_was_worth_it_ends_the_pauses() {
        let calm = Calm::new();
        let now = Instant::now();
        turn(&calm, now, 50);
        turn(&calm, now, 50);
        calm.pass(now + FIRST);
        assert!(calm.is_set(), "the second pause is longer");
        assert_eq!(turn(&calm, now, MOST_EACH), Verdict::Worth);
        assert!(!calm.is_set());
        turn(&calm, now, 50);
        assert!(calm.is_over(now + FIRST), "the pauses begin at the shortest again");
        // It came too late and found nothing.
        assert_eq!(calm.judge(None, Duration::ZERO, now), Verdict::Unknown);
        calm.pass(now + 2 * FIRST);
        assert!(!calm.is_set(), "the pause is over");
        turn(&calm, now, 50);
        calm.end();
        assert!(!calm.is_set());
    }

    #[test]
    fn short_goroutines_are_worth_it_unless_they_take_longer_than_alone() {
        let calm = Calm::new();
        let now = Instant::now();
        for _ in 0..100 {
            calm.ran_alone(100);
        }
        assert_eq!(turn(&calm, now, 140), Verdict::Worth);
        assert_eq!(turn(&calm, now, 300), Verdict::Loss);
        // After some turns without anybody alone, that is how long they take.
        let losses = (0..20).take_while(|_| turn(&calm, now, 300) == Verdict::Loss).count();
        assert!((5..20).contains(&losses), "{losses}");
    }

    #[test]
    fn a_turn_that_is_shorter_than_its_wake_is_not_worth_it() {
        let calm = Calm::new();
        let now = Instant::now();
        assert_eq!(calm.judge(Some(MOST_EACH), SHORTEST - Duration::from_nanos(1), now), Verdict::Unknown);
        assert!(calm.is_set());
        assert_eq!(calm.judge(Some(MOST_EACH), SHORTEST, now), Verdict::Worth);
    }

    #[test]
    fn a_turn_that_waits_for_locks_is_contended() {
        let mut turn = Turn::new(Instant::now(), 0);
        turn.sample(MOST_EACH, ENOUGH / 2, ENOUGH / 2);
        assert!(!turn.is_contended(), "that may be chance");
        turn.sample(MOST_EACH, ENOUGH, 0);
        assert!(turn.is_contended());
        turn.sample(MOST_EACH, ENOUGH, 0);
        assert!(!turn.is_contended());
    }

    #[test]
    fn a_long_poll_among_short_ones_counts_for_little() {
        let start = Instant::now();
        let mut turn = Turn::new(start, 10);
        assert_eq!(turn.each(start, 10), None);
        assert_eq!(turn.each(start + Duration::from_nanos(600), 13), Some(200));
        turn.sample(each(Duration::from_secs(1), 16), 0, 0);
        for _ in 0..9 {
            turn.sample(each(Duration::from_nanos(1_600), 16), 0, 0);
        }
        assert_eq!(turn.each(start + Duration::from_secs(2), 170), Some((MOST_EACH + 9 * 100) / 10));
    }
}
