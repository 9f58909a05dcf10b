//! The timers on a virtual clock, and the real clock's thread.

use std::future::Future;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};

use super::timers::{Action, Call, Timers};
use super::{DATE_TIME, HOUR, SECOND, Time, UTC, after, date, load_location, sleep};
use crate::chan::Chan;
use crate::rt::{self, TestOptions};
use crate::select;
use crate::sync::WaitGroup;
use crate::waiter::block_on;

/// A virtual clock of the test's own.
fn virtual_timers() -> &'static Timers {
    Box::leak(Box::new(Timers::new_virtual()))
}

/// A waker that notes its name in a list.
struct Note(u32, Arc<Mutex<Vec<u32>>>);

impl Wake for Note {
    fn wake(self: Arc<Note>) {
        self.1.lock().expect("no panic").push(self.0);
    }
}

/// Counts its calls.
#[derive(Default)]
struct Count(AtomicU32);

impl Call for Count {
    fn call(self: Arc<Count>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn the_virtual_clock_starts_in_2000_and_jumps_from_deadline_to_deadline() {
    let timers = virtual_timers();
    let woken = Arc::new(Mutex::new(Vec::new()));
    let start = timers.nanos();
    for (name, delay) in [(1, 30), (2, 10), (3, 10), (4, 20)] {
        let waker = Waker::from(Arc::new(Note(name, Arc::clone(&woken))));
        timers.add(start + delay, Action::Wake(Some(waker)));
    }
    assert!(timers.may_fire());
    let seen = || std::mem::take(&mut *woken.lock().expect("no panic"));
    assert!(timers.advance());
    assert_eq!((seen(), timers.nanos() - start), (vec![2, 3], 10));
    assert!(timers.advance());
    assert_eq!((seen(), timers.nanos() - start), (vec![4], 20));
    assert!(timers.advance());
    assert_eq!((seen(), timers.nanos() - start), (vec![1], 30));
    assert!(!timers.may_fire() && !timers.advance());
}

#[test]
fn a_channel_timer_counts_only_while_somebody_waits() {
    let timers = virtual_timers();
    let channel = Chan::timer();
    timers.tick(timers.nanos() + 1_000, &channel, 0);
    assert!(!timers.may_fire() && !timers.advance());
    std::thread::scope(|s| {
        let receiver = s.spawn(|| block_on(channel.recv()));
        while !timers.may_fire() {
            std::thread::yield_now();
        }
        assert!(timers.advance());
        assert!(receiver.join().expect("no panic").is_some());
    });
    assert!(!timers.may_fire());
}

#[test]
fn a_slow_receiver_finds_one_tick_and_the_grid_goes_on() {
    let timers = virtual_timers();
    let channel = Chan::timer();
    let start = timers.nanos();
    timers.tick(start + 100, &channel, 100);
    // The call at 350 moves the clock past three ticks.
    let count = Arc::new(Count::default());
    let call = timers.add(start + 350, Action::Call(Arc::clone(&count) as Arc<dyn Call>));
    assert!(timers.advance());
    timers.release(call);
    assert_eq!((count.0.load(Ordering::SeqCst), channel.len(), channel.cap()), (1, 0, 0));
    assert_eq!(channel.try_recv().map(|time| time.monotonic() - start), Ok(100));
    assert!(channel.try_recv().is_err());
    let again = timers.add(start + 400, Action::Call(Arc::clone(&count) as Arc<dyn Call>));
    assert!(timers.advance());
    timers.release(again);
    assert_eq!(channel.try_recv().map(|time| time.monotonic() - start), Ok(400));
}

#[test]
fn stop_and_reset_take_an_unreceived_value_back() {
    let timers = virtual_timers();
    let channel = Chan::timer();
    let start = timers.nanos();
    // A deadline that is not in the future fires at once.
    let key = timers.tick(start, &channel, 0).expect("not nil");
    assert!(timers.stop(key), "it has fired, but nobody has received");
    assert!(!timers.stop(key) && channel.try_recv().is_err());
    assert!(!timers.rearm(key, start, 0));
    assert!(timers.rearm(key, start + 50, 0), "the value was there");
    assert!(channel.try_recv().is_err(), "and is gone");
    assert!(timers.stop(key));
}

#[test]
fn timers_without_a_receiver_are_removed() {
    let (timers, others) = (virtual_timers(), virtual_timers());
    let (kept, other, fired) = (Chan::timer(), Chan::timer(), Chan::timer());
    timers.tick(u64::MAX, &kept, 0);
    others.tick(u64::MAX, &other, 0);
    timers.tick(timers.nanos(), &fired, 0);
    for _ in 0..1_000 {
        timers.tick(u64::MAX, &Chan::timer(), 0);
        assert_eq!(timers.pending(), 1);
    }
    // Slots are used again, so whoever goes later must not take another's away.
    let next = Chan::timer();
    timers.tick(u64::MAX, &next, 0);
    drop(fired);
    assert_eq!(timers.pending(), 2);
    drop(next);
    assert_eq!((timers.pending(), others.pending()), (1, 1));
    drop(other);
    assert_eq!((timers.pending(), others.pending()), (1, 0));
}

#[test]
fn channels_go_while_their_timers_fire() {
    let timers = Timers::global();
    std::thread::scope(|s| {
        for thread in 0..4u64 {
            s.spawn(move || {
                let mut received = 0;
                for round in 0..4_000u64 {
                    let channel = Chan::timer();
                    // Now, a little later, or while the channel goes.
                    timers.tick(timers.nanos() + (round * 7 + thread) % 50 * 400, &channel, round % 3);
                    let other = channel.clone();
                    for _ in 0..round % 64 {
                        received += u32::from(other.try_recv().is_ok());
                    }
                }
                received
            });
        }
    });
}

#[test]
fn the_real_clock_is_never_early_and_short_for_short_sleeps() {
    let timers = Timers::global();
    for micros in [0, 50, 300, 2_000] {
        let delay = Duration::from_micros(micros);
        let channel = Chan::timer();
        let before = Instant::now();
        timers.tick(timers.deadline(delay), &channel, 0);
        assert!(block_on(channel.recv()).is_some());
        assert!(before.elapsed() >= delay);
    }
}

#[test]
fn each_of_many_sleepers_is_woken() {
    struct Tally(AtomicUsize);
    impl Wake for Tally {
        fn wake(self: Arc<Tally>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let timers = Timers::global();
    let tally = Arc::new(Tally(AtomicUsize::new(0)));
    let start = timers.nanos();
    let keys: Vec<_> = (0..50_000u64)
        .map(|i| timers.add(start + (i * 7919) % 20_000_000, Action::Wake(Some(Waker::from(Arc::clone(&tally))))))
        .collect();
    while tally.0.load(Ordering::SeqCst) < keys.len() {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(timers.nanos() >= start + 19_990_000);
    keys.into_iter().for_each(|key| timers.release(key));
}

#[test]
fn dates_carry_over_and_follow_their_zone() {
    let new_york = load_location("America/New_York").expect("the database knows it");
    // (date, seconds since 1970)
    let cases = [
        (date(1970, 1, 1, 0, 0, 0, 0, UTC), 0),
        (date(2023, 14, 0, 25, 61, 0, 0, UTC), 1_706_752_860),
        (date(2020, -1, -1, -1, -1, -1, 0, UTC), 1_572_389_939),
        (date(2022, 2, 10, 8, 0, 0, 0, new_york), 1_644_498_000),
        (date(2022, 7, 10, 8, 0, 0, 0, new_york), 1_657_454_400),
        (date(1, 1, 1, 0, 0, 0, 0, UTC), -62_135_596_800),
    ];
    for (time, seconds) in cases {
        assert_eq!(time.unix(), seconds, "{time}");
    }
    assert_eq!(date(1970, 1, 1, 0, 0, 0, -1, UTC).nanosecond(), 999_999_999);
    assert_eq!(cases[3].0.to_string(), "2022-02-10 08:00:00 -0500 EST");
    assert_eq!(cases[4].0.to_string(), "2022-07-10 08:00:00 -0400 EDT");
    assert_eq!(cases[4].0.utc().hour(), 12);
    assert!(Time::default().is_zero() && cases[5].0.is_zero() && !cases[0].0.is_zero());
    // 02:30 did not exist on this day: one of the two hours around it is meant.
    let gap = date(2022, 3, 13, 2, 30, 0, 0, new_york);
    assert!([1, 3].contains(&gap.hour()) && gap.minute() == 30, "{gap}");
}

#[test]
fn times_are_compared_by_the_monotonic_clock_where_both_have_it() {
    let timers = virtual_timers();
    let start = timers.now();
    assert_eq!(start.utc().format(DATE_TIME), "2000-01-01 00:00:00");
    let later = start + 2 * SECOND;
    assert_eq!((later - start, start - later), (2 * SECOND, Duration::ZERO));
    assert!(start.before(later) && later.after(start) && start < later && later - 2 * SECOND == start);
    let wall = later.without_monotonic();
    assert_eq!(wall - start, 2 * SECOND);
    assert_eq!(
        (later.utc().to_string(), wall.utc().to_string()),
        ("2000-01-01 00:00:02 +0000 UTC m=+2.000000001".to_owned(), "2000-01-01 00:00:02 +0000 UTC".to_owned())
    );
}

#[test]
fn a_dropped_sleep_leaves_no_timer() {
    let mut long = Box::pin(sleep(HOUR));
    let mut cx = std::task::Context::from_waker(Waker::noop());
    let timers = Timers::global();
    assert!(long.as_mut().poll(&mut cx).is_pending());
    // Another test may use the global timers as well, so only this one's entry is looked for.
    let last = timers.last_deadline();
    assert!(last.is_some_and(|when| when > timers.nanos() + 3_000_000_000_000));
    drop(long);
    assert!(timers.last_deadline() != last);
}

#[test]
fn a_timer_fires_on_time_beside_a_busy_select() {
    const DELAY: Duration = Duration::from_millis(20);
    // Others may use the processors; how late it is on a machine that is free, `benches/latency` measures.
    const LATE: Duration = Duration::from_millis(25);
    for workers in [1, 2] {
        let options = TestOptions { real_time: true, allow_leaks: false, workers: Some(workers) };
        rt::test("main.main", Location::caller(), options, async {
            let (wg, over) = (WaitGroup::new(), Arc::new(AtomicBool::new(false)));
            for _ in 0..2 {
                let (ch, end) = (Chan::<u32>::buffered(1), Arc::clone(&over));
                wg.go(async move {
                    while !end.load(Ordering::Relaxed) {
                        select! {
                            case ch <- 1:
                            case <-ch:
                        }
                    }
                });
            }
            let mut lateness = Duration::MAX;
            for _ in 0..100 {
                let start = Instant::now();
                assert!(after(DELAY).recv().await.is_some());
                let took = start.elapsed();
                assert!(took >= DELAY);
                // The machine may be busy with something else now and then, hardly each time.
                lateness = lateness.min(took - DELAY);
                if lateness < LATE {
                    break;
                }
            }
            assert!(lateness < LATE, "{lateness:?} late at best");
            over.store(true, Ordering::Relaxed);
            wg.wait().await;
        });
    }
}
