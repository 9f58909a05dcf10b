//! Programs that end by themselves, and with what code.

use go_tests::harness::{End, Report};

use super::{GOMAXPROCS, program};

#[test]
fn the_return_of_main_ends_the_process_at_once() {
    for workers in GOMAXPROCS {
        let outcome = program("ends::returns").env("GOMAXPROCS", workers).run();
        assert_eq!(outcome.end, End::Code(0), "{outcome:?}");
        assert_eq!(outcome.stdout, "main returned, and its deferred call ran", "{outcome:?}");
        assert_eq!(outcome.stderr, "", "{outcome:?}");
    }
}

#[test]
fn the_return_of_main_does_not_wait_for_a_goroutine_that_computes() {
    let outcome = program("ends::returns_beside_a_hog").env("GOMAXPROCS", "2").run();
    assert_eq!(outcome.end, End::Code(0), "{outcome:?}");
}

/// Main gives way to a panic under way, and one that the program has caught itself is none, whoever has done so.
#[test]
fn the_return_of_main_does_not_wait_for_a_panic_that_was_swallowed() {
    for swallows in ["swallows::in_main", "swallows::in_a_goroutine", "swallows::outside"] {
        let outcome = program(swallows).env("GOMAXPROCS", "1").run();
        assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Code(0), "deferred\n"), "{swallows}: {outcome:?}");
    }
}

#[test]
fn an_error_of_main_is_exit_code_1() {
    let outcome = program("ends::fails").run();
    assert_eq!(outcome.end, End::Code(1), "{outcome:?}");
    assert_eq!(outcome.stderr, "Error: \"it failed\"\n", "{outcome:?}");
}

#[test]
fn main_may_choose_its_exit_code() {
    let outcome = program("ends::code").run();
    assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(7), ""), "{outcome:?}");
}

#[test]
fn any_goroutine_may_exit() {
    for workers in GOMAXPROCS {
        let outcome = program("ends::exits").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Code(3), "exits"), "{outcome:?}");
        assert_eq!(outcome.stderr, "", "{outcome:?}");
    }
}

#[test]
fn a_panic_in_a_goroutine_is_reported_and_exit_code_2() {
    for workers in GOMAXPROCS {
        let outcome = program("ends::goroutine_panics").env("GOMAXPROCS", workers).run();
        assert_eq!(outcome.end, End::Code(2), "{outcome:?}");
        assert_eq!(outcome.stdout, "the worker's deferred call ran\n", "{outcome:?}");
        let report = Report::parse(&outcome.stderr);
        assert_eq!(report.head, ["panic: boom", "\tsecond line"], "{outcome:?}");
        assert!(report.spaced, "{outcome:?}");
        assert_eq!(report.reasons(), ["running"], "{outcome:?}");
        let lines = &report.goroutines[0].lines;
        assert!(lines[0].ends_with(".worker()"), "{outcome:?}");
        assert!(lines[1].contains("programs/ends.rs:"), "{outcome:?}");
        assert!(lines[2].starts_with("created by ") && lines[2].ends_with(" in goroutine 1"), "{outcome:?}");
        assert!(lines[3].contains("programs/ends.rs:"), "{outcome:?}");
    }
}

#[test]
fn gotraceback_says_how_much_a_report_shows() {
    let panics = program("ends::goroutine_panics");
    let none = panics.clone().env("GOTRACEBACK", "none").run();
    assert_eq!((none.end, none.stderr.as_str()), (End::Code(2), "panic: boom\n\tsecond line\n"), "{none:?}");
    let all = panics.env("GOTRACEBACK", "all").env("GOMAXPROCS", "1").run();
    assert_eq!(all.end, End::Code(2), "{all:?}");
    let report = Report::parse(&all.stderr);
    assert_eq!(report.reasons()[..2], ["running", "select (no cases)"], "{all:?}");
    assert_eq!(report.goroutines.len(), 3, "{all:?}");
}

#[test]
fn a_panic_in_main_is_reported_with_its_value() {
    let outcome = program("ends::main_panics").run();
    assert_eq!(outcome.end, End::Code(2), "{outcome:?}");
    let report = Report::parse(&outcome.stderr);
    assert_eq!((report.head.as_slice(), report.reasons()), (&["panic: 42".to_owned()][..], vec!["running"]));
    assert_eq!(report.goroutines[0].id, 1, "{outcome:?}");
}

#[test]
fn a_misused_channel_is_reported_at_the_programs_line() {
    let outcome = program("ends::channel_panics").run();
    assert_eq!(outcome.end, End::Code(2), "{outcome:?}");
    let report = Report::parse(&outcome.stderr);
    assert_eq!(report.head, ["panic: send on closed channel"], "{outcome:?}");
    assert!(report.goroutines[0].lines[1].contains("programs/ends.rs:"), "{outcome:?}");
}

#[test]
fn rust_backtrace_adds_the_programs_own_frames() {
    let panics = program("ends::goroutine_panics");
    let own = panics.clone().env("RUST_BACKTRACE", "1").run();
    assert_eq!(own.end, End::Code(2), "{own:?}");
    let (report, backtrace) = own.stderr.split_once("\nRust backtrace:\n").expect("there is a backtrace");
    assert_eq!(Report::parse(report).reasons(), ["running"], "{own:?}");
    assert!(backtrace.contains("goroutine_panics::worker"), "{own:?}");
    assert!(!backtrace.contains("tokio::runtime") && !backtrace.contains("panic_fmt"), "{own:?}");
    let full = panics.clone().env("RUST_BACKTRACE", "full").run();
    assert!(full.stderr.contains("goroutine_panics::worker") && full.stderr.contains("tokio::runtime"), "{full:?}");
    let none = panics.clone().env("RUST_BACKTRACE", "1").env("GOTRACEBACK", "none").run();
    assert_eq!(none.stderr, "panic: boom\n\tsecond line\n", "{none:?}");
    assert!(!panics.run().stderr.contains("backtrace"));
}
