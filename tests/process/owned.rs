//! Goroutines on a runtime that the program made itself.

use std::time::Duration;

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

#[test]
fn no_deadlock_is_reported() {
    let outcome = program("owned::stuck").limit(Duration::from_secs(2)).run();
    assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Killed, ""), "{outcome:?}");
}

#[test]
fn the_rules_may_be_chosen_before_the_first_goroutine() {
    let outcome = program("owned::attached").run();
    assert_eq!(outcome.end, End::Code(0), "{outcome:?}");
    assert_eq!(outcome.stdout, "the others go on\nErr(Running)\nErr(DeadlockReport)\n", "{outcome:?}");
    let report = Report::parse(&outcome.stderr);
    assert_eq!((report.head.as_slice(), report.reasons()), (&["panic: boom".to_owned()][..], vec!["running"]));
}

#[test]
fn a_goroutine_of_a_server_that_panics_ends_it() {
    let outcome = program("owned::server").run();
    assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Code(2), "1\n2\n3\n"), "{outcome:?}");
    let report = Report::parse(&outcome.stderr);
    assert_eq!(
        (report.head.as_slice(), report.reasons()),
        (&["panic: a client sent 3".to_owned()][..], vec!["running"])
    );
    assert!(report.goroutines[0].lines[0].ends_with(".handle()"), "{outcome:?}");
}

/// What the axum server has printed before one of its handlers' goroutines panics.
const BEFORE: &str = "4950\nno report of what is stuck: true\n";

/// Checks the report of that panic.
#[track_caller]
fn reports_the_handlers_goroutine(stderr: &str) {
    let report = Report::parse(stderr);
    let head = ["panic: a handler's goroutine".to_owned()];
    assert_eq!(
        (report.head.as_slice(), report.spaced, report.reasons()),
        (&head[..], true, vec!["running"]),
        "{stderr}"
    );
    let lines = &report.goroutines[0].lines;
    assert_eq!(lines[0], "main.owned.axum_server.broken.func1()", "{stderr}");
    assert!(lines[1].contains("programs/owned.rs:"), "{stderr}");
    // A handler is a task of tokio's, not a goroutine: there is none that it was created by.
    assert!(lines.iter().all(|line| !line.contains(" in goroutine ")), "{stderr}");
}

#[test]
fn a_panic_in_a_goroutine_of_an_axum_handler_ends_the_process() {
    let outcome = program("owned::axum_server").run();
    assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Code(2), BEFORE), "{outcome:?}");
    reports_the_handlers_goroutine(&outcome.stderr);
}

#[test]
fn an_axum_server_may_let_a_panic_end_its_goroutine_only() {
    let outcome = program("owned::axum_server").arg("end_goroutine").run();
    let stdout = format!("{BEFORE}the goroutine is over\n45\n");
    assert_eq!((outcome.end, outcome.stdout), (End::Code(0), stdout), "{}", outcome.stderr);
    reports_the_handlers_goroutine(&outcome.stderr);
}
