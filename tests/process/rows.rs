//! Go's programs that are known by a row of a table only: the lines before the first goroutine, what it waits for, how
//! many are dumped, how it ended.

use std::time::Duration;

use go_tests::harness::{Child, End, Outcome, Report};

use super::{DEADLOCK, program};

/// How long a program runs that would run for ever.
const FOR_EVER: Duration = Duration::from_secs(2);
/// The numbers of workers.
const WORKERS: [&str; 2] = ["1", "2"];

/// Compares what a program did with its row.
#[track_caller]
fn row(outcome: &Outcome, stdout: &str, head: &[&str], reasons: &[&str], end: End) {
    assert_eq!(outcome.end, end, "{outcome:?}");
    assert_eq!(outcome.stdout, stdout, "{outcome:?}");
    let report = Report::parse(&outcome.stderr);
    assert_eq!(report.head, head, "{outcome:?}");
    assert_eq!(report.reasons(), reasons, "{outcome:?}");
}

/// A program that is deadlocked, at once or after having said something.
#[track_caller]
fn dead(name: &str, stdout: &str, before: &[&str], reasons: &[&str]) {
    for workers in WORKERS {
        let outcome = program(name).env("GOMAXPROCS", workers).run();
        let head: Vec<&str> = before.iter().copied().chain([DEADLOCK]).collect();
        row(&outcome, stdout, &head, reasons, End::Code(2));
    }
}

/// A program that is never deadlocked and waits for ever.
#[track_caller]
fn hangs(child: &Child) {
    for workers in WORKERS {
        let outcome = child.clone().env("GOMAXPROCS", workers).limit(FOR_EVER).run();
        row(&outcome, "", &[], &[], End::Killed);
    }
}

#[test]
fn d20b_sleeping_goroutine_delays() {
    dead("timers::d20b_sleeping_goroutine_delays", "", &["sleeper ends"], &["chan receive"]);
}

#[test]
fn d21_stopped_timer() {
    dead("timers::d21_stopped_timer", "", &[], &["chan receive"]);
}

#[test]
fn d21b_ticker_keeps_alive() {
    dead("timers::d21b_ticker_keeps_alive", "", &[], &["chan receive"]);
}

#[test]
fn d21c_timer_hour_unreferenced() {
    dead("timers::d21c_timer_hour_unreferenced", "", &[], &["chan receive"]);
}

#[test]
fn d21d_afterfunc_hour() {
    hangs(&program("timers::d21d_afterfunc_hour"));
}

#[test]
fn d22_signal_notify_hides() {
    hangs(&program("timers::d22_signal_notify_hides"));
}

#[test]
fn d22b_listener_hides() {
    hangs(&program("timers::d22b_listener_hides"));
}

#[test]
fn d22d_stdin_read_hides() {
    hangs(&program("timers::d22d_stdin_read_hides").stdin_open());
}

#[test]
fn d22d_stdin_at_its_end_hides_nothing() {
    dead("timers::d22d_stdin_read_hides", "", &[], &["chan receive"]);
}

#[test]
fn d22e_import_os_signal_only() {
    dead("timers::d22e_import_os_signal_only", "", &[], &["chan receive"]);
}

#[test]
fn d37_ctx_afterfunc_no_keepalive() {
    dead("timers::d37_ctx_afterfunc_no_keepalive", "", &[], &["chan receive"]);
}

#[test]
fn d38_ctx_timeout_keeps_alive() {
    for workers in WORKERS {
        let outcome = program("timers::d38_ctx_timeout_keeps_alive").env("GOMAXPROCS", workers).run();
        row(&outcome, "", &[DEADLOCK], &["chan receive"], End::Code(2));
        assert!(outcome.elapsed >= Duration::from_millis(300), "{outcome:?}");
    }
}

/// Go's report says nothing of the wait, as there was no garbage collection; this one does.
#[test]
fn d34_long_wait() {
    let outcome = program("deadlocks::d34_long_wait").env("GOTRACEBACK", "all").limit(Duration::from_secs(120)).run();
    row(&outcome, "", &["panic: x"], &["running", "chan receive, 1 minutes"], End::Code(2));
}

#[test]
fn p23_panic_others_single() {
    let head = ["panic: main panics while others are blocked"];
    let outcome = program("panics::p23_panic_others").run();
    row(&outcome, "", &head, &["running"], End::Code(2));
}

/// Go's eight are three here: the five others are goroutines of Go's own runtime.
#[test]
fn p23b_panic_others_all() {
    let head = ["panic: main panics while others are blocked"];
    for all in ["all", "system", "1"] {
        let outcome = program("panics::p23_panic_others").env("GOTRACEBACK", all).env("GOMAXPROCS", "1").run();
        row(&outcome, "", &head, &["running", "chan receive", "chan receive"], End::Code(2));
    }
}

#[test]
fn p24_traceback_none() {
    for none in ["none", "0"] {
        let outcome = program("panics::p24_traceback").env("GOTRACEBACK", none).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(2), "panic: x\n"), "{outcome:?}");
    }
}

