//! The suite `corpus`: the concurrency programs everyone learns from. The folder `go` has each in Go with what real Go
//! 1.27 did: `.out` is stdout, `.code` the exit code, `.err` the first lines of a report. The folder `programs` has the
//! same programs in the dialect `golang!`, which must do the same; `count` compares them statement by statement, and the
//! guide's chapter `corpus.md` has what it finds. `list` names them all.
//!
//! Recorded with `go run`. For the program that uses golang.org/x/sync the module in `go/sync` stands, by `go mod edit
//! -replace=golang.org/x/sync=./sync`: it was written after that module's documentation.

mod count;
#[macro_use]
mod list;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use go_tests::harness::{Child, End};

/// Every number of workers that matters; `None` is as many as there are processors.
const GOMAXPROCS: [Option<&str>; 3] = [None, Some("1"), Some("4")];

/// How often each program runs with each number of workers. More is asked for with this variable.
const RUNS: &str = "CORPUS_RUNS";

/// A file next to this one.
fn path(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(below)
}

/// What was recorded of a program.
fn recorded(name: &str, extension: &str) -> String {
    let path = path(&format!("go/{name}.{extension}"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fails unless the port of `name` does what the Go program did.
#[track_caller]
fn check(name: &str) {
    let stdout = recorded(name, "out");
    let end = End::Code(recorded(name, "code").trim().parse().expect("a recorded exit code"));
    let runs: usize = std::env::var(RUNS).map_or(1, |runs| runs.parse().expect("a number of runs"));
    for workers in GOMAXPROCS {
        let mut child = Child::new(env!("CARGO_BIN_EXE_go-corpus")).arg(name);
        if let Some(workers) = workers {
            child = child.env("GOMAXPROCS", workers);
        }
        for outcome in child.run_many(runs, runs.min(4)) {
            assert_eq!((outcome.end, &outcome.stdout), (end, &stdout), "{name}, {workers:?} workers: {outcome:?}");
            if end == End::Code(2) {
                // Go's report begins so; the addresses and paths further down are not to be had.
                assert!(outcome.stderr.starts_with(&recorded(name, "err")), "{name}, {workers:?} workers: {outcome:?}");
            } else {
                assert_eq!(outcome.stderr, "", "{name}, {workers:?} workers: {outcome:?}");
            }
        }
    }
}

/// A test for each program.
macro_rules! programs {
    ($($program:ident)*) => {
        $(#[test]
        fn $program() {
            check(stringify!($program));
        })*

        /// The programs.
        const PROGRAMS: &[&str] = &[$(stringify!($program)),*];
    };
}

every_program!(programs);

/// The names of the files in a folder with this ending.
fn names(folder: &str, ending: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(path(folder)).expect("the folder is there");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("it can be read").file_name().into_string().ok();
    entries.filter_map(name).filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect()
}

#[test]
fn every_program_is_here() {
    let tested: BTreeSet<String> = PROGRAMS.iter().map(|name| (*name).to_owned()).collect();
    let mut ports = names("programs", ".rs");
    assert!(ports.remove("main"));
    assert_eq!(tested, names("go", ".go"));
    assert_eq!(tested, names("go", ".out"));
    assert_eq!(tested, names("go", ".code"));
    assert_eq!(tested, ports);
}
