//! `SIGQUIT` shows every goroutine; other signals end the process as they end any.

use std::time::Duration;

use go_tests::harness::{End, Report};

use super::program;

/// What the goroutines wait for that the program waiting for a signal has beside main.
const WAITING: [&str; 3] = ["chan receive", "sleep", "select (no cases)"];

/// Go's eight are four here: the four others are goroutines of Go's own runtime. There are no registers to be shown.
#[test]
fn p25_sigquit() {
    for workers in ["1", "2"] {
        let outcome = program("exits::p25_signals").env("GOMAXPROCS", workers).signal("QUIT").run();
        assert_eq!(outcome.end, End::Code(2), "{outcome:?}");
        let report = Report::parse(&outcome.stderr);
        assert_eq!((report.head.as_slice(), report.spaced), (&["SIGQUIT: quit".to_owned()][..], true), "{outcome:?}");
        assert_eq!(report.reasons()[1..], WAITING, "{outcome:?}");
        // Main has just said that it is ready.
        assert!(["running", "sleep"].contains(&report.reasons()[0]), "{outcome:?}");
        assert!(outcome.elapsed < Duration::from_secs(20), "{outcome:?}");
    }
}

#[test]
fn p25b_sigint() {
    let outcome = program("exits::p25_signals").signal("INT").run();
    assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Signal(2), ""), "{outcome:?}");
}

#[test]
fn p25c_sigterm() {
    let outcome = program("exits::p25_signals").signal("TERM").run();
    assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Signal(15), ""), "{outcome:?}");
}

#[test]
fn sigquit_is_answered_while_every_worker_computes() {
    let outcome = program("quits::busy").env("GOMAXPROCS", "1").signal("QUIT").run();
    assert_eq!(outcome.end, End::Code(2), "{outcome:?}");
    let report = Report::parse(&outcome.stderr);
    assert_eq!(report.reasons(), ["running", "chan receive"], "{outcome:?}");
}

#[test]
fn a_program_may_keep_sigquit_as_it_is() {
    let outcome = program("quits::opted_out").signal("QUIT").run();
    assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Signal(3), ""), "{outcome:?}");
}

#[test]
fn a_runtime_of_the_users_own_leaves_sigquit_alone() {
    let outcome = program("quits::owned").signal("QUIT").run();
    assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Signal(3), ""), "{outcome:?}");
}

/// On one worker nothing runs between the wake and the dump.
#[test]
fn a_goroutine_that_is_woken_is_runnable() {
    let outcome = program("quits::runnable").env("GOMAXPROCS", "1").run();
    assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
    let report = Report::parse(&outcome.stdout);
    assert_eq!(report.reasons(), ["running", "runnable", "runnable"], "{outcome:?}");
    // It shows where the one waited that was woken.
    let lines: Vec<usize> = report.goroutines.iter().map(|goroutine| goroutine.lines.len()).collect();
    assert_eq!(lines, [1, 4, 3], "{outcome:?}");
}

#[test]
fn stack_all_shows_what_a_report_shows() {
    for workers in ["1", "2"] {
        let outcome = program("quits::stack_all").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
        let report = Report::parse(&outcome.stdout);
        let (last, before) = report.reasons().split_last().map(|(last, before)| (*last, before.to_vec())).unwrap();
        assert_eq!(before, ["running", "chan receive", "IO wait", "sleep", "select (no cases)"], "{outcome:?}");
        // It gives way all the time.
        assert!(["running", "runnable"].contains(&last), "{outcome:?}");
        assert_eq!(report.goroutines[0].lines, ["main.quits.stack_all.main()"], "{outcome:?}");
        let waiting = &report.goroutines[1].lines;
        assert!(waiting[0].ends_with(".worker()") && waiting[1].contains("programs/quits.rs:"), "{outcome:?}");
        assert!(waiting[2].starts_with("created by ") && waiting[2].ends_with(" in goroutine 1"), "{outcome:?}");
        // A place that it waited at before says nothing of one that runs.
        assert_eq!(report.goroutines[5].lines.len(), 3, "{outcome:?}");
    }
}
