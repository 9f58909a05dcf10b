//! `signal`: who is told of a signal, what it does otherwise, and what that has to do with deadlocks.

use std::time::Duration;

use go_tests::harness::{End, Outcome, Report};

use super::{DEADLOCK, GOMAXPROCS, program};

/// Runs a program to its end, with each number of workers.
#[track_caller]
fn ends(name: &str, stdout: &str, end: End) {
    for workers in GOMAXPROCS {
        let outcome = program(name).env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stdout.as_str(), outcome.stderr.as_str()), (end, stdout, ""), "{outcome:?}");
    }
}

#[test]
fn a_channel_gets_what_it_has_asked_for() {
    let stdout = "all: user defined signal 1\nall: user defined signal 2\nall: terminated\nall: hangup\n\
                  all: interrupt\none: user defined signal 1, then 0\none: SIGUSR1\none: SIGUSR2\n";
    ends("signals::notify", stdout, End::Code(0));
}

#[test]
fn nobody_waits_for_a_channel() {
    ends("signals::full", "1 0 0\nuser defined signal 1\n", End::Code(0));
}

#[test]
fn the_last_stop_brings_the_usual_effect_back() {
    ends("signals::stop", "terminated 0\nstopped\n", End::Signal(15));
}

#[test]
fn what_was_ignored_before_is_ignored_again() {
    ends("signals::stop_ignored", "true\nfalse\nbroken pipe\n0\n", End::Code(0));
}

#[test]
fn ignored_signals_do_nothing_until_they_are_reset() {
    ends("signals::ignore", "true 0\nuser defined signal 1\nfalse\n", End::Signal(10));
}

#[test]
fn a_context_is_done_with_a_signal() {
    for (signal, text) in [("INT", "interrupt"), ("TERM", "terminated")] {
        let outcome = program("signals::context").arg("before").signal(signal).run();
        let cause = format!("{text} signal received");
        let stdout = format!("ready\ncontext canceled: {cause}\na signal before stop has no effect\n{cause}\n");
        assert_eq!((outcome.end, &outcome.stdout, outcome.stderr.as_str()), (End::Code(0), &stdout, ""), "{outcome:?}");
    }
}

#[test]
fn a_second_signal_ends_the_program_after_stop() {
    let outcome = program("signals::context").arg("stopped").signal("INT").run();
    let stdout = "ready\ncontext canceled: interrupt signal received\n";
    assert_eq!((outcome.end, outcome.stdout.as_str(), outcome.stderr.as_str()), (End::Signal(2), stdout, ""));
}

#[test]
fn a_context_that_ends_otherwise_keeps_the_signals_until_stop() {
    ends("signals::context_otherwise", "context canceled\nthe parent's own\nstill taken\n", End::Signal(10));
}

/// The program's first line, then a deadlock's report; not before `least`.
#[track_caller]
fn dead(outcome: &Outcome, stdout: &str, least: Duration) {
    assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Code(2), stdout), "{outcome:?}");
    assert!(outcome.stderr.starts_with(DEADLOCK) && outcome.elapsed >= least, "{outcome:?}");
}

#[test]
fn a_handler_is_no_deadlock_as_long_as_it_is_there() {
    for workers in GOMAXPROCS {
        let outcome = program("signals::deadlock").env("GOMAXPROCS", workers).run();
        dead(&outcome, "user defined signal 1\nover\n", Duration::from_millis(400));
        let outcome = program("signals::deadlock_by_a_thread").env("GOMAXPROCS", workers).run();
        dead(&outcome, "over\n", Duration::from_millis(200));
    }
}

#[test]
fn sigquit_may_be_asked_for() {
    for workers in GOMAXPROCS {
        let outcome = program("signals::quit").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Code(2), "quit\nstopped\n"), "{outcome:?}");
        let report = Report::parse(&outcome.stderr);
        assert_eq!((report.head.as_slice(), report.goroutines.len()), (&["SIGQUIT: quit".to_owned()][..], 1));
    }
}

#[test]
fn others_handlers_are_told_too() {
    ends("signals::owned", "both were told\n", End::Code(0));
}

#[test]
fn nothing_is_lost_while_channels_and_contexts_come_and_go() {
    ends("signals::churn", "1000 signals\n", End::Code(0));
}

#[test]
fn a_nil_channel_is_a_panic() {
    let outcome = program("signals::nil").run();
    assert_eq!(outcome.end, End::Code(2), "{outcome:?}");
    let report = Report::parse(&outcome.stderr);
    assert_eq!(report.head, ["panic: os/signal: Notify using nil channel"], "{outcome:?}");
    assert!(report.goroutines[0].lines[1].contains("programs/signals.rs:"), "{outcome:?}");
}
