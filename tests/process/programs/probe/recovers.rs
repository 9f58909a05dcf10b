//! The probes about deferred calls that panic, recover and panic again. One module a program of Go's, under its name.

/// A fatal error is no panic: nothing deferred runs, nothing recovers.
pub(crate) mod s04b_unlock_unlocked_recover {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        defer! { println!("recovered: {:?}", recover!()); }
        defer!(println!("deferred"));
        let mu = sync::RawMutex::new();
        mu.unlock();
    }
}

/// A deadlock runs no deferred call.
pub(crate) mod d30_deadlock_with_defer {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        defer!(eprintln!("deferred: not run by a deadlock"));
        defer! { eprintln!("recover: {}", recover!().is_some()); }
        chan!(<-chan!(i32));
    }
}

/// A panic in a function of `wg.go`.
pub(crate) mod s07_wg_go_panic {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let wg = sync::WaitGroup::new();
        wg.go(async { panic!("in wg.Go") });
        wg.wait().await;
        eprintln!("not reached");
    }
}

/// Main recovers its own panics only.
pub(crate) mod p08b_panic_goroutine_main_recover_useless {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        defer! { eprintln!("main recover: {}", recover!().is_some()); }
        go! { panic!("in goroutine"); }
        time::sleep(time::SECOND).await;
    }
}

/// A deferred call panics.
pub(crate) mod p09_panic_in_deferred {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        defer! { panic!("second"); }
        panic!("first");
    }
}

/// Two deferred calls panic.
pub(crate) mod p09b_panic_in_deferred_three {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        defer! { panic!("third"); }
        defer! { panic!("second"); }
        panic!("first");
    }
}

/// A panic is recovered and thrown again.
pub(crate) mod p10_repanic_same {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        defer! {
            let r = recover!();
            r.expect("a panic").repanic();
        }
        panic!("again");
    }
}

/// A panic is recovered, and another one thrown.
pub(crate) mod p10b_repanic_other {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        defer! {
            let r = recover!().expect("a panic");
            panic!("wrapped: {r}");
        }
        panic!("orig");
    }
}

/// An error is recovered and thrown again.
pub(crate) mod p10c_repanic_error {
    use go::PanicValue;
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        defer! {
            let r = recover!();
            r.expect("a panic").repanic();
        }
        PanicValue::new(errors::new("err again")).throw();
    }
}

/// A panic inside a deferred call is recovered there; the first one goes on.
pub(crate) mod p11_recovered_then_new_panic {
    use go::prelude::*;

    #[go::func]
    async fn inner() {
        defer! { eprintln!("recovered {}", recover!().expect("a panic")); }
        panic!("second");
    }

    #[go::main]
    pub(crate) async fn main() {
        defer! { inner().await; }
        panic!("first");
    }
}

/// A deferred call panics while its goroutine ends.
pub(crate) mod p12b_panic_after_goexit {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        go! {
            defer! { panic!("panic while Goexit"); }
            runtime::goexit();
        }
        select! {}
    }
}

/// An error is wrapped in another one while panicking.
pub(crate) mod p33_panic_during_panic_output_error_wrap {
    use go::PanicValue;
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        defer! {
            let r = recover!().expect("a panic");
            PanicValue::new(errors::new(format!("wrapped: {r}"))).throw();
        }
        PanicValue::new(errors::new("inner")).throw();
    }
}

/// A panic is printed after the deferred calls, and not at all if it is recovered.
pub(crate) mod p37_panic_printed_after_defers {
    use go::prelude::*;

    #[go::func]
    async fn inner() {
        defer! { eprintln!("inner recovered: {}", recover!().expect("a panic")); }
        panic!("inner");
    }

    #[go::main]
    pub(crate) async fn main() {
        defer!(eprintln!("deferred 1"));
        inner().await;
        panic!("outer");
    }
}

/// A value of a type that has no text.
pub(crate) mod p03_panic_struct {
    use go::PanicValue;

    #[allow(dead_code, reason = "the fields are there for the report not to show them")]
    struct T {
        a: i32,
        b: &'static str,
    }

    #[go::main]
    pub(crate) async fn main() {
        PanicValue::new(T { a: 1, b: "x" }).throw();
    }
}

/// A pointer to such a value.
pub(crate) mod p03b_panic_ptr_struct {
    use go::PanicValue;

    #[allow(dead_code, reason = "the field is there for the report not to show it")]
    struct T {
        a: i32,
    }

    #[go::main]
    pub(crate) async fn main() {
        PanicValue::new(Box::new(T { a: 1 })).throw();
    }
}

/// A value that has a text of its own.
pub(crate) mod p04_panic_stringer {
    use std::fmt;

    use go::PanicValue;

    struct S;

    impl fmt::Display for S {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("I am a Stringer")
        }
    }

    #[go::main]
    pub(crate) async fn main() {
        PanicValue::shown(S).throw();
    }
}

/// A pointer to an error of the program's.
pub(crate) mod p04c_panic_ptr_custom_error {
    use std::error::Error;
    use std::fmt;

    use go::PanicValue;

    #[derive(Debug)]
    struct E {
        code: i32,
    }

    impl fmt::Display for E {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "E{}", self.code)
        }
    }

    impl Error for E {}

    #[go::main]
    pub(crate) async fn main() {
        PanicValue::shown(Box::new(E { code: 7 })).throw();
    }
}

/// A list.
pub(crate) mod p06c_panic_slice {
    use go::PanicValue;

    #[go::main]
    pub(crate) async fn main() {
        PanicValue::new(vec![1_isize, 2]).throw();
    }
}

/// A function.
pub(crate) mod p06e_panic_func {
    use go::PanicValue;

    #[go::main]
    pub(crate) async fn main() {
        let f: fn() = || {};
        PanicValue::new(f).throw();
    }
}

/// An error whose text cannot be made.
pub(crate) mod p16_panic_in_error_method {
    use std::error::Error;
    use std::fmt;

    #[derive(Debug)]
    struct E;

    impl fmt::Display for E {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("Error method panicked");
        }
    }

    impl Error for E {}

    #[go::main]
    pub(crate) async fn main() {
        std::panic::panic_any(Box::<dyn Error + Send + Sync>::from(E));
    }
}

/// Such an error is recovered: nobody prints it.
pub(crate) mod p16b_recovered {
    use std::fmt;

    use go::PanicValue;
    use go::prelude::*;

    struct E;

    impl fmt::Display for E {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("Error method panicked");
        }
    }

    #[go::func]
    async fn fails() {
        defer! { eprintln!("{}", recover!().is_some_and(|value| value.is::<E>())); }
        PanicValue::shown(E).throw();
    }

    #[go::main]
    pub(crate) async fn main() {
        fails().await;
    }
}
