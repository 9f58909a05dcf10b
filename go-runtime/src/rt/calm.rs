//! When it pays to wake an idle drain for what another one has too much of.
//!
//! A wake costs the one that wakes some microseconds, the woken one takes 25 µs to get up, and a goroutine that moves to
//! another core brings its memory along. For goroutines that end after a few hundred nanoseconds that is a loss, however
//! many of them are queued: the drain that has them would have run them meanwhile. So each turn of a woken drain is
//! judged when it becomes idle again, and after one that was not worth it the next wake comes later: at first by as long
//! as a wake takes, then by twice that, up to a limit. One that was worth it ends that.
//!
//! This is about surplus only. What is woken from outside the drains, by a timer, I/O or a thread, never waits for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The first pause: how long a wake takes.
const FIRST: Duration = Duration::from_micros(25);
/// The longest pause.
const LONGEST: Duration = Duration::from_micros(400);
/// A turn of this length was worth its wake, whatever was run in it.
const WORTH: Duration = Duration::from_micros(100);
/// So was one that ran goroutines which took this long each.
const WORTH_EACH: Duration = Duration::from_micros(1);

/// See the module's text.
pub(super) struct Calm {
    /// Where its time begins.
    start: Instant,
    /// The pause, in nanoseconds.
    pause: AtomicU64,
    /// Until when no drain is woken, in nanoseconds; 0 if one may be.
    until: AtomicU64,
}

impl Calm {
    /// No pause.
    pub(super) fn new() -> Calm {
        Calm { start: Instant::now(), pause: AtomicU64::new(0), until: AtomicU64::new(0) }
    }

    /// Whether there may be a pause, so that the clock has to be asked.
    #[inline]
    pub(super) fn is_set(&self) -> bool {
        // Relaxed, here and below: a wake too many or too few changes nothing but the time.
        self.until.load(Ordering::Relaxed) != 0
    }

    /// Whether the pause is over.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.nanos(now) >= self.until.load(Ordering::Relaxed)
    }

    /// A drain that was woken for a surplus is idle again; it polled `polls` goroutines since `woken`.
    pub(super) fn judge(&self, woken: Instant, now: Instant, polls: u64) {
        let took = now.saturating_duration_since(woken);
        let worth = took >= WORTH || polls > 0 && took.as_nanos() >= u128::from(polls) * WORTH_EACH.as_nanos();
        let (pause, until) = if worth {
            (0, 0)
        } else {
            let pause = Duration::from_nanos(self.pause.load(Ordering::Relaxed) * 2).clamp(FIRST, LONGEST);
            (pause.as_nanos() as u64, self.nanos(now + pause))
        };
        self.pause.store(pause, Ordering::Relaxed);
        self.until.store(until, Ordering::Relaxed);
    }

    /// A time in nanoseconds.
    fn nanos(&self, time: Instant) -> u64 {
        time.saturating_duration_since(self.start).as_nanos() as u64
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Calm, FIRST, LONGEST, WORTH};

    #[test]
    fn turns_that_are_not_worth_a_wake_make_the_pauses_longer_up_to_a_limit() {
        let calm = Calm::new();
        let now = Instant::now();
        assert!(!calm.is_set());
        let turn = Duration::from_micros(5);
        for round in 0..10 {
            calm.judge(now, now + turn, 100);
            let pause = (FIRST * (1 << round)).min(LONGEST);
            assert!(calm.is_set());
            assert!(!calm.is_over(now + turn + pause - Duration::from_nanos(1)), "{round}");
            assert!(calm.is_over(now + turn + pause), "{round}");
        }
    }

    #[test]
    fn a_turn_that_was_worth_it_ends_the_pauses() {
        let calm = Calm::new();
        let now = Instant::now();
        let turn = Duration::from_micros(5);
        let bad = || calm.judge(now, now + turn, 100);
        bad();
        bad();
        // One goroutine that computes.
        calm.judge(now, now + turn, 1);
        assert!(!calm.is_set());
        bad();
        assert!(calm.is_over(now + turn + FIRST), "the pauses begin at the shortest again");
        // Many short ones that never stop.
        calm.judge(now, now + WORTH, 1_000_000);
        assert!(!calm.is_set());
        // It came too late and found nothing.
        calm.judge(now, now, 0);
        assert!(calm.is_set());
    }
}
