//! Rules other than Go's, for programs that want some of them changed.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::process::Termination;

use super::PanicRule;
use crate::rt::{self, MainOptions};

/// How goroutines run and what ends the process.
///
/// `#[go::main]` is `Builder::new().run(..)`: Go's rules. On a tokio runtime of your own nothing has to be built; the
/// first `go!` starts what is needed, a goroutine's panic ends the process as in Go, and deadlocks are not reported, since
/// the runtime cannot see what the rest of such a program waits for. [`Builder::attach`] changes that.
///
/// # Examples
/// ```
/// use go::runtime::Builder;
///
/// fn main() {
///     Builder::new().workers(2).sigquit(false).run(async {
///         assert_eq!(go::runtime::gomaxprocs(), 2);
///     })
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it runs or attaches"]
pub struct Builder {
    /// What was asked for.
    options: MainOptions,
    /// Whether the deadlock report was asked for by name.
    deadlock: Option<bool>,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder::new()
    }
}

impl Builder {
    /// Go's rules.
    pub fn new() -> Builder {
        Builder { options: MainOptions::GO, deadlock: None }
    }

    /// How many threads run goroutines, instead of `GOMAXPROCS` or the number of processors.
    ///
    /// # Panics
    /// If `workers` is 0.
    #[track_caller]
    pub fn workers(mut self, workers: usize) -> Builder {
        assert!(workers > 0, "go: a runtime needs at least one worker");
        self.options.workers = Some(workers);
        self
    }

    /// Whether a deadlock is reported and ends the process. By default on a runtime of this crate's own only.
    pub fn deadlock_report(mut self, report: bool) -> Builder {
        self.deadlock = Some(report);
        self
    }

    /// What a goroutine's panic that nobody recovers does. By default it ends the process with exit code 2.
    pub fn on_panic(mut self, rule: PanicRule) -> Builder {
        self.options.panics = rule;
        self
    }

    /// Whether `SIGQUIT` prints every goroutine and ends the process with exit code 2. By default it does, in
    /// [`Builder::run`] only.
    pub fn sigquit(mut self, watch: bool) -> Builder {
        self.options.sigquit = watch;
        self
    }

    /// Runs `main` as the main goroutine and ends the process with it, as `#[go::main]` does.
    #[track_caller]
    pub fn run<F>(self, main: F) -> !
    where
        F: Future<Output: Termination> + Send + 'static,
    {
        let options = MainOptions { deadlock: self.deadlock.unwrap_or(true), ..self.options };
        rt::main_with(options, "main.main", Location::caller(), main)
    }

    /// Applies the rules to the tokio runtime that the caller runs in. The number of workers is that runtime's, and
    /// `SIGQUIT` is left alone.
    ///
    /// # Errors
    /// If goroutines run there already: call it before the first `go!`. If a deadlock report was asked for: the future
    /// that `block_on` runs is no task, so nobody can tell whether it will still wake a goroutine.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    ///
    /// # Examples
    /// ```
    /// use go::runtime::{Builder, PanicRule};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     Builder::new().on_panic(PanicRule::EndGoroutine).attach().unwrap();
    /// }
    /// ```
    #[track_caller]
    pub fn attach(self) -> Result<(), AttachError> {
        if self.deadlock == Some(true) {
            return Err(AttachError::DeadlockReport);
        }
        if rt::attach(self.options.panics) { Ok(()) } else { Err(AttachError::Running) }
    }
}

/// Why rules could not be applied to a runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachError {
    /// Goroutines run on the runtime already, so its rules are fixed.
    Running,
    /// A deadlock report was asked for, which only [`Builder::run`] can give.
    DeadlockReport,
}

impl fmt::Display for AttachError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AttachError::Running => "goroutines run on this runtime already: attach before the first `go!`",
            AttachError::DeadlockReport => {
                "deadlocks cannot be told on a runtime of your own, where `block_on` may wake goroutines: use `run`"
            }
        })
    }
}

impl std::error::Error for AttachError {}
