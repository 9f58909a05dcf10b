//! Deadlocks: what is reported, and how soon.

use std::time::{Duration, UNIX_EPOCH};

use go_tests::harness::{End, Report};

use super::{DEADLOCK, GOMAXPROCS, program};

#[test]
fn a_deadlock_shows_every_goroutine_and_what_it_waits_for() {
    for workers in GOMAXPROCS {
        let outcome = program("stuck::everywhere").env("GOMAXPROCS", workers).run();
        assert_eq!(outcome.end, End::Code(2), "{outcome:?}");
        let report = Report::parse(&outcome.stderr);
        assert_eq!((report.head.as_slice(), report.spaced), (&[DEADLOCK.to_owned()][..], true), "{outcome:?}");
        // Main first, then in the order of creation.
        assert_eq!(
            report.reasons(),
            [
                "chan receive",
                "chan receive",
                "chan send",
                "chan receive (nil chan)",
                "chan send (nil chan)",
                "select",
                "select (no cases)",
                "sync.WaitGroup.Wait",
                "sync.Mutex.Lock",
                "sync.RWMutex.Lock",
                "sync.RWMutex.RLock",
            ],
            "{outcome:?}"
        );
        assert_eq!(report.goroutines[0].id, 1, "{outcome:?}");
        assert!(report.goroutines.iter().all(|g| g.lines[1].contains("programs/stuck.rs:")), "{outcome:?}");
        assert!(report.goroutines[1..].iter().all(|g| g.lines[2].ends_with(" in goroutine 1")), "{outcome:?}");
    }
}

#[test]
fn gotraceback_none_leaves_the_first_line() {
    let outcome = program("stuck::everywhere").env("GOTRACEBACK", "none").run();
    assert_eq!((outcome.end, outcome.stderr), (End::Code(2), format!("{DEADLOCK}\n")));
}

#[test]
fn a_deadlock_is_reported_within_100_ms() {
    for workers in GOMAXPROCS {
        let mut delays: Vec<Duration> = (0..5)
            .map(|_| {
                let outcome = program("stuck::since").env("GOMAXPROCS", workers).run();
                assert_eq!(outcome.end, End::Code(2), "{outcome:?}");
                assert!(outcome.stderr.starts_with(DEADLOCK), "{outcome:?}");
                let since = outcome.stdout.trim().parse().expect("nanoseconds");
                let ended = outcome.ended.duration_since(UNIX_EPOCH).expect("it is later than 1970");
                ended.saturating_sub(Duration::from_nanos(since))
            })
            .collect();
        delays.sort();
        println!("GOMAXPROCS={workers}: from the last operation to the end of the process: {delays:?}");
        // The machine may be busy with something else during one run, hardly during most of them.
        assert!(delays[2] < Duration::from_millis(100), "{delays:?}");
    }
}

#[test]
fn the_librarys_own_threads_and_stopped_timers_keep_nothing_alive() {
    for workers in GOMAXPROCS {
        let outcome = program("stuck::beside_a_service").env("GOMAXPROCS", workers).run();
        assert_eq!(outcome.end, End::Code(2), "{outcome:?}");
        let report = Report::parse(&outcome.stderr);
        assert_eq!((report.head.as_slice(), report.reasons()), (&[DEADLOCK.to_owned()][..], vec!["select"]));
    }
}
