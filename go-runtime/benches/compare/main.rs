//! This project's side of a comparison with Go and with Rust's channel crates.
//!
//! ```text
//! compare list                                        every "WORKLOAD go-runtime"
//! compare WORKLOAD [go-runtime] [--procs N] [--scale F]
//! ```
//!
//! A workload prints one line, times in nanoseconds per operation:
//!
//! ```text
//! workload=W impl=go-runtime procs=P ops=N ns_op=X cpu_ns_op=Y [key=value ...]
//! ```
//!
//! The workloads lie in one file a family, each written as a program that uses this crate is written, with the
//! operations, goroutines and capacities of its Go twin. The public API and the macros only: what is measured is what a
//! user gets. Built with `cargo bench -p go-runtime --bench compare --no-run`.

mod channels;
mod contexts;
mod goroutines;
mod selects;
mod suite;
mod syncs;
mod timers;

use std::future::Future;
use std::pin::Pin;

use go::runtime::Builder;

/// A workload that has been chosen and not begun.
type Workload = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Makes the table of workloads: the names for `list`, and what a name runs.
macro_rules! workloads {
    ($($name:literal => $run:expr,)*) => {
        /// The names of all workloads.
        const NAMES: &[&str] = &[$($name),*];

        /// The workload of that name.
        fn workload(name: &str) -> Option<Workload> {
            match name {
                $($name => Some(Box::pin($run)),)*
                _ => None,
            }
        }
    };
}

workloads! {
    "spawn_join" => goroutines::spawn_join(),
    "memory" => goroutines::memory(),
    "pingpong_unbuf" => channels::pingpong(),
    "spsc_unbuf" => channels::pipe("spsc_unbuf", 1, 1, 0, 2_000_000),
    "spsc_buf128" => channels::pipe("spsc_buf128", 1, 1, 128, 5_000_000),
    "mpsc_buf128" => channels::pipe("mpsc_buf128", 4, 1, 128, 5_000_000),
    "mpmc_buf128" => channels::pipe("mpmc_buf128", 4, 4, 128, 5_000_000),
    "worker_pool" => channels::worker_pool("worker_pool", 128),
    "worker_pool_unbuf" => channels::worker_pool("worker_pool_unbuf", 0),
    "sem_chan" => channels::semaphore(),
    "token_ring" => channels::token_ring(),
    "sieve" => channels::sieve(),
    "select2" => selects::select2("select2", 0, 1_000_000),
    "select8" => selects::select8("select8", 0, 1_000_000),
    "select2_buf128" => selects::select2("select2_buf128", 128, 2_000_000),
    "select8_buf128" => selects::select8("select8_buf128", 128, 2_000_000),
    "select_default" => selects::default(),
    "select_sendrecv" => selects::send_and_receive(),
    "mutex_contended" => syncs::mutex_contended(),
    "mutex_uncontended" => syncs::mutex_uncontended(),
    "waitgroup" => syncs::wait_group(),
    "once" => syncs::once(),
    "ctx_create_cancel" => contexts::create(),
    "ctx_child_cancel" => contexts::child(),
    "ctx_timeout_cancel" => contexts::timeout(),
    "ctx_tree" => contexts::tree(),
    "ctx_cancel_wake" => contexts::cancel_wake(),
    "ctx_err" => contexts::err(),
    "ctx_poll" => contexts::poll(),
    "ctx_select" => contexts::select(),
    "timers" => timers::sleepers(),
    "time_after" => timers::after(),
}

fn main() {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (name, options) = match arguments.split_first() {
        Some((name, options)) if name != "list" => (name, options),
        _ => {
            for name in NAMES {
                println!("{name} {}", suite::IMPLEMENTATION);
            }
            return;
        }
    };
    let options = match options.split_first() {
        Some((implementation, options)) if implementation == suite::IMPLEMENTATION => options,
        _ => options,
    };
    suite::parse(options);
    let Some(workload) = workload(name) else {
        eprintln!("unknown workload {name}");
        std::process::exit(2);
    };
    Builder::new().workers(suite::procs()).run(workload)
}
