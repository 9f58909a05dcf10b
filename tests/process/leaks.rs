//! `runtime::leaked` names goroutines that can never run again, and no others.

use std::time::Duration;

use go_tests::harness::End;

use super::{GOMAXPROCS, program};

#[test]
fn what_nobody_can_wake_is_named() {
    for workers in GOMAXPROCS {
        let outcome = program("leaks::dead").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
        let receive = "chan receive (leaked)";
        let send = "chan send (leaked)";
        let wanted = [
            "chan receive (nil chan) (leaked)",
            receive,
            receive,
            receive,
            receive,
            send,
            send,
            "select (no cases) (leaked)",
        ];
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        assert_eq!(outcome.stdout, format!("{wanted:?}\n"), "{outcome:?}");
    }
}

#[test]
fn selects_locks_groups_and_conditions_that_nobody_can_wake_are_named() {
    let mut wanted = vec!["select (leaked)"; 7];
    wanted.extend(["sync.Mutex.Lock (leaked)"; 6]);
    wanted.extend(["sync.RWMutex.Lock (leaked)"; 2]);
    wanted.extend(["sync.RWMutex.RLock (leaked)"; 2]);
    wanted.extend(["sync.WaitGroup.Wait (leaked)"; 2]);
    wanted.extend(["sync.Cond.Wait (leaked)"; 2]);
    wanted.sort_unstable();
    for workers in GOMAXPROCS {
        let outcome = program("leaks::dead_otherwise").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
        assert_eq!(outcome.stdout.lines().collect::<Vec<_>>(), wanted, "{outcome:?}");
    }
}

#[test]
fn selects_locks_groups_and_conditions_that_somebody_may_wake_are_not_named() {
    for workers in GOMAXPROCS {
        let outcome = program("leaks::alive_otherwise").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
        assert_eq!(outcome.stdout, "everybody went on\n", "{outcome:?}");
    }
}

#[test]
fn those_who_wait_for_contexts_that_nobody_can_cancel_are_named() {
    let mut wanted = vec!["chan receive (leaked)"; 5];
    wanted.extend(["select (leaked)"; 6]);
    for workers in GOMAXPROCS {
        let outcome = program("contexts::dead").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
        assert_eq!(outcome.stdout.lines().collect::<Vec<_>>(), wanted, "{outcome:?}");
    }
}

#[test]
fn those_who_wait_for_contexts_that_somebody_may_cancel_are_not_named() {
    for workers in GOMAXPROCS {
        let outcome = program("contexts::alive").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
        assert_eq!(outcome.stdout, "everybody went on\n", "{outcome:?}");
    }
}

/// The guide says so: see the table of leaks.
#[test]
fn what_nobody_can_know_is_not_named() {
    for workers in GOMAXPROCS {
        let outcome = program("contexts::unknown").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
        assert_eq!(outcome.stdout, "5\n", "{outcome:?}");
    }
}

#[test]
fn what_somebody_may_wake_is_not_named() {
    for workers in GOMAXPROCS {
        let outcome = program("leaks::alive").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
        assert_eq!(outcome.stdout, "4\n1\n", "{outcome:?}");
    }
}

#[test]
fn a_leak_of_a_minute_says_so() {
    let outcome = program("leaks::long").limit(Duration::from_secs(120)).run();
    assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
    let wanted = [
        "chan receive (nil chan) (leaked)",
        "chan receive (nil chan) (leaked), 1 minutes",
        "select (no cases) (leaked), 1 minutes",
    ];
    assert_eq!(outcome.stdout, format!("{wanted:?}\n"), "{outcome:?}");
}

#[test]
fn nobody_is_named_while_goroutines_come_and_go() {
    for workers in GOMAXPROCS {
        let outcome = program("leaks::churn").arg("3000").env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
        assert_eq!(outcome.stdout, "asked at least once: true\n", "{outcome:?}");
    }
}
