//! Go's programs about panics and exits, in the dialect: they end as Go's were recorded to, in `process/data`.
//!
//! The suite `process` has the same programs with macros and compares the reports' paragraphs too.

use std::fs;
use std::path::Path;

use go_tests::harness::{Child, End, Report, addressless, placeless, undated};

/// What was recorded of a program; empty if there is nothing.
fn recorded(name: &str, ending: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("process/data").join(format!("{name}.{ending}"));
    fs::read_to_string(path).unwrap_or_default()
}

/// The lines as they were recorded; without the place in a program's file, which only a log that is asked to prints.
fn normal(lines: &[String], file: &str) -> Vec<String> {
    let normal = |line: &String| {
        let line = addressless(&undated(line));
        if line.contains(file) { placeless(&line, file) } else { line }
    };
    lines.iter().map(normal).collect()
}

/// Fails unless the program in the dialect does what Go's did.
#[track_caller]
fn check(name: &str) {
    let end = End::Code(recorded(name, "code").trim().parse().expect("a recorded exit code"));
    let wanted = Report::parse(&recorded(name, "norm"));
    for workers in ["1", "2"] {
        let outcome = Child::new(env!("CARGO_BIN_EXE_go-panics")).arg(name).env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, &outcome.stdout), (end, &recorded(name, "out")), "{name}: {outcome:?}");
        let report = Report::parse(&outcome.stderr);
        assert_eq!(
            normal(&report.head, "main.rs:"),
            normal(&wanted.head, &format!("{name}.go:")),
            "{name}: {outcome:?}"
        );
        assert_eq!(report.reasons(), wanted.reasons(), "{name}: {outcome:?}");
    }
}

/// A test for each program.
macro_rules! probes {
    ($($program:ident)*) => {
        $(#[test]
        fn $program() {
            check(stringify!($program));
        })*
    };
}

every_probe!(probes);
