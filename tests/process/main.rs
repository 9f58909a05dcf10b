//! The suite `process`: how programs end, seen from outside: exit codes, stdout, Go's reports. The programs are in
//! `programs`.

mod alive;
mod costs;
mod documents;
mod ends;
mod hooks;
mod leaks;
#[macro_use]
mod list;
mod owned;
mod probes;
mod quits;
mod returned;
mod rows;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod soak;
mod stuck;

use go_tests::harness::Child;

/// Every number of workers that matters.
const GOMAXPROCS: [&str; 3] = ["1", "2", "4"];

/// The first line of a deadlock report.
const DEADLOCK: &str = "fatal error: all goroutines are asleep - deadlock!";

/// A run of one of the programs.
fn program(name: &str) -> Child {
    Child::new(env!("CARGO_BIN_EXE_go-process")).arg(name)
}
