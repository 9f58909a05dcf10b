//! The programs of `examples/verbatim`.

use go_tests::harness::{Child, End, example};

use crate::expected::{Expected, Possible};

/// Fails unless the port of `name` does what the Go program did, with all processors and with one.
#[track_caller]
fn check(name: &'static str) {
    let expected = Expected::of(name);
    for child in [port(name), port(name).env("GOMAXPROCS", "1")] {
        expected.check(&child.run());
    }
}

/// A port.
fn port(name: &str) -> Child {
    Child::new(example(&format!("verbatim_{name}")))
}

/// A test for each program that does the same in each run.
macro_rules! programs {
    ($($test:ident: $name:literal;)*) => {
        $(#[test]
        fn $test() {
            check($name);
        })*
    };
}

programs! {
    waitgroup_fragment: "02_waitgroup_fragment";
    waitgroup_usage: "03_waitgroup_usage";
    limit_channel: "04_limit_channel";
    limit_loopvar_go122: "04c_limit_loopvar_go122";
    counter_channel: "05_counter_channel";
    counter_mutex: "05b_counter_mutex";
    counter_atomic: "05c_counter_atomic";
    counter_unbuffered_after_go: "05d_counter_unbuffered_after_go";
    counter_unbuffered_before_go: "05e_counter_unbuffered_before_go";
    ctx_create: "06b_ctx_create";
    ctx_three: "07b_ctx_three";
    context_job: "08_context_job";
    job_timeout: "08b_job_timeout";
    job_deadline_past: "08c_job_deadline_past";
    job_completes: "08d_job_completes";
    job_todo: "08e_job_todo";
    close_rules: "11_close_rules";
    unbuffered_same_goroutine: "12_unbuffered_same_goroutine";
    close_and_select_exit: "13_close_and_select_exit";
    len_cap_gauge: "14_len_cap_gauge";
}

#[test]
fn mutex_unlock_race() {
    let expected = Expected::of("01_mutex_unlock_race");
    let possible = expected.distribution();
    for outcome in port("01_mutex_unlock_race").run_many(60, 4) {
        let End::Code(code) = outcome.end else { panic!("{outcome:?}") };
        let first = outcome.stderr.lines().next().unwrap_or_default().to_owned();
        assert!(possible.contains(&Possible { code, stdout: outcome.stdout.clone(), first }), "{outcome:?}");
    }
}

#[test]
fn limit_loopvar_go121() {
    for outcome in port("04b_limit_loopvar_go121").run_many(8, 4) {
        assert_eq!(outcome.end, End::Code(0), "{outcome:?}");
        let counts = outcome.stdout.trim_end().strip_prefix("go1.21 loopvar: ran[0..5] = ").expect("the line");
        let sum: u32 = counts.split(' ').map(|count| count.parse::<u32>().expect("a number")).sum();
        assert_eq!(sum, 6, "{outcome:?}");
    }
}
