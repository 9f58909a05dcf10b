//! Area `defer/panic`: Go's tests of `defer`, `panic`, `recover` and `runtime.Goexit`, written afresh in the dialect.
//!
//! What they print when the process ends, the suite `process` compares; here is what a program itself can see.

#![allow(clippy::never_loop, clippy::useless_vec, reason = "the bodies are Go's, and Go's loops may end with a panic")]

use std::sync::{Arc, Mutex};

use go::prelude::*;

/// What happened, in order.
#[derive(Clone, Default)]
struct Trace(Arc<Mutex<Vec<String>>>);

impl Trace {
    fn add(&self, what: impl ToString) {
        self.0.lock().unwrap().push(what.to_string());
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().join(" ")
    }
}

impl go::Share for Trace {
    fn share(&self) -> Trace {
        self.clone()
    }
}

/// The text of a recovered value; Go's nil if there is none.
fn show(value: Option<go::PanicValue>) -> String {
    value.map_or_else(|| "nil".to_owned(), |value| value.to_string())
}

/// `type Named int`, as near as Rust has it.
#[allow(dead_code, reason = "the number is there for the report not to show it")]
struct Named(i32);

golang! {
    // test/defer.go

    fn digits(trace: Trace) {
        for i := range 10 {
            defer trace.add(i);
        }
    }

    #[test]
    fn defer_go() {
        let trace = Trace::default();
        digits(trace.clone());
        assert_eq!(trace.text(), "9 8 7 6 5 4 3 2 1 0");
    }

    // test/recover1.go: each recover gets its own level's value, and only once.

    fn level(trace: Trace, n: i32) {
        defer {
            trace.add(format!("{n}:{}", show(recover())));
            trace.add(show(recover()));
        }
        if n > 0 {
            defer level(trace, n - 1);
        }
        panic!("p{n}");
    }

    #[test]
    fn recover1_go() {
        let trace = Trace::default();
        level(trace.clone(), 2);
        assert_eq!(trace.text(), "0:p0 nil 1:p1 nil 2:p2 nil");
    }

    // test/recover2.go: runtime errors are recoverable.

    fn fault(which: u32, zero: usize) -> String {
        err := chan!(String, 1);
        faulty(which, zero, err.clone());
        <-err
    }

    fn faulty(which: u32, zero: usize, out: Chan<String>) {
        defer { out <- show(recover()); }
        list := vec![1, 2];
        match which {
            0 => _ = list[zero + 2],
            1 => _ = 1 / zero,
            2 => out.close_twice(),
            _ => { nil := Option::<i32>::None; _ = nil.unwrap(); }
        }
    }

    #[test]
    fn recover2_go() {
        assert_eq!(fault(0, 0), "index out of bounds: the len is 2 but the index is 2");
        assert_eq!(fault(1, 0), "attempt to divide by zero");
        assert_eq!(fault(2, 0), "close of closed channel");
        assert_eq!(fault(3, 0), "called `Option::unwrap()` on a `None` value");
    }

    // test/recover3.go: more of them, each with its text.

    fn recovered(which: u32) -> String {
        text := chan!(String, 1);
        more_faults(which, text.clone());
        <-text
    }

    fn more_faults(which: u32, out: Chan<String>) {
        defer { out <- show(recover()); }
        list := std::hint::black_box(vec![10, 20, 30]);
        word := std::hint::black_box("héllo");
        value := std::hint::black_box(Box::new(5_i32) as Box<dyn std::any::Any + Send>);
        n := list.len();
        match which {
            0 => _ = list[n],
            1 => _ = list[2..n - 2].len(),
            2 => _ = list[..n + 1].len(),
            3 => _ = word[..2].len(),
            4 => _ = n % (n - 3),
            5 => _ = value.downcast::<String>().expect("a string"),
            6 => Chan::<i32>::nil().close(),
            _ => _ = [1, 2, 3][n],
        }
    }

    #[test]
    fn recover3_go() {
        assert_eq!(recovered(0), "index out of bounds: the len is 3 but the index is 3");
        assert_eq!(recovered(1), "slice index starts at 2 but ends at 1");
        assert_eq!(recovered(2), "range end index 4 out of range for slice of length 3");
        assert!(recovered(3).contains("end byte index 2 is not a char boundary"));
        assert_eq!(recovered(4), "attempt to calculate the remainder with a divisor of zero");
        assert_eq!(recovered(5), "a string: Any { .. }");
        assert_eq!(recovered(6), "close of nil channel");
        assert_eq!(recovered(7), "index out of bounds: the len is 3 but the index is 3");
    }

    // test/fixedbugs/bug266.go, issue4066.go: the result of a function that recovers.

    fn zero_value() -> i32 {
        defer { recover(); }
        panic!("no result");
    }

    #[go::func(result = n)]
    fn named_value() -> i32 {
        defer { recover(); }
        n.set(14);
        panic!("after the result was set");
    }

    #[go::func(result = n)]
    fn in_a_loop(rounds: i32) -> i32 {
        defer { recover(); }
        for i := range rounds {
            n.set(n.get() + i);
            if i == 3 { panic!("three"); }
        }
    }

    #[test]
    fn bug266_issue4066() {
        assert_eq!(zero_value(), 0);
        assert_eq!(named_value(), 14);
        assert_eq!(in_a_loop(3), 3);
        assert_eq!(in_a_loop(10), 6);
    }

    // test/peano.go: deep recursion.

    fn depth(n: u32) -> u32 {
        if n == 0 { return 0; }
        return depth(n - 1) + 1;
    }

    /// A number: nothing, or one more than another.
    #[derive(Clone)]
    struct Peano(Option<Arc<Peano>>);

    impl Peano {
        fn next(&self) -> Peano { Peano(Some(Arc::new(self.clone()))) }

        fn plus(&self, other: &Peano) -> Peano {
            match &other.0 {
                None => self.clone(),
                Some(before) => self.plus(before).next(),
            }
        }

        fn times(&self, other: &Peano) -> Peano {
            match &other.0 {
                None => Peano(None),
                Some(before) => self.times(before).plus(self),
            }
        }

        fn factorial(&self) -> Peano {
            match &self.0 {
                None => Peano(None).next(),
                Some(before) => before.factorial().times(self),
            }
        }

        fn count(&self) -> u32 {
            match &self.0 {
                None => 0,
                Some(before) => before.count() + 1,
            }
        }
    }

    #[test]
    fn peano_go() {
        assert_eq!(depth(1500), 1500);
        let mut n = Peano(None);
        for _, want := range [1, 1, 2, 6, 24, 120, 720] {
            assert_eq!(n.factorial().count(), want);
            n = n.next();
        }
    }

    // runtime: TestGoexitDefer, TestPanicAfterGoexit, TestRecoverBeforePanicAfterGoexit.

    #[test]
    fn test_goexit_defer() {
        trace, done := Trace::default(), chan!(());
        go {
            defer done.close();
            defer trace.add("one");
            defer { trace.add(show(recover())); }
            runtime::goexit();
        }
        <-done;
        assert_eq!(trace.text(), "nil one");
    }

    #[test]
    #[should_panic(expected = "after the exit")]
    fn test_panic_after_goexit() {
        defer { panic!("after the exit"); }
        runtime::goexit();
    }

    fn recovers_in_goexit(trace: Trace) {
        defer trace.add("last");
        defer { trace.add(show(recover())); }
        defer { panic!("during the exit"); }
        runtime::goexit();
    }

    #[test]
    fn test_recover_before_panic_after_goexit() {
        trace, done := Trace::default(), chan!(());
        go {
            defer done.close();
            recovers_in_goexit(trace.clone());
            trace.add("not reached");
        }
        <-done;
        assert_eq!(trace.text(), "during the exit last");
    }

    #[test]
    fn goexit_in_a_deferred_call_ends_the_panic() {
        trace, done := Trace::default(), chan!(());
        go {
            defer done.close();
            defer trace.add("outer");
            defer { runtime::goexit(); }
            panic!("swallowed");
        }
        <-done;
        assert_eq!(trace.text(), "outer");
    }

    // runtime: TestRecursivePanic, 3, 4, TestRepanickedPanic, TestDoublePanic.

    fn again(trace: Trace) {
        defer {
            trace.add(show(recover()));
        }
        defer {
            defer { trace.add(show(recover())); }
            panic!("again");
        }
        panic!("first");
    }

    #[test]
    fn test_recursive_panic() {
        let trace = Trace::default();
        again(trace.clone());
        assert_eq!(trace.text(), "again first");
    }

    fn inner_recovered() {
        defer {
            defer { assert_eq!(show(recover()), "second"); }
            panic!("second");
        }
        panic!("the first goes on");
    }

    #[test]
    #[should_panic(expected = "the first goes on")]
    fn test_recursive_panic3() { inner_recovered(); }

    fn recovered_then_another() {
        defer {
            recover();
            panic!("the second panic");
        }
        panic!("the first panic");
    }

    #[test]
    #[should_panic(expected = "the second panic")]
    fn test_recursive_panic4() { recovered_then_another(); }

    fn repanicked() {
        defer {
            if let Some(r) = recover() { r.repanic(); }
        }
        panic!("message");
    }

    #[test]
    #[should_panic(expected = "message")]
    fn test_repanicked_panic() { repanicked(); }

    fn double() {
        defer { panic!("the value printed last"); }
        panic!("the value before");
    }

    #[test]
    #[should_panic(expected = "the value printed last")]
    fn test_double_panic() { double(); }

    fn outer_recovers(trace: Trace) {
        defer { trace.add(show(recover())); }
        double();
    }

    #[test]
    fn the_last_of_several_is_recovered() {
        let trace = Trace::default();
        outer_recovers(trace.clone());
        assert_eq!(trace.text(), "the value printed last");
    }

    // runtime/defer_test.go: TestUnconditionalPanic, TestDeferForFuncWithNoExit.

    fn unconditional(trace: Trace) {
        defer { trace.add(show(recover())); }
        panic!("unconditional");
    }

    fn no_exit(trace: Trace) {
        defer { trace.add(show(recover())); }
        for {
            runtime::gosched();
            panic!("from the loop");
        }
    }

    #[test]
    fn test_unconditional_panic_and_func_with_no_exit() {
        let trace = Trace::default();
        unconditional(trace.clone());
        no_exit(trace.clone());
        assert_eq!(trace.text(), "unconditional from the loop");
    }

    // runtime/defer_test.go: TestOpenAndNonOpenDefers, TestNonOpenAndOpenDefers.

    fn open_then_loop(trace: Trace) {
        defer { trace.add(show(recover())); }
        defer trace.add("straight");
        for i := range 3 {
            defer trace.add(i);
        }
        panic!("open");
    }

    fn loop_then_open(trace: Trace) {
        for i := range 3 {
            defer trace.add(i);
        }
        defer trace.add("straight");
        defer { trace.add(show(recover())); }
        panic!("closed");
    }

    #[test]
    fn test_open_and_non_open_defers() {
        let trace = Trace::default();
        open_then_loop(trace.clone());
        loop_then_open(trace.clone());
        assert_eq!(trace.text(), "2 1 0 straight open closed straight 2 1 0");
    }

    // runtime/defer_test.go: TestConditionalDefers.

    fn conditional(trace: Trace, n: u32) {
        defer { recover(); }
        if n > 0 { defer trace.add("one"); }
        if n > 1 { defer trace.add("two"); }
        if n == 3 { panic!("before the third"); }
        if n > 2 { defer trace.add("three"); }
        trace.add("body");
    }

    #[test]
    fn test_conditional_defers() {
        let trace = Trace::default();
        for n := range [(), (), (), (), ()] { conditional(trace.clone(), u32::try_from(n).unwrap()); }
        assert_eq!(trace.text(), "body body one body two one two one body three two one");
    }

    // runtime/defer_test.go: TestIssue43921, TestIssue43920, TestIssue43941.

    #[go::func(result = steps)]
    fn recover_in_loops() -> u32 {
        defer {
            expect_none := recover();
            assert!(expect_none.is_none());
        }
        defer {
            steps.update(|steps| *steps += 10);
            if recover().is_none() { panic!("there was a panic to recover"); }
        }
        for {
            steps.update(|steps| *steps += 1);
            if steps.get() == 3 { panic!("the third"); }
        }
    }

    #[test]
    fn test_issue43921_43920_43941() {
        assert_eq!(recover_in_loops(), 13);
    }

    // runtime/panic_test.go: TestPanicWithDirectlyPrintableCustomTypes, TestPanicNilErrorPrefix.

    fn printed<T: Send + 'static>(value: T) -> String {
        text := chan!(String, 1);
        panics(value, text.clone());
        <-text
    }

    fn panics<T: Send + 'static>(value: T, out: Chan<String>) {
        defer { out <- show(recover()); }
        go::PanicValue::new(value).throw();
    }

    #[test]
    fn test_panic_with_directly_printable_types() {
        assert_eq!(printed(false), "false");
        assert_eq!((printed(-41_i8), printed(-41_i16), printed(-41_i32)), ("-41".into(), "-41".into(), "-41".into()));
        assert_eq!((printed(-41_i64), printed(-41_isize)), ("-41".into(), "-41".into()));
        assert_eq!((printed(41_u8), printed(41_u16), printed(41_u32)), ("41".into(), "41".into(), "41".into()));
        assert_eq!((printed(41_u64), printed(41_usize)), ("41".into(), "41".into()));
        assert_eq!(printed("words"), "words");
        assert_eq!(printed("words".to_owned()), "words");
        assert_eq!((printed(-2.5_f32), printed(-2.5_f64)), ("-2.5".into(), "-2.5".into()));
        named := printed(Named(41));
        assert!(named.starts_with("(main.") && named.contains("Named) 0x"), "{named}");
    }

    #[test]
    fn test_panic_nil() {
        assert_eq!(printed(()), "runtime error: panic called with nil argument");
    }

    // runtime/crash_test.go: TestRuntimePanicWithRuntimeError.

    fn misuse(which: u32, out: Chan<String>) {
        defer {
            if let Some(r) = recover() {
                assert!(r.is::<runtime::Error>());
                out <- r.to_string();
            }
        }
        ch := chan!(i32, 1);
        ch.close();
        match which {
            0 => ch <- 1,
            1 => ch.close(),
            _ => Chan::<i32>::nil().close(),
        }
    }

    #[test]
    fn test_runtime_panic_with_runtime_error() {
        out := chan!(String, 1);
        misuse(0, out.clone());
        assert_eq!(<-out, "send on closed channel");
        misuse(1, out.clone());
        assert_eq!(<-out, "close of closed channel");
        misuse(2, out.clone());
        assert_eq!(<-out, "close of nil channel");
    }
}

/// A channel that is closed twice.
trait CloseTwice {
    fn close_twice(&self);
}

impl CloseTwice for Chan<String> {
    fn close_twice(&self) {
        let other = chan!(i32);
        other.close();
        other.close();
    }
}
