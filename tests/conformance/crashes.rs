//! Area `defer/panic`, Go's tests of whole programs: what the process prints and how it ends is what was recorded of the Go
//! program of that name in `data`. Afresh, as everywhere: the rows of the table say what each of Go's tests pins.

use std::fs;
use std::path::Path;

use go_tests::harness::{Child, End, Outcome, Report, addressless};

/// What was recorded of a program; empty if there is nothing.
fn recorded(name: &str, ending: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/data").join(format!("{name}.{ending}"));
    fs::read_to_string(path).unwrap_or_default()
}

/// A run of a program of `programs`.
fn program(name: &str) -> Child {
    Child::new(env!("CARGO_BIN_EXE_go-crashes")).arg(name)
}

/// The lines before the first goroutine, with the program's types in Go's package `main`.
fn head(name: &str, report: &Report) -> Vec<String> {
    report.head.iter().map(|line| addressless(line).replace(&format!("main.{name}."), "main.")).collect()
}

/// Fails unless the program did what Go's did.
#[track_caller]
fn same(name: &str, outcome: &Outcome) {
    let end = End::Code(recorded(name, "code").trim().parse().expect("a recorded exit code"));
    assert_eq!((outcome.end, &outcome.stdout), (end, &recorded(name, "out")), "{name}: {outcome:?}");
    let (report, wanted) = (Report::parse(&outcome.stderr), Report::parse(&recorded(name, "norm")));
    assert_eq!(head(name, &report), wanted.head, "{name}: {outcome:?}");
    assert_eq!(report.reasons(), wanted.reasons(), "{name}: {outcome:?}");
    assert_eq!(report.spaced, wanted.spaced, "{name}: {outcome:?}");
}

/// A test for each program that does the same in every run.
macro_rules! programs {
    ($($program:ident)*) => {
        $(#[test]
        fn $program() {
            for workers in ["1", "2"] {
                same(stringify!($program), &program(stringify!($program)).env("GOMAXPROCS", workers).run());
            }
        })*
    };
}

every_crash!(programs);

#[test]
fn mains_goroutine_is_the_first() {
    let outcome = program("main_goroutine_id").run();
    assert!(outcome.stderr.starts_with("panic: who am I\n\ngoroutine 1 [running]:\n"), "{outcome:?}");
}

/// Neither the timers nor the contexts that wait are goroutines, also where all of them are asked for.
#[test]
fn no_helper_goroutines_among_all() {
    for all in ["all", "system"] {
        let outcome = program("no_helper_goroutines").env("GOTRACEBACK", all).run();
        same("no_helper_goroutines", &outcome);
        assert_eq!(Report::parse(&outcome.stderr).goroutines.len(), 1, "{outcome:?}");
    }
}

/// The deferred `done` lets main return while the panic is on its way: whichever comes first ends the process, and a
/// report, if there is one, is whole and names who started the goroutine.
#[test]
fn panic_race() {
    let wanted = Report::parse(&recorded("panic_race", "norm"));
    for workers in ["1", "2", "4"] {
        let mut reported = 0;
        for outcome in program("panic_race").env("GOMAXPROCS", workers).run_many(40, 4) {
            let report = Report::parse(&outcome.stderr);
            if outcome.end == End::Code(0) {
                assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", ""), "{outcome:?}");
                continue;
            }
            assert_eq!((outcome.end, &report.head), (End::Code(2), &wanted.head), "{outcome:?}");
            assert_eq!(report.reasons(), wanted.reasons(), "{outcome:?}");
            let created = |report: &Report| {
                let lines = &report.goroutines.first().expect("a goroutine").lines;
                lines.iter().find(|line| line.starts_with("created by ")).expect("who started it").clone()
            };
            assert_eq!(created(&report).replace("main.panic_race.", "main."), created(&wanted), "{outcome:?}");
            reported += 1;
        }
        // Main gives the deferred calls a moment, as Go's does: nearly all runs report.
        assert!(reported >= 20, "{reported} runs of 40 have reported the panic");
    }
}
