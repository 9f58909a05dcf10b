//! The tokio runtimes that `#[go::main]` and `#[go::test]` run on.

use tokio::runtime::{Builder, Runtime};

use super::drain;

/// How long a blocking thread of tokio's waits for more work. Short: while it lives the process has a thread that the
/// deadlock detector cannot see into.
const KEEP_ALIVE: std::time::Duration = std::time::Duration::from_millis(50);

/// A runtime with `workers` threads, or one on the caller's thread if that is `None`.
pub(super) fn runtime(workers: Option<usize>) -> Runtime {
    let mut builder = match workers {
        Some(workers) => {
            let mut builder = Builder::new_multi_thread();
            builder.worker_threads(workers).thread_name("go-worker");
            builder
        }
        None => Builder::new_current_thread(),
    };
    match builder.enable_all().thread_keep_alive(KEEP_ALIVE).build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("go: cannot start the runtime: {error}");
            super::exit(2)
        }
    }
}

/// How many workers `#[go::main]` starts: `GOMAXPROCS`, or the number of processors.
pub(super) fn wanted_workers() -> usize {
    std::env::var("GOMAXPROCS")
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .filter(|workers| (1..=MAX_WORKERS).contains(workers))
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
}

/// More threads than this are a slip of the pen.
const MAX_WORKERS: usize = 4096;

/// How many goroutines run at the same time: the drains of the current runtime, or what `#[go::main]` would start.
pub(crate) fn gomaxprocs() -> usize {
    drain::scheduler().map_or_else(wanted_workers, |scheduler| scheduler.workers().len())
}
