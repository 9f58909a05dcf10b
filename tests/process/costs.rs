//! What the report costs: how soon it comes with many goroutines, and what waiting for it costs a server.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use go_tests::harness::{End, Report};

use super::{DEADLOCK, GOMAXPROCS, program};

/// How long the report of a deadlock of that many goroutines takes to appear, from the last operation to its first line:
/// the middle one of five. Printing the paragraphs of many goroutines takes longer, as it does in Go; how long is shown.
fn delay(goroutines: usize, workers: &str) -> Duration {
    let child = program("costs::blocked").arg(goroutines.to_string()).env("GOMAXPROCS", workers);
    let (mut delays, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let outcome = child.run();
        assert_eq!(outcome.end, End::Code(2), "{:?}", outcome.stdout);
        let report = Report::parse(&outcome.stderr);
        assert_eq!((report.head.as_slice(), report.goroutines.len()), (&[DEADLOCK.to_owned()][..], goroutines));
        let since = Duration::from_nanos(outcome.stdout.trim().parse().expect("nanoseconds"));
        let after = |when: SystemTime| when.duration_since(UNIX_EPOCH).expect("after 1970").saturating_sub(since);
        delays.push(after(outcome.reported.expect("there was a report")));
        whole.push(after(outcome.ended));
    }
    delays.sort();
    whole.sort();
    println!("GOMAXPROCS={workers}, {goroutines} goroutines: first line after {delays:?}, end after {whole:?}");
    delays[2]
}

#[test]
fn the_report_of_one_goroutine_appears_within_100_ms() {
    for workers in GOMAXPROCS {
        assert!(delay(1, workers) < Duration::from_millis(100));
    }
}

#[test]
fn the_report_of_100_000_goroutines_appears_within_100_ms() {
    for workers in GOMAXPROCS {
        assert!(delay(100_000, workers) < Duration::from_millis(100));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_hundred_thousand_goroutines_that_wait_cost_no_processor_time() {
    for workers in ["1", "2"] {
        let outcome = program("costs::idle").arg("100000").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
        println!("GOMAXPROCS={workers}: {}", outcome.stdout.trim());
        let ticks: u64 = outcome.stdout.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
        // A tick is 10 ms; one may be the sleeper's own waking up.
        assert!(ticks <= 1, "{outcome:?}");
    }
}
