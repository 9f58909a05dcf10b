//! The programs.

use std::time::Duration;

use go_tests::harness::{Child, End, Outcome, example};

use crate::expected::{self, Expected, Possible};

/// More than any machine is late by. What a limit guards against is another outcome, such as the timer of two seconds
/// where the cancel of one should have come first; those change stdout as well.
const SLACK: Duration = Duration::from_secs(20);

/// A port.
fn port(name: &str) -> Child {
    Child::new(example(&format!("seed_{name}")))
}

/// Fails unless the port of `name` does what the Go program did, which took `least` or longer.
#[track_caller]
fn check(name: &'static str, least: Duration) {
    let expected = Expected::of(name);
    // With as many workers as there are processors, and with one. What sleeps does so only once, to save time.
    let alone = least.is_zero().then(|| port(name).env("GOMAXPROCS", "1"));
    for child in [Some(port(name)), alone].into_iter().flatten() {
        let outcome = child.run();
        expected.check(&outcome);
        assert!((least..least + SLACK).contains(&outcome.elapsed), "{outcome:?}");
    }
}

/// A test for each program that does the same in each run: its name, and how many milliseconds it takes in Go at least.
macro_rules! programs {
    ($($test:ident: $name:literal, $millis:literal;)*) => {
        $(#[test]
        fn $test() {
            check($name, Duration::from_millis($millis));
        })*

        /// The programs that do the same in each run.
        const STEADY: &[&str] = &[$($name),*];
    };
}

programs! {
    waitgroup_fragment: "02_waitgroup_fragment", 0;
    waitgroup_usage: "03_waitgroup_usage", 1000;
    limit_channel: "04_limit_channel", 100;
    limit_loopvar_go122: "04c_limit_loopvar_go122", 200;
    counter_channel: "05_counter_channel", 0;
    counter_mutex: "05b_counter_mutex", 0;
    counter_atomic: "05c_counter_atomic", 0;
    counter_unbuffered_after_go: "05d_counter_unbuffered_after_go", 0;
    counter_unbuffered_before_go: "05e_counter_unbuffered_before_go", 0;
    ctx_create: "06b_ctx_create", 0;
    ctx_three: "07b_ctx_three", 200;
    context_job: "08_context_job", 1000;
    job_timeout: "08b_job_timeout", 1000;
    job_deadline_past: "08c_job_deadline_past", 0;
    job_completes: "08d_job_completes", 2000;
    job_todo: "08e_job_todo", 1000;
    close_rules: "11_close_rules", 0;
    unbuffered_same_goroutine: "12_unbuffered_same_goroutine", 0;
    close_and_select_exit: "13_close_and_select_exit", 0;
    len_cap_gauge: "14_len_cap_gauge", 0;
}

/// The programs whose output varies; each has a test of its own below.
const VARYING: &[&str] = &["01_mutex_unlock_race", "04b_limit_loopvar_go121"];

#[test]
fn every_recorded_program_is_run() {
    let mut recorded: Vec<String> = std::fs::read_dir(expected::data())
        .expect("the recorded data")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "code"))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    recorded.sort();
    let mut run: Vec<&str> = [STEADY, VARYING].concat();
    run.sort_unstable();
    assert_eq!(run, recorded);
}

#[test]
fn mutex_unlock_race() {
    let name = "01_mutex_unlock_race";
    let expected = Expected::of(name);
    let possible = expected.distribution();
    assert_eq!(possible.len(), 2, "Go did one of two things");
    for outcome in port(name).run_many(60, 4) {
        expected.check_stderr(&outcome);
        let did = Possible {
            code: match outcome.end {
                End::Code(code) => code,
                End::Signal(_) | End::Killed => panic!("{outcome:?}"),
            },
            stdout: outcome.stdout.clone(),
            first: outcome.stderr.lines().next().unwrap_or_default().to_owned(),
        };
        assert!(possible.contains(&did), "{outcome:?}");
    }
}

/// How often each of the six functions ran.
fn runs(outcome: &Outcome) -> Vec<u32> {
    let counts = outcome.stdout.strip_prefix("go1.21 loopvar: ran[0..5] = ").and_then(|rest| rest.strip_suffix('\n'));
    let counts = counts.unwrap_or_else(|| panic!("{outcome:?}"));
    counts.split(' ').map(|count| count.parse().unwrap_or_else(|_| panic!("{outcome:?}"))).collect()
}

#[test]
fn limit_loopvar_go121() {
    // Go's `0 0 0 2 0 4` is one of many outcomes. What they have in common: six calls, of whatever the variable held.
    let name = "04b_limit_loopvar_go121";
    let child = port(name);
    let expected = Expected::of(name);
    for outcome in child.run_many(8, 4) {
        expected.check_stderr(&outcome);
        assert_eq!(outcome.end, End::Code(0), "{outcome:?}");
        let runs = runs(&outcome);
        assert_eq!((runs.len(), runs.iter().sum::<u32>()), (6, 6), "{outcome:?}");
        assert!(outcome.elapsed >= Duration::from_millis(200), "{outcome:?}");
    }
    // On one processor the loop is over before the first goroutine runs.
    let alone = child.env("GOMAXPROCS", "1").run();
    assert_eq!(runs(&alone), [0, 0, 0, 0, 0, 6], "{alone:?}");
}
