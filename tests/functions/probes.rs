//! Go's programs about panics and exits, in the dialect: they end as Go's were recorded to, in `process/data`.
//!
//! The suite `process` has the same programs with macros and compares the reports' paragraphs too.

use std::fs;
use std::path::Path;

use go_tests::harness::{Child, End, Report};

/// What was recorded of a program; empty if there is nothing.
fn recorded(name: &str, ending: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("process/data").join(format!("{name}.{ending}"));
    fs::read_to_string(path).unwrap_or_default()
}

/// The line without what differs from run to run: an address, the date and the time of a log; and with a type of the
/// program's in Go's package `main`.
fn constant(line: &str) -> String {
    let line = match line.split_once("0x") {
        Some((before, rest)) => {
            let digits = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
            let at = before.rfind("main.").map_or(0, |at| at + "main.".len());
            let name = before[at..].rsplit('.').next().unwrap_or_default();
            format!("{}{name}0xADDR{}", &before[..at], &rest[digits..])
        }
        None => line.to_owned(),
    };
    let is_date = |text: &str| text.chars().filter(char::is_ascii_digit).count() == 14 && text.contains('/');
    match line.get(..19) {
        Some(date) if is_date(date) => format!("YYYY/MM/DD HH:MM:SS{}", &line[19..]),
        _ => line,
    }
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
        let head: Vec<String> = report.head.iter().map(|line| constant(line)).collect();
        assert_eq!((head, report.reasons()), (wanted.head.clone(), wanted.reasons()), "{name}: {outcome:?}");
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
