//! Goroutines on a runtime that the program made itself.

use go_tests::harness::{End, Report};

use super::program;

/// Runs a program whose goroutines add up 0 to 99, and one of them then panics.
#[track_caller]
fn works_then_panics(name: &str) {
    let outcome = program(name).run();
    assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Code(2), "4950\n"), "{outcome:?}");
    let report = Report::parse(&outcome.stderr);
    assert_eq!((report.head.as_slice(), report.reasons()), (&["panic: boom".to_owned()][..], vec!["running"]));
}

#[test]
fn tokio_main() {
    works_then_panics("owned::threads");
}

#[test]
fn tokio_main_on_one_thread() {
    works_then_panics("owned::one_thread");
}
