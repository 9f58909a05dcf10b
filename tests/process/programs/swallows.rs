//! Programs that catch a panic on its way between two Go functions themselves, as Rust lets them, and return from main.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Waker};

use go::prelude::*;

/// How often a goroutine is given way to before it says so; main gives way a thousand times to a panic under way.
const TURNS: u32 = 50;

/// Runs a Go function that panics under a catch of the program's.
fn swallow() {
    #[go::func]
    async fn fails() {
        defer! { println!("deferred") }
        panic!("swallowed");
    }
    let mut call = pin!(fails());
    let mut polled = || call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(catch_unwind(AssertUnwindSafe(&mut polled)).is_err());
}

/// Starts a goroutine that tells of it if main, which is to return now, goes on giving way.
fn watch() {
    go! {
        for _ in 0..TURNS {
            runtime::gosched().await;
        }
        println!("main gave way");
    }
}

/// The main goroutine catches it.
pub(crate) mod in_main {
    #[go::main]
    pub(crate) async fn main() {
        super::swallow();
        super::watch();
    }
}

/// Another goroutine, which is still there when main returns, catches it.
pub(crate) mod in_a_goroutine {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let done = chan!(());
        go! {
            super::swallow();
            done <- ();
            select! {}
        }
        chan!(<-done);
        super::watch();
    }
}

/// A thread that runs no goroutine, and is still there when main returns, catches it.
pub(crate) mod outside {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let done = chan!(());
        let sender = done.clone();
        std::thread::spawn(move || {
            super::swallow();
            sender.send_blocking(());
            loop {
                std::thread::park();
            }
        });
        chan!(<-done);
        super::watch();
    }
}
