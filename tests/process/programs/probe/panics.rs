//! The probes `p…` about panics that nobody recovers: their values, whose they are, what is reported. One module a
//! program of Go's, under its name. Go's `panic(v)` with a value that is no text is `std::panic::panic_any(v)`.

/// A text.
pub(crate) mod p01_panic_string {
    #[go::main]
    pub(crate) async fn main() {
        panic!("boom");
    }
}

/// An error.
pub(crate) mod p02_panic_error {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        std::panic::panic_any(errors::new("boom error"));
    }
}

/// An error around another one.
pub(crate) mod p02b_panic_fmt_errorf_wrap {
    use std::error::Error;
    use std::fmt;
    use std::io;

    /// `fmt.Errorf("outer: %w", err)`
    #[derive(Debug)]
    struct Outer(io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "outer: {}", self.0)
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[go::main]
    pub(crate) async fn main() {
        let error: Box<dyn Error + Send + Sync> = Box::new(Outer(io::Error::other("EOF")));
        std::panic::panic_any(error);
    }
}

/// A type of the program's that is an error.
pub(crate) mod p04b_panic_custom_error {
    use std::error::Error;
    use std::fmt;

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
        std::panic::panic_any(Box::<dyn Error + Send + Sync>::from(E { code: 7 }));
    }
}

/// A number.
pub(crate) mod p05_panic_int {
    #[go::main]
    pub(crate) async fn main() {
        std::panic::panic_any(42);
    }
}

/// A number with a fraction.
pub(crate) mod p06_panic_float {
    #[go::main]
    pub(crate) async fn main() {
        std::panic::panic_any(3.5);
    }
}

/// A truth value.
pub(crate) mod p06b_panic_bool {
    #[go::main]
    pub(crate) async fn main() {
        std::panic::panic_any(true);
    }
}

/// A text of two lines.
pub(crate) mod p06d_panic_multiline_string {
    #[go::main]
    pub(crate) async fn main() {
        panic!("line1\nline2");
    }
}

/// A character: a number in Go.
pub(crate) mod p06f_panic_rune {
    #[go::main]
    pub(crate) async fn main() {
        std::panic::panic_any('x');
    }
}

/// Nothing.
pub(crate) mod p07_panic_nil {
    #[go::main]
    pub(crate) async fn main() {
        std::panic::panic_any(());
    }
}

/// Another goroutine's panic.
pub(crate) mod p08_panic_goroutine {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        go! { panic!("in goroutine"); }
        time::sleep(time::SECOND).await;
        eprintln!("not reached");
    }
}

/// Another goroutine's panic runs that goroutine's deferred calls only.
pub(crate) mod p08c_panic_goroutine_runs_its_defers_only {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        defer!(eprintln!("main deferred: not run"));
        go! {
            defer!(eprintln!("goroutine deferred: run"));
            std::panic::panic_any(errors::new("in goroutine"));
        }
        time::sleep(time::SECOND).await;
    }
}

/// A panic while others wait: `GOTRACEBACK` says whether they are shown.
pub(crate) mod p23_panic_others {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        go! { <-c; }
        go! { c.receiver().recv().await; }
        runtime::gosched().await;
        panic!("main panics while others are blocked");
    }
}

/// A short panic.
pub(crate) mod p24_traceback {
    #[go::main]
    pub(crate) async fn main() {
        panic!("x");
    }
}

/// Ten goroutines panic at the same time: one report.
pub(crate) mod p32_concurrent_panics {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let start = chan!(());
        for _ in 0..10 {
            go! {
                <-start;
                std::panic::panic_any(1);
            }
        }
        start.close();
        time::sleep(time::SECOND).await;
    }
}
