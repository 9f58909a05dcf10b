//! Panic hooks: the program's own are called, Rust's own speaks outside goroutines only.

use go_tests::harness::{End, Report};

use super::program;

/// Runs a program whose hook sees the panic of a goroutine, and which is then reported as any other.
#[track_caller]
fn hook_then_report(name: &str, between: &[&str], with_place: bool) {
    for workers in ["1", "2"] {
        let outcome = program(name).env("GOMAXPROCS", workers).run();
        assert_eq!(outcome.end, End::Code(2), "{outcome:?}");
        let report = Report::parse(&outcome.stderr);
        assert!(report.head[0].starts_with("hook: boom at line "), "{outcome:?}");
        let rest: Vec<&str> = report.head[1..].iter().map(String::as_str).collect();
        assert_eq!(rest, [between, &["panic: boom"]].concat(), "{outcome:?}");
        assert_eq!(report.reasons(), ["running"], "{outcome:?}");
        let place = report.goroutines[0].lines[1].contains("programs/hooks.rs:");
        assert_eq!(place, with_place, "{outcome:?}");
    }
}

#[test]
fn a_hook_set_before_is_called() {
    hook_then_report("hooks::before", &["deferred"], true);
}

#[test]
fn a_hook_that_passes_on_is_called() {
    hook_then_report("hooks::chained", &[], true);
}

/// The report cannot tell the place then: nobody has told it.
#[test]
fn a_hook_that_replaces_the_others_is_called() {
    hook_then_report("hooks::replacing", &[], false);
}

#[test]
fn a_hook_on_a_runtime_of_the_users_own_is_called() {
    hook_then_report("hooks::owned", &[], true);
}

#[test]
fn rusts_own_hook_speaks_outside_goroutines_only() {
    let outcome = program("hooks::outside").env("RUST_BACKTRACE", "0").run();
    assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Code(0), "alive\n"), "{outcome:?}");
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("thread 'mine'")), "{outcome:?}");
    assert!(lines.contains(&"in a thread") && lines.contains(&"in a task"), "{outcome:?}");
    assert!(!outcome.stderr.contains("caught in a goroutine"), "{outcome:?}");
}
