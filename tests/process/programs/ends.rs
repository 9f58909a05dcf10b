//! Programs that end by themselves.

/// Main returns: what other goroutines have deferred or own does not run, what main has does.
pub(crate) mod returns {
    use go::prelude::*;

    /// Says when it is dropped.
    struct Loud;

    impl Drop for Loud {
        fn drop(&mut self) {
            print!("[a goroutine's value was dropped]");
        }
    }

    #[go::main]
    pub(crate) async fn main() {
        let started = chan!(());
        go! {
            let _loud = Loud;
            defer! { print!("[a goroutine's deferred call ran]") }
            started <- ();
            select! {}
        }
        defer! { print!(", and its deferred call ran") }
        chan!(<-started);
        // No line break: the end must not lose what is buffered.
        print!("main returned");
    }
}

/// Main returns while another goroutine computes for ever.
pub(crate) mod returns_beside_a_hog {
    use go::prelude::*;
    use go::sync::atomic::Bool;

    static RUNNING: Bool = Bool::new(false);

    #[go::main]
    pub(crate) async fn main() {
        go! {
            RUNNING.store(true);
            loop {
                std::hint::spin_loop();
            }
        }
        while !RUNNING.load() {
            std::hint::spin_loop();
        }
    }
}

/// Main returns an error.
pub(crate) mod fails {
    #[go::main]
    pub(crate) async fn main() -> Result<(), String> {
        let none: Result<u32, String> = Err("it failed".to_owned());
        println!("{}", none?);
        Ok(())
    }
}

/// Main returns an exit code.
pub(crate) mod code {
    #[go::main]
    pub(crate) async fn main() -> std::process::ExitCode {
        std::process::ExitCode::from(7)
    }
}

/// Another goroutine exits while main waits.
pub(crate) mod exits {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        defer! { print!("[main's deferred call ran]") }
        go! {
            print!("exits");
            go::os::exit(3);
        }
        select! {}
    }
}

/// Another goroutine panics while main and a third wait.
pub(crate) mod goroutine_panics {
    use go::prelude::*;

    async fn worker(text: &str) {
        defer! { println!("the worker's deferred call ran") }
        panic!("{text}\nsecond line");
    }

    #[go::main]
    pub(crate) async fn main() {
        defer! { println!("[main's deferred call ran]") }
        let never = chan!(());
        go! { never <- (); }
        go!(worker("boom"));
        select! {}
    }
}

/// The main goroutine panics.
pub(crate) mod main_panics {
    #[go::main]
    pub(crate) async fn main() {
        std::panic::panic_any(42_i32);
    }
}

/// A channel is misused; the place of the report is the program's.
pub(crate) mod channel_panics {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let ch = chan!(i32);
        go! { <-ch; ch <- 1; }
        ch.close();
        select! {}
    }
}
