//! A `#[go::test]` that fails for two reasons shows both: first what it returned, then what came later. The tests that fail
//! are run as child processes, in which a variable is set.

use go::prelude::*;
use go_tests::harness::{Child, End};

/// Set where a test is to fail.
const CHILD: &str = "GO_TESTS_CHILD";

/// Whether this is a child process.
fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

#[go::test]
#[ignore = "fails, in a child process"]
async fn an_error_and_a_leak() -> Result<(), String> {
    if !is_child() {
        return Ok(());
    }
    go! { select! {} }
    Err("what it returned".to_owned())
}

#[go::test]
#[ignore = "fails, in a child process"]
async fn an_error_and_a_late_panic() -> Result<(), String> {
    if !is_child() {
        return Ok(());
    }
    go! { panic!("what came later"); }
    Err("what it returned".to_owned())
}

#[go::test]
#[ignore = "fails, in a child process"]
async fn an_error_alone() -> Result<(), String> {
    if is_child() { Err("what it returned".to_owned()) } else { Ok(()) }
}

/// Runs one of the tests above, which fails, and finds the texts in its output, each once and in that order.
#[track_caller]
fn shows(test: &str, texts: &[&str]) {
    let child = Child::new(std::env::current_exe().expect("this test has a file")).env(CHILD, "1");
    let outcome = child.arg("--ignored").arg("--exact").arg(format!("returned::{test}")).run();
    assert_eq!(outcome.end, End::Code(101), "{outcome:?}");
    let at: Vec<usize> = texts.iter().filter_map(|text| outcome.stdout.find(text)).collect();
    assert!(at.len() == texts.len() && at.is_sorted(), "{outcome:?}");
    assert_eq!(outcome.stdout.matches("Error: ").count(), 1, "{outcome:?}");
}

#[test]
fn an_error_comes_before_the_goroutines_that_are_still_blocked() {
    shows(
        "an_error_and_a_leak",
        &["Error: \"what it returned\"", "goroutines are still blocked", "goroutine 2 [select (no cases)]:"],
    );
}

#[test]
fn an_error_comes_before_a_panic_that_came_later() {
    shows(
        "an_error_and_a_late_panic",
        &["Error: \"what it returned\"", "panic: what came later", "goroutine 2 [running]:"],
    );
}

#[test]
fn an_error_alone_is_shown_once() {
    shows("an_error_alone", &["Error: \"what it returned\""]);
}
