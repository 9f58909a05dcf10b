//! Which of Go's tests of area `defer/panic` is which test here.

use std::path::Path;

use go_tests::harness::rows::{self, Row, is, part};

const ROWS: &[Row] = &[
    is("defer.go", &["conformance/defer_panic::defer_go"]),
    is("deferprint.go", &["conformance/list::deferprint"]),
    is("goprint.go", &["conformance/list::goprint"]),
    is("recover1.go", &["conformance/defer_panic::recover1_go", "functions/recovers::once_and_in_the_right_call"]),
    part(
        "recover2.go",
        &["conformance/defer_panic::recover2_go"],
        "what is no operation of this library's panics with Rust's words, without a `runtime::Error`",
    ),
    part(
        "recover3.go",
        &["conformance/defer_panic::recover3_go"],
        "there is no nil pointer, no nil map and no nil function: `Option` has to be unwrapped",
    ),
    is("fixedbugs/bug266.go", &["conformance/defer_panic::bug266_issue4066", "functions/recovers::the_zero_value"]),
    is("fixedbugs/issue4066.go", &["conformance/defer_panic::bug266_issue4066", "functions/recovers::a_named_result"]),
    part(
        "peano.go",
        &["conformance/defer_panic::peano_go"],
        "a thread's stack does not grow as a goroutine's does in Go: thousands of calls, not a hundred thousand",
    ),
    is("TestSimpleDeadlock", &["conformance/list::simple_deadlock"]),
    part(
        "TestInitDeadlock",
        &["ui/cases::golang_static_waits"],
        "there is no `init`: what runs before `main` is constant and cannot wait",
    ),
    part(
        "TestLockedDeadlock",
        &["conformance/list::simple_deadlock"],
        "`runtime.LockOSThread` does not exist; what remains of the program is a simple deadlock",
    ),
    part(
        "TestLockedDeadlock2",
        &["conformance/list::goroutine_deadlock"],
        "`runtime.LockOSThread` does not exist; what remains of the program is a deadlock of two",
    ),
    is("TestGoexitDeadlock", &["conformance/list::goexit_deadlock"]),
    is("TestGoexitCrash", &["conformance/list::goexit_crash", "conformance/list::goexit_in_a_deferred_call"]),
    is("TestGoexitDefer", &["conformance/defer_panic::test_goexit_defer"]),
    is(
        "TestPanicAfterGoexit",
        &["conformance/list::panic_after_goexit", "conformance/defer_panic::test_panic_after_goexit"],
    ),
    is("TestRecursivePanic", &["conformance/list::recursive_panic", "conformance/defer_panic::test_recursive_panic"]),
    is(
        "TestRecursivePanic3",
        &["conformance/list::recursive_panic3", "conformance/defer_panic::test_recursive_panic3"],
    ),
    is(
        "TestRecursivePanic4",
        &[
            "conformance/list::recursive_panic4",
            "conformance/list::recursive_panic5",
            "conformance/defer_panic::test_recursive_panic4",
        ],
    ),
    is(
        "TestRepanickedPanic",
        &[
            "conformance/list::repanicked_panic",
            "conformance/list::repanicked_middle_panic",
            "conformance/defer_panic::test_repanicked_panic",
        ],
    ),
    is("TestDoublePanic", &["conformance/list::double_panic", "conformance/defer_panic::test_double_panic"]),
    part(
        "TestPanicDeadlockSyscall",
        &["conformance/list::panic_deadlock_syscall"],
        "the text is made at `throw`, before the deferred calls run, once",
    ),
    part(
        "TestPanicDeadlockGosched",
        &["conformance/list::panic_deadlock_gosched", "ui/cases::golang_text_waits"],
        "`Display::fmt` is no goroutine's code: it may give its thread away, and cannot wait",
    ),
    is("TestPanicRace", &["conformance/crashes::panic_race"]),
    is(
        "TestMainGoroutineID",
        &["conformance/list::main_goroutine_id", "conformance/crashes::mains_goroutine_is_the_first"],
    ),
    is(
        "TestNoHelperGoroutines",
        &["conformance/list::no_helper_goroutines", "conformance/crashes::no_helper_goroutines_among_all"],
    ),
    is("TestRuntimePanicWithRuntimeError", &["conformance/defer_panic::test_runtime_panic_with_runtime_error"]),
    part("TestGoNil", &["ui/cases::golang_go_of_nil"], "a function is never nil: the program does not compile"),
    is(
        "TestPanicWhilePanicking",
        &[
            "conformance/list::panic_while_panicking_string",
            "conformance/list::panic_while_panicking_error",
            "process/rows::p16_panic_in_error_method",
        ],
    ),
    is("TestPanicLoop", &["conformance/list::panic_loop"]),
    part(
        "TestPanicWithDirectlyPrintableCustomTypes",
        &["conformance/defer_panic::test_panic_with_directly_printable_types"],
        "Rust has no named basic types: a struct around a number is a struct, and shows its type or its own text",
    ),
    is("TestPanicNilErrorPrefix", &["functions/list::p07_panic_nil", "conformance/defer_panic::test_panic_nil"]),
    is("TestUnconditionalPanic", &["conformance/defer_panic::test_unconditional_panic_and_func_with_no_exit"]),
    is(
        "TestDeferForFuncWithNoExit",
        &["conformance/defer_panic::test_unconditional_panic_and_func_with_no_exit", "conformance/list::defer_no_exit"],
    ),
    is("TestOpenAndNonOpenDefers", &["conformance/defer_panic::test_open_and_non_open_defers"]),
    is("TestNonOpenAndOpenDefers", &["conformance/defer_panic::test_open_and_non_open_defers"]),
    is("TestConditionalDefers", &["conformance/defer_panic::test_conditional_defers"]),
    is("TestIssue43921", &["conformance/defer_panic::test_issue43921_43920_43941"]),
    is("TestIssue43920", &["conformance/defer_panic::test_issue43921_43920_43941"]),
    is("TestIssue43941", &["conformance/defer_panic::test_issue43921_43920_43941"]),
];

/// The names of the area's rows, in the table's order: none may be forgotten above.
const NAMES: &str = "\
defer.go deferprint.go goprint.go recover1.go recover2.go recover3.go fixedbugs/bug266.go fixedbugs/issue4066.go peano.go \
TestSimpleDeadlock TestInitDeadlock TestLockedDeadlock TestLockedDeadlock2 TestGoexitDeadlock TestGoexitCrash \
TestGoexitDefer TestPanicAfterGoexit TestRecursivePanic TestRecursivePanic3 TestRecursivePanic4 TestRepanickedPanic \
TestDoublePanic TestPanicDeadlockSyscall TestPanicDeadlockGosched TestPanicRace TestMainGoroutineID \
TestNoHelperGoroutines TestRuntimePanicWithRuntimeError TestGoNil TestPanicWhilePanicking TestPanicLoop \
TestPanicWithDirectlyPrintableCustomTypes TestPanicNilErrorPrefix TestUnconditionalPanic TestDeferForFuncWithNoExit \
TestOpenAndNonOpenDefers TestNonOpenAndOpenDefers TestConditionalDefers TestIssue43921 TestIssue43920 TestIssue43941";

#[test]
fn every_row_is_there() {
    let rows: Vec<&str> = ROWS.iter().map(|row| row.go).collect();
    assert_eq!(rows, NAMES.split(' ').collect::<Vec<_>>());
}

#[test]
fn each_row_has_its_test() {
    rows::check(Path::new(env!("CARGO_MANIFEST_DIR")), ROWS);
}
