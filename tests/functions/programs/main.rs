//! The programs of Go's about panics and exits that were run and recorded, in the dialect: a module each, under the same
//! name. One executable for all of them: the first argument says which one runs.

use std::fmt;

use go::prelude::*;
use go::{PanicValue, log, os};
use go_tests::programs;

#[macro_use]
#[path = "../list.rs"]
mod list;

every_probe!(programs);

/// `panic(v)`
#[track_caller]
fn throw<T: Send + 'static>(value: T) -> ! {
    PanicValue::new(value).throw()
}

/// An error of the program's, which is its number.
#[derive(Debug)]
struct E {
    /// The number.
    code: i32,
}

impl fmt::Display for E {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{}", self.code)
    }
}

impl std::error::Error for E {}

/// `fmt.Errorf("outer: %w", err)`
#[derive(Debug)]
struct Outer {
    /// The error inside.
    inner: errors::Error,
}

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "outer: {}", self.inner)
    }
}

impl std::error::Error for Outer {}

/// A type that has a text of its own.
struct Stringer;

impl fmt::Display for Stringer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("I am a Stringer")
    }
}

/// A type that has none.
#[allow(dead_code, reason = "the fields are there for the report not to show them")]
struct T {
    /// A number.
    a: i32,
    /// A text.
    b: &'static str,
}

golang! {
    mod p01_panic_string {
        pub(crate) fn main() { panic!("boom"); }
    }

    mod p02_panic_error {
        pub(crate) fn main() { super::throw(super::errors::new("boom error")); }
    }

    mod p02b_panic_fmt_errorf_wrap {
        use super::*;
        pub(crate) fn main() { PanicValue::shown(Outer { inner: errors::new("EOF") }).throw(); }
    }

    mod p03_panic_struct {
        use super::*;
        pub(crate) fn main() { throw(T { a: 1, b: "x" }); }
    }

    mod p03b_panic_ptr_struct {
        use super::*;
        pub(crate) fn main() { throw(Box::new(T { a: 1, b: "" })); }
    }

    mod p04_panic_stringer {
        use super::*;
        pub(crate) fn main() { PanicValue::shown(Stringer).throw(); }
    }

    mod p04b_panic_custom_error {
        use super::*;
        pub(crate) fn main() { PanicValue::shown(E { code: 7 }).throw(); }
    }

    mod p04c_panic_ptr_custom_error {
        use super::*;
        pub(crate) fn main() { PanicValue::shown(Box::new(E { code: 7 })).throw(); }
    }

    mod p05_panic_int {
        pub(crate) fn main() { super::throw(42); }
    }

    mod p06_panic_float {
        pub(crate) fn main() { super::throw(3.5); }
    }

    mod p06b_panic_bool {
        pub(crate) fn main() { super::throw(true); }
    }

    mod p06c_panic_slice {
        pub(crate) fn main() { super::throw(vec![1_isize, 2]); }
    }

    mod p06d_panic_multiline_string {
        pub(crate) fn main() { panic!("line1\nline2"); }
    }

    mod p06e_panic_func {
        pub(crate) fn main() {
            let f: fn() = || {};
            super::throw(f);
        }
    }

    mod p06f_panic_rune {
        pub(crate) fn main() { super::throw('x'); }
    }

    mod p07_panic_nil {
        pub(crate) fn main() { super::throw(()); }
    }

    mod p08_panic_goroutine {
        use super::*;
        pub(crate) fn main() {
            go { panic!("in goroutine"); }
            time::sleep(time::SECOND);
            eprintln!("not reached");
        }
    }

    mod p08b_panic_goroutine_main_recover_useless {
        use super::*;
        pub(crate) fn main() {
            defer { eprintln!("main recover: {}", recover().is_some()); }
            go { panic!("in goroutine"); }
            time::sleep(time::SECOND);
        }
    }

    mod p08c_panic_goroutine_runs_its_defers_only {
        use super::*;
        pub(crate) fn main() {
            defer eprintln!("main deferred: not run");
            go {
                defer eprintln!("goroutine deferred: run");
                throw(errors::new("in goroutine"));
            }
            time::sleep(time::SECOND);
        }
    }

    mod p09_panic_in_deferred {
        pub(crate) fn main() {
            defer { panic!("second"); }
            panic!("first");
        }
    }

    mod p09b_panic_in_deferred_three {
        pub(crate) fn main() {
            defer { panic!("third"); }
            defer { panic!("second"); }
            panic!("first");
        }
    }

    mod p10_repanic_same {
        pub(crate) fn main() {
            defer {
                r := recover();
                r.expect("a panic").repanic();
            }
            panic!("again");
        }
    }

    mod p10b_repanic_other {
        pub(crate) fn main() {
            defer {
                r := recover().expect("a panic");
                panic!("wrapped: {r}");
            }
            panic!("orig");
        }
    }

    mod p10c_repanic_error {
        use super::*;
        pub(crate) fn main() {
            defer {
                r := recover();
                r.expect("a panic").repanic();
            }
            throw(errors::new("err again"));
        }
    }

    mod p21_exit_in_goroutine {
        use super::*;
        pub(crate) fn main() {
            defer eprintln!("not run");
            go {
                defer eprintln!("not run either");
                os::exit(3);
            }
            select {}
        }
    }

    mod p22_log_fatal {
        use super::*;
        pub(crate) fn main() {
            defer eprintln!("deferred: not run");
            log::fatal!(&"fatal ", 1, 2, "x", "y");
        }
    }

    mod p22b_log_fatalln {
        pub(crate) fn main() { super::log::fatalln!(&"fatal", 1, "x"); }
    }

    mod p22c_log_fatalf_err {
        use super::*;
        pub(crate) fn main() {
            err := errors::new("file does not exist");
            log::fatal!("oops: {err}");
        }
    }

    mod p22d_log_panic {
        use super::*;
        pub(crate) fn main() {
            defer eprintln!("deferred: run");
            log::panic!("paniclog {}", 1);
        }
    }

    mod p22e_log_print_forms {
        use super::*;
        pub(crate) fn main() {
            log::print!(&"a", "b", 1, 2, true);
            log::println!(&"a", "b", 1);
            log::print!("no newline {}", 1);
            log::print!("with newline\n");
            log::set_flags(0);
            log::set_prefix("pfx: ");
            log::print!("flags 0");
            log::set_flags(log::LSTD_FLAGS | log::LSHORTFILE | log::LMICROSECONDS);
            log::print!("long");
        }
    }

    mod p34_exit_codes {
        pub(crate) fn main() { super::os::exit(7); }
    }
}
