//! The programs of area `defer/panic` that end their process, in the dialect: a module each, under the name of the Go
//! program in `data`. One executable for all of them: the first argument says which one runs.

#![allow(clippy::never_loop, reason = "the bodies are Go's, and Go's loops may end with a panic")]

use std::fmt;

use go::PanicValue;
use go::prelude::*;
use go_tests::programs;

#[macro_use]
#[path = "../list.rs"]
mod list;

every_crash!(programs panic_race);

/// The text of a recovered value; Go's nil if there is none.
fn show(value: Option<PanicValue>) -> String {
    value.map_or_else(|| "<nil>".to_owned(), |value| value.to_string())
}

/// A value of a panic whose text is what the function makes.
struct Text(fn() -> String);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&(self.0)())
    }
}

golang! {
    mod simple_deadlock {
        pub(crate) fn main() {
            println!("before");
            select {}
        }
    }

    mod goroutine_deadlock {
        pub(crate) fn main() {
            go { select {} }
            select {}
        }
    }

    mod goexit_deadlock {
        use super::*;

        fn count() {
            for i := 0; i < 7; i++ { std::hint::black_box(i); }
        }

        pub(crate) fn main() {
            go count();
            go count();
            runtime::goexit();
        }
    }

    mod goexit_crash {
        use super::*;

        pub(crate) fn main() {
            go {
                time::sleep(3 * time::MILLISECOND);
                println!("the last one");
            }
            defer println!("deferred by main");
            runtime::goexit();
        }
    }

    mod goexit_in_a_deferred_call {
        use super::*;

        pub(crate) fn main() {
            defer { runtime::goexit(); }
            panic!("swallowed");
        }
    }

    mod panic_after_goexit {
        use super::*;

        pub(crate) fn main() {
            defer println!("first deferred");
            defer { panic!("leaving"); }
            runtime::goexit();
        }
    }

    mod recover_before_panic_after_goexit {
        use super::*;

        pub(crate) fn main() {
            defer println!("still leaving");
            defer {
                println!("recovered: {}", show(recover()));
                defer { println!("recovered: {}", show(recover())); }
                panic!("two");
            }
            defer { panic!("one"); }
            runtime::goexit();
        }
    }

    mod recursive_panic {
        use super::*;

        fn inner() {
            defer {
                if let Some(r) = recover() { panic!("around {r}"); }
            }
            panic!("the core");
        }

        fn outer() {
            defer { println!("{}", show(recover())); }
            inner();
        }

        pub(crate) fn main() {
            outer();
            panic!("once more");
        }
    }

    mod recursive_panic3 {
        use super::*;

        pub(crate) fn main() {
            defer {
                defer { println!("inside: {}", show(recover())); }
                panic!("the inner one");
            }
            panic!("the outer one");
        }
    }

    mod recursive_panic4 {
        pub(crate) fn main() {
            defer {
                recover();
                panic!("number two");
            }
            panic!("number one");
        }
    }

    mod recursive_panic5 {
        use super::*;

        pub(crate) fn main() {
            defer {
                defer { panic!("number three"); }
                println!("{}", show(recover()));
                panic!("number two");
            }
            panic!("number one");
        }
    }

    mod repanicked_panic {
        pub(crate) fn main() {
            defer {
                defer { recover().expect("a panic").repanic(); }
                recover().expect("a panic").repanic();
            }
            panic!("a message");
        }
    }

    mod repanicked_middle_panic {
        pub(crate) fn main() {
            defer { panic!("outer"); }
            defer { recover().expect("a panic").repanic(); }
            defer { panic!("middle"); }
            panic!("inner");
        }
    }

    mod double_panic {
        use super::*;

        pub(crate) fn main() {
            defer { PanicValue::shown(Text(|| "<B>".to_owned())).throw(); }
            PanicValue::shown(Text(|| "<A>".to_owned())).throw();
        }
    }

    mod panic_deadlock_syscall {
        use super::*;

        pub(crate) fn main() {
            PanicValue::shown(Text(|| { println!("one"); println!("two"); "three".to_owned() })).throw();
        }
    }

    mod panic_deadlock_gosched {
        use super::*;

        pub(crate) fn main() {
            PanicValue::shown(Text(|| { std::thread::yield_now(); "after a turn".to_owned() })).throw();
        }
    }

    mod panic_race {
        use super::*;

        pub(crate) fn main() {
            let wg = sync::WaitGroup::new();
            wg.add(1);
            go {
                defer wg.done();
                panic!("racing");
            }
            wg.wait();
        }
    }

    mod main_goroutine_id {
        pub(crate) fn main() { panic!("who am I"); }
    }

    mod no_helper_goroutines {
        use super::*;

        pub(crate) fn main() {
            time::after_func(time::HOUR, || {});
            let (ctx, cancel) = context::with_timeout(&context::background(), time::HOUR);
            _ = cancel;
            context::after_func(&ctx, || {});
            tick := time::Ticker::new(time::HOUR);
            defer tick.stop();
            panic!("all of them");
        }
    }

    mod panic_while_panicking_string {
        use super::*;

        pub(crate) fn main() { PanicValue::shown(Text(|| panic!("a text of\ntwo lines"))).throw(); }
    }

    mod panic_while_panicking_error {
        use super::*;

        struct Inside;

        impl fmt::Display for Inside {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("an error inside") }
        }

        pub(crate) fn main() {
            PanicValue::shown(Text(|| PanicValue::shown(Inside).throw())).throw();
        }
    }

    mod panic_loop {
        use super::*;

        #[derive(Clone, Copy)]
        struct Loop;

        impl fmt::Display for Loop {
            fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result { PanicValue::new(*self).throw() }
        }

        pub(crate) fn main() { PanicValue::shown(Loop).throw(); }
    }

    mod defer_no_exit {
        fn forever() {
            defer println!("deferred");
            for { panic!("in the loop"); }
        }

        pub(crate) fn main() { forever(); }
    }

    mod deferprint {
        pub(crate) fn main() {
            let (mut n, mut word, mut yes) = (65, "word", true);
            defer eprintln!("{} {} {} {} {} {} {}", n, word, yes, u8::MAX, i64::MIN, u32::from('x'), true);
            defer eprintln!("{n}{word}");
            defer eprintln!();
            n, word, yes = 0, "other", false;
            defer eprintln!("never changed: {n}{yes}");
            eprintln!("body {n} {word}");
        }
    }

    mod goprint {
        use super::*;

        pub(crate) fn main() {
            let (mut n, mut word) = (65, "word");
            go eprintln!("{n} {word} {} {} {}", true, u8::MAX, i64::MIN);
            n, word = 0, "other";
            time::sleep(20 * time::MILLISECOND);
            go eprintln!("second {n}{word}");
            time::sleep(20 * time::MILLISECOND);
        }
    }
}