#[test]
fn p24_traceback_single_and_nonsense() {
    for single in ["single", "", "nonsense"] {
        let outcome = program("panics::p24_traceback").env("GOTRACEBACK", single).run();
        row(&outcome, "", &["panic: x"], &["running"], End::Code(2));
    }
}

#[test]
fn p24b_traceback_none_deadlock() {
    let outcome = program("deadlocks::d01_main_recv").env("GOTRACEBACK", "none").run();
    assert_eq!((outcome.end, outcome.stderr), (End::Code(2), format!("{DEADLOCK}\n")));
}

/// A deadlock shows every goroutine, however little else a report would show.
#[test]
fn p24b_traceback_otherwise_deadlock() {
    for other in ["single", "all", "system", "nonsense"] {
        let outcome = program("deadlocks::d39_wg_and_leaked_worker").env("GOTRACEBACK", other).run();
        row(&outcome, "", &[DEADLOCK], &["sync.WaitGroup.Wait", "chan receive", "chan receive"], End::Code(2));
    }
}

#[test]
fn p24c_traceback_crash() {
    let outcome = program("panics::p24_traceback").env("GOTRACEBACK", "crash").run();
    row(&outcome, "", &["panic: x"], &["running"], End::Signal(6));
    let outcome = program("exits::p40_deadlock_after_output").env("GOTRACEBACK", "crash").run();
    row(&outcome, "partial line before the deadlock", &[DEADLOCK], &["select (no cases)"], End::Signal(6));
}

#[test]
fn p32_concurrent_panics() {
    for workers in ["1", "2", "4"] {
        for outcome in program("panics::p32_concurrent_panics").env("GOMAXPROCS", workers).run_many(20, 2) {
            row(&outcome, "", &["panic: 1"], &["running"], End::Code(2));
        }
    }
}

#[test]
fn p36_goexit_main_other_prints() {
    for workers in WORKERS {
        let outcome = program("exits::p36_goexit_main_other_prints").env("GOMAXPROCS", workers).run();
        let head = ["fatal error: no goroutines (main called runtime.Goexit) - deadlock!"];
        row(&outcome, "deferred 1\nother\n", &head, &[], End::Code(2));
    }
}

#[test]
fn p39_stdout_flush_on_exit() {
    let outcome = program("exits::p39_stdout_flush_on_exit").run();
    row(&outcome, "no newline, then exit 3", &[], &[], End::Code(3));
}

#[test]
fn p40_deadlock_after_output() {
    dead("exits::p40_deadlock_after_output", "partial line before the deadlock", &[], &["select (no cases)"]);
}

/// What the race of this program leads to is one of three things, in Go as well, where it takes longer.
#[test]
fn s02_wg_misuse_add_wait() {
    const MISUSE: [&str; 2] = [
        "panic: sync: WaitGroup misuse: Add called concurrently with Wait",
        "panic: sync: WaitGroup is reused before previous Wait has returned",
    ];
    for workers in WORKERS {
        let outcome = program("locks::s02_wg_misuse_add_wait").env("GOMAXPROCS", workers).run();
        if outcome.end == End::Code(0) {
            assert_eq!(outcome.stderr, "not provoked\n", "{outcome:?}");
            continue;
        }
        let head = MISUSE.into_iter().find(|head| outcome.stderr.starts_with(head));
        let head = head.unwrap_or_else(|| panic!("{outcome:?}"));
        row(&outcome, "", &[head], &["running"], End::Code(2));
    }
}

/// The chain of a panic that nobody recovered, and what was said before it.
#[track_caller]
fn panics(name: &str, head: &[&str]) {
    for workers in WORKERS {
        let outcome = program(name).env("GOMAXPROCS", workers).run();
        row(&outcome, "", head, &["running"], End::Code(2));
    }
}

#[test]
fn s07_wg_go_panic() {
    panics("recovers::s07_wg_go_panic", &["panic: in wg.Go [recovered, repanicked]"]);
}

#[test]
fn p11_recovered_then_new_panic() {
    panics("recovers::p11_recovered_then_new_panic", &["recovered second", "panic: first"]);
}

#[test]
fn p12b_panic_after_goexit() {
    panics("recovers::p12b_panic_after_goexit", &["panic: panic while Goexit"]);
}

#[test]
fn p33_panic_during_panic_output_error_wrap() {
    panics(
        "recovers::p33_panic_during_panic_output_error_wrap",
        &["panic: inner [recovered]", "\tpanic: wrapped: inner"],
    );
}

#[test]
fn p37_panic_printed_after_defers() {
    panics("recovers::p37_panic_printed_after_defers", &["inner recovered: inner", "deferred 1", "panic: outer"]);
}

/// Go's five are one here: the four others are goroutines of Go's own runtime.
#[test]
fn p16_panic_in_error_method() {
    let head = "fatal error: panic while printing panic value: Error method panicked";
    panics("recovers::p16_panic_in_error_method", &[head]);
    let outcome = program("recovers::p16b_recovered").run();
    assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), "true\n"), "{outcome:?}");
}
