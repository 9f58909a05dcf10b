//! The deadlock report is never wrong and never missing: many idle moments that are no deadlock, and many deadlocks. Each
//! test runs for a short time; the ignored ones are the same for long.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use go_tests::harness::{Child, End};

use super::{DEADLOCK, program};

/// Runs `test` while threads compute on every processor.
fn under_load(test: impl FnOnce()) {
    let over = AtomicBool::new(false);
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..processors {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        test();
        over.store(true, Ordering::Relaxed);
    });
}

/// A program with that many waits for something from outside.
fn waiting(waits: u64, workers: &str, seed: u64) -> Child {
    program("soak::waits")
        .arg(waits.to_string())
        .arg(seed.to_string())
        .env("GOMAXPROCS", workers)
        .limit(Duration::from_secs(900))
}

/// Waits many times, with each number of workers: no report before the end, and one then.
fn no_false_report(waits: u64) {
    for workers in ["1", "2", "4"] {
        let seed = u64::from(std::process::id()) << 8 | 1;
        let outcome = waiting(waits, workers, seed).run();
        assert_eq!(
            (outcome.end, &outcome.stdout),
            (End::Code(2), &format!("{waits} waits\n")),
            "seed {seed}: {outcome:?}"
        );
        assert!(outcome.stderr.starts_with(DEADLOCK), "seed {seed}: {outcome:?}");
        println!("GOMAXPROCS={workers}: {waits} waits in {:?}, one report at the end", outcome.elapsed);
    }
}

/// Many deadlocks, each another one: all are reported.
fn no_missing_report(runs: u64) {
    for workers in ["1", "2", "4"] {
        for seed in 0..runs {
            let child = program("soak::deadlocks").arg(seed.to_string()).env("GOMAXPROCS", workers);
            let outcome = child.limit(Duration::from_secs(20)).run();
            assert_eq!(outcome.end, End::Code(2), "GOMAXPROCS={workers}, seed {seed}: {outcome:?}");
            let first = outcome.stderr.lines().next().unwrap_or_default();
            let nobody = "fatal error: no goroutines (main called runtime.Goexit) - deadlock!";
            // Main's goexit leaves nobody if there are no others.
            let wanted = if seed % 7 == 0 && seed % 3 == 2 { nobody } else { DEADLOCK };
            assert_eq!(first, wanted, "GOMAXPROCS={workers}, seed {seed}: {outcome:?}");
        }
        println!("GOMAXPROCS={workers}: {runs} deadlocks, {runs} reports");
    }
}

#[test]
fn no_idle_moment_is_taken_for_a_deadlock() {
    no_false_report(2_000);
}

#[test]
fn no_idle_moment_is_taken_for_a_deadlock_under_load() {
    under_load(|| no_false_report(300));
}

#[test]
fn every_deadlock_is_reported() {
    no_missing_report(60);
}

#[test]
#[ignore = "takes some minutes"]
fn soak_no_idle_moment_is_taken_for_a_deadlock() {
    no_false_report(100_000);
}

#[test]
#[ignore = "takes some minutes"]
fn soak_no_idle_moment_is_taken_for_a_deadlock_under_load() {
    under_load(|| no_false_report(15_000));
}

#[test]
#[ignore = "takes some minutes"]
fn soak_every_deadlock_is_reported() {
    no_missing_report(1_000);
}

#[test]
#[ignore = "takes some minutes"]
fn soak_every_deadlock_is_reported_under_load() {
    under_load(|| no_missing_report(150));
}
