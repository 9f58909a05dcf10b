//! What Go did.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use go_tests::harness::{End, Outcome, Report};

/// What a Go program did.
#[derive(Debug)]
pub(crate) struct Expected {
    /// The program's name.
    name: &'static str,
    /// Its stdout.
    stdout: String,
    /// Its stderr.
    stderr: String,
    /// Its exit code.
    code: i32,
}

/// One of several outcomes of a program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Possible {
    /// The exit code.
    pub(crate) code: i32,
    /// The whole of stdout.
    pub(crate) stdout: String,
    /// The first line of stderr.
    pub(crate) first: String,
}

/// The folder of the recorded data.
pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seed/data")
}

/// A recorded file; empty if there is none.
fn read(name: &str, extension: &str) -> String {
    let path = data().join(format!("{name}.{extension}"));
    match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

impl Expected {
    /// What `name` did.
    pub(crate) fn of(name: &'static str) -> Expected {
        let code = read(name, "code").trim().parse().expect("a recorded exit code");
        Expected { name, stdout: read(name, "out"), stderr: read(name, "norm"), code }
    }

    /// Fails unless the port did the same.
    #[track_caller]
    pub(crate) fn check(&self, outcome: &Outcome) {
        assert_eq!(outcome.end, End::Code(self.code), "{}: {outcome:?}", self.name);
        assert_eq!(outcome.stdout, self.stdout, "{}: {outcome:?}", self.name);
        self.check_stderr(outcome);
    }

    /// Fails unless stderr begins as Go's did, and has as many goroutines, which wait for the same.
    #[track_caller]
    pub(crate) fn check_stderr(&self, outcome: &Outcome) {
        if self.stderr.is_empty() {
            assert_eq!(outcome.stderr, "", "{}: {outcome:?}", self.name);
            return;
        }
        let (ours, gos) = (Report::parse(&outcome.stderr), Report::parse(&self.stderr));
        assert_eq!((&ours.head, ours.spaced), (&gos.head, gos.spaced), "{}: {outcome:?}", self.name);
        assert_eq!(ours.reasons(), gos.reasons(), "{}: {outcome:?}", self.name);
        for (ours, gos) in ours.goroutines.iter().zip(&gos.goroutines) {
            // The main goroutine has number 1; the others' numbers vary.
            assert_eq!(ours.id == 1, gos.id == 1, "{}: {outcome:?}", self.name);
            assert!(ours.lines.len() >= 2, "a function and its place: {outcome:?}");
            // Go's file is `NN_name.go:LINE +0xOFF`, ours `examples/seed/NN_name.rs:LINE`.
            assert!(ours.lines[1].contains(&format!("{}.rs:", self.name)), "{}: {outcome:?}", self.name);
            let created = |lines: &[String]| lines.iter().find(|line| line.starts_with("created by")).cloned();
            assert_eq!(created(&ours.lines), created(&gos.lines), "{}: {outcome:?}", self.name);
        }
    }

    /// The outcomes that `.dist` has: lines of the form `145x code=2 out='' err='fatal error: …'`.
    pub(crate) fn distribution(&self) -> Vec<Possible> {
        let quoted = |text: &str| text.trim_end_matches('\'').replace("\\n", "\n");
        let line = |line: &str| {
            let (code, rest) = line.split_once(" code=")?.1.split_once(" out='")?;
            let (stdout, first) = rest.split_once("' err='")?;
            Some(Possible { code: code.parse().ok()?, stdout: quoted(stdout), first: quoted(first) })
        };
        let recorded = read(self.name, "dist");
        recorded.lines().map(|text| line(text).unwrap_or_else(|| panic!("not an outcome: {text}"))).collect()
    }
}
