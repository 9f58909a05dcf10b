//! What may still wake a goroutine from outside keeps the program from being called deadlocked, and only as long as it
//! is there.

use std::time::Duration;

use go_tests::harness::End;

use super::{DEADLOCK, GOMAXPROCS, program};

/// Runs a program that waits for something outside for 300 ms and is deadlocked afterwards.
#[track_caller]
fn waits_first(name: &str) {
    for workers in GOMAXPROCS {
        let outcome = program(name).env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Code(2), "over\n"), "{outcome:?}");
        assert!(outcome.stderr.starts_with(DEADLOCK), "{outcome:?}");
        assert!(outcome.elapsed >= Duration::from_millis(300), "{outcome:?}");
    }
}

#[test]
fn a_thread() {
    waits_first("alive::thread");
}

#[test]
fn a_blocking_closure_of_tokio() {
    waits_first("alive::blocking");
}

#[test]
fn a_task_of_tokio() {
    waits_first("alive::task");
}

#[test]
fn a_timer() {
    waits_first("alive::timer");
}

#[test]
fn io_of_tokio() {
    waits_first("alive::io");
}
