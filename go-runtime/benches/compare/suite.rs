//! What every workload needs: the options, the clocks and the line of results.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The name of this project in the results.
pub(crate) const IMPLEMENTATION: &str = "go-runtime";

/// What the command line says.
#[derive(Debug)]
struct Options {
    /// How many workers run goroutines.
    procs: usize,
    /// What the number of operations is multiplied with.
    scale: f64,
}

/// The options of this run.
static OPTIONS: OnceLock<Options> = OnceLock::new();

/// Reads the options, or ends the process with what is wrong with them.
pub(crate) fn parse(arguments: &[String]) {
    let mut options = Options { procs: 2, scale: 1.0 };
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        let known = match (name.trim_start_matches('-'), rest.next()) {
            ("procs", Some(value)) => value.parse().map(|procs| options.procs = procs).is_ok(),
            ("scale", Some(value)) => value.parse().map(|scale| options.scale = scale).is_ok(),
            _ => false,
        };
        if !known {
            eprintln!("not an option with a value: {name}");
            std::process::exit(2);
        }
    }
    OPTIONS.set(options).expect("the options are read once");
}

/// The options of this run.
fn options() -> &'static Options {
    OPTIONS.get().expect("the options are read before a workload begins")
}

/// How many workers run goroutines.
pub(crate) fn procs() -> usize {
    options().procs
}

/// A number of operations, scaled.
pub(crate) fn n(base: usize) -> usize {
    ((base as f64 * options().scale) as usize).max(1)
}

/// The processor time that the process has used.
#[cfg(unix)]
pub(crate) fn cpu_now() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// The processor time that the process has used, which cannot be told here.
#[cfg(not(unix))]
pub(crate) fn cpu_now() -> Duration {
    Duration::ZERO
}

/// The resident memory of the process in bytes; 0 where it cannot be told.
pub(crate) fn rss() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

/// When a measurement began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// The time.
    wall: Instant,
    /// The processor time.
    cpu: Duration,
}

impl Clock {
    /// Begins now.
    pub(crate) fn start() -> Clock {
        Clock { wall: Instant::now(), cpu: cpu_now() }
    }

    /// How long ago that was.
    pub(crate) fn wall(&self) -> Duration {
        self.wall.elapsed()
    }

    /// How much processor time has been used since.
    pub(crate) fn cpu(&self) -> Duration {
        cpu_now() - self.cpu
    }
}

/// The nanoseconds that each of `ops` operations took.
pub(crate) fn each(duration: Duration, ops: usize) -> f64 {
    duration.as_nanos() as f64 / ops as f64
}

/// Prints the line of results; `extra` is more of it.
pub(crate) fn report(workload: &str, clock: Clock, ops: usize, extra: &str) {
    let (wall, cpu) = (each(clock.wall(), ops), each(clock.cpu(), ops));
    let line = format!(
        "workload={workload} impl={IMPLEMENTATION} procs={} ops={ops} ns_op={wall:.2} cpu_ns_op={cpu:.2} {extra}",
        procs()
    );
    println!("{}", line.trim_end());
}
