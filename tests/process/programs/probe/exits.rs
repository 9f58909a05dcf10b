//! The probes `p…` about exits, the log and signals. One module a program of Go's, under its name.

/// Any goroutine ends the process; nobody's deferred calls run.
pub(crate) mod p21_exit_in_goroutine {
    use go::{os, prelude::*};

    #[go::main]
    pub(crate) async fn main() {
        defer!(eprintln!("not run"));
        go! {
            defer!(eprintln!("not run either"));
            os::exit(3);
        }
        select! {}
    }
}

/// `log.Fatal`
pub(crate) mod p22_log_fatal {
    use go::{log, prelude::*};

    #[go::main]
    pub(crate) async fn main() {
        defer!(eprintln!("deferred: not run"));
        log::fatal!(&"fatal ", 1, 2, "x", "y");
    }
}

/// `log.Fatalln`
pub(crate) mod p22b_log_fatalln {
    use go::log;

    #[go::main]
    pub(crate) async fn main() {
        log::fatalln!(&"fatal", 1, "x");
    }
}

/// `log.Fatalf`
pub(crate) mod p22c_log_fatalf_err {
    use go::{errors, log};

    #[go::main]
    pub(crate) async fn main() {
        let err = errors::new("file does not exist");
        log::fatal!("oops: {err}");
    }
}

/// `log.Panic`
pub(crate) mod p22d_log_panic {
    use go::{log, prelude::*};

    #[go::main]
    pub(crate) async fn main() {
        defer!(eprintln!("deferred: run"));
        log::panic!("paniclog {}", 1);
    }
}

/// The other forms of `log`.
pub(crate) mod p22e_log_print_forms {
    use go::log;

    #[go::main]
    pub(crate) async fn main() {
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

/// An exit code.
pub(crate) mod p34_exit_codes {
    #[go::main]
    pub(crate) async fn main() {
        go::os::exit(7);
    }
}

/// Main ends without returning; another goroutine still prints.
pub(crate) mod p36_goexit_main_other_prints {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        go! {
            time::sleep(50 * time::MILLISECOND).await;
            println!("other");
        }
        defer!(println!("deferred 1"));
        runtime::goexit();
    }
}

/// What was printed without a line break is there after an exit.
pub(crate) mod p39_stdout_flush_on_exit {
    #[go::main]
    pub(crate) async fn main() {
        print!("no newline, then exit 3");
        go::os::exit(3);
    }
}

/// What was printed without a line break is there after a deadlock.
pub(crate) mod p40_deadlock_after_output {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        print!("partial line before the deadlock");
        select! {}
    }
}

/// Some goroutines wait, one computes; main says so and waits for a signal.
pub(crate) mod p25_signals {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        go! { <-c; }
        go! { time::sleep(time::HOUR).await; }
        go! { select! {} }
        // Go's program gives them a moment; here it is known when they wait.
        while ["[chan receive", "[sleep", "[select (no cases)"]
            .iter()
            .any(|reason| !runtime::stack_all().contains(reason))
        {
            runtime::gosched().await;
        }
        println!("ready");
        time::sleep(time::HOUR).await;
    }
}
