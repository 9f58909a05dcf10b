//! Go's own programs, ported: each does what Go's did. What Go's did is in `data`: `.norm` is its stderr with addresses,
//! dates and paths replaced, `.out` its stdout, `.code` how it ended; a file that is not there stands for nothing.

use std::fs;
use std::path::Path;
use std::time::Duration;

use go_tests::harness::{Child, End, Outcome, Paragraph, Report, addressless, placeless, undated};

use super::program;

/// How long a program runs that would run for ever.
const FOR_EVER: Duration = Duration::from_secs(2);

/// What Go's program did.
struct Recorded {
    /// Its stdout.
    stdout: String,
    /// Its stderr, taken apart.
    report: Report,
    /// How it ended.
    end: End,
}

/// The text of a file of `data`, empty if there is none.
fn data(name: &str, ending: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("process/data").join(format!("{name}.{ending}"));
    fs::read_to_string(path).unwrap_or_default()
}

/// What Go's program `name` did.
fn recorded(name: &str) -> Recorded {
    let end = match data(name, "code").trim() {
        "HANG" => End::Killed,
        code => End::Code(code.parse().unwrap_or_else(|_| panic!("data/{name}.code: no exit code"))),
    };
    Recorded { stdout: data(name, "out"), report: Report::parse(&data(name, "norm")), end }
}

/// What must be the same of a goroutine: what it waits for, its function, who started it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    /// Why it waits.
    reason: String,
    /// The last part of its function's name.
    function: String,
    /// The last part of the name of the function that started it, and that one's place in the report.
    created: Option<(String, Option<usize>)>,
}

/// The last part of a function's name; closures are told by their function.
fn last(name: &str) -> String {
    let name = name.split_once('(').map_or(name, |(before, after)| match after.split_once(").") {
        // `main.(*T).run(...)`
        Some((_, method)) if before.ends_with('.') => method.split('(').next().unwrap_or(method),
        _ => before,
    });
    let mut parts = name.rsplit('.');
    let end = parts.next().unwrap_or_default();
    if end.starts_with("func") {
        return format!("{}.func", parts.find(|part| !part.starts_with("func")).unwrap_or_default());
    }
    end.to_lowercase()
}

/// What is compared of the goroutines.
fn seen(goroutines: &[Paragraph]) -> Vec<Seen> {
    let see = |goroutine: &Paragraph| {
        let created = goroutine.lines.iter().position(|line| line.starts_with("created by "));
        let own = &goroutine.lines[..created.unwrap_or(goroutine.lines.len())];
        let function = own.iter().rev().find(|line| !line.starts_with('\t')).map_or(String::new(), |line| last(line));
        let created = created.map(|at| {
            let line = goroutine.lines[at].trim_start_matches("created by ");
            let (name, parent) = line.split_once(" in goroutine ").unwrap_or((line, ""));
            (last(name), goroutines.iter().position(|other| other.id.to_string() == parent))
        });
        Seen { reason: goroutine.reason.clone(), function, created }
    };
    goroutines.iter().map(see).collect()
}

/// The lines of `family`'s file that belong to the program `name`.
fn lines_of(family: &str, name: &str) -> (String, std::ops::RangeInclusive<usize>) {
    let path = format!("process/programs/probe/{family}.rs");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).expect("the programs are there");
    let start =
        text.lines().position(|line| line == format!("pub(crate) mod {name} {{")).expect("the program is there");
    let length = text.lines().skip(start).position(|line| line == "}").expect("the program has an end");
    (format!("tests/{path}"), start + 1..=start + 1 + length)
}

/// Compares what the program did with what Go's did.
#[track_caller]
fn same(family: &str, name: &str, outcome: &Outcome, wanted: &Recorded) {
    assert_eq!(outcome.end, wanted.end, "{name}: {outcome:?}");
    assert_eq!(outcome.stdout, wanted.stdout, "{name}: {outcome:?}");
    let mut report = Report::parse(&undated(&outcome.stderr));
    report.head.iter_mut().for_each(|line| *line = addressless(line));
    assert_eq!(
        report.head,
        wanted.report.head.iter().map(|line| undated(line)).collect::<Vec<_>>(),
        "{name}: {outcome:?}"
    );
    assert_eq!(report.spaced, wanted.report.spaced, "{name}: {outcome:?}");
    assert_eq!(seen(&report.goroutines), seen(&wanted.report.goroutines), "{name}: {outcome:?}");
    // Every place is one of the program's own lines.
    let (file, lines) = lines_of(family, name);
    for line in report.goroutines.iter().flat_map(|goroutine| &goroutine.lines) {
        if let Some(place) = line.strip_prefix('\t') {
            let (path, number) = place.rsplit_once(':').expect("a file and a line");
            let number = number.parse().expect("a line is a number");
            assert!(path == file && lines.contains(&number), "{name}: {place} is not in {file}:{lines:?}: {outcome:?}");
        }
    }
}

/// Runs a port and compares it with the record of Go's program of that name.
#[track_caller]
fn check(family: &str, name: &str, workers: &str) {
    let wanted = recorded(name);
    let limit = if wanted.end == End::Killed { FOR_EVER } else { Duration::from_secs(120) };
    let outcome = child(family, name, workers).limit(limit).run();
    same(family, name, &outcome, &wanted);
}

/// A run of a port.
fn child(family: &str, name: &str, workers: &str) -> Child {
    program(&format!("{family}::{name}")).env("GOMAXPROCS", workers)
}

/// A test for each port that is compared with a record.
macro_rules! recorded {
    (
        own { $($own:ident::$own_program:ident)* }
        recorded { $($family:ident::$name:ident)* }
        tested { $($tested:ident::$tested_program:ident)* }
    ) => {
        $(#[test]
        fn $name() {
            for workers in ["1", "2"] {
                check(stringify!($family), stringify!($name), workers);
            }
        })*

        /// Go's programs that have a test by hand.
        pub(super) const TESTED: &[&str] = &[$(stringify!($tested_program)),*];

        /// The suite's own programs, with their files.
        pub(super) const OWN: &[(&str, &str)] = &[$((stringify!($own), stringify!($own_program))),*];

        /// All of Go's programs that are ported.
        pub(super) const PORTED: &[&str] = &[$(stringify!($name),)* $(stringify!($tested_program)),*];
    };
}

every_program!(recorded);

/// What Go's log prints, but for the file's name and line.
#[test]
fn p22e_log_print_forms() {
    let outcome = child("exits", "p22e_log_print_forms", "1").run();
    assert_eq!(outcome.end, End::Code(0), "{outcome:?}");
    assert_eq!(
        placeless(&undated(&outcome.stderr), "exits.rs:"),
        placeless(&undated(&data("p22e_log_print_forms", "norm")), "p22e_log_print_forms.go:")
    );
}
