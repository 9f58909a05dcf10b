//! How the process ends: Go's exit codes, and the reports on the way out.

use std::any::Any;
use std::io::Write;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::drain;
use super::outcome::End;
use super::report;
use super::scheduler::{PanicRule, Rules, Scheduler};
use crate::func::{self, Caught, Panic};
use crate::goroutine::{self, Record};
use crate::panics::Place;

/// The exit code of a panic, a fatal error and a deadlock.
const FAILED: i32 = 2;

/// What a fatal error throws in a test, where the process goes on: it unwinds to the goroutine's end and is not a panic
/// of the program's.
struct Halted;

/// What `runtime::goexit` throws: it unwinds to the goroutine's end and is not a panic.
struct Goexit;

/// Ends the current goroutine; what it deferred runs.
pub(crate) fn goexit() -> ! {
    if !goroutine::is_inside() {
        panic!("runtime::goexit: this is not a goroutine");
    }
    std::panic::resume_unwind(Box::new(Goexit))
}

/// Ends the process: no deferred call runs, no destructor, and what was printed is not lost.
pub(crate) fn exit(code: i32) -> ! {
    // Flushes stdout, unless somebody holds it.
    std::process::exit(code)
}

/// Whether the process ends: by the report of the first failure, or because main has returned.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Claims the end of the process; whoever comes later waits for it.
fn claim_end() {
    if ENDING.swap(true, Ordering::SeqCst) {
        loop {
            std::thread::park();
        }
    }
}

/// Main has returned: the process ends, with the report of a panic if there is one under way. Its deferred calls have
/// a moment to come to their end, as in Go.
pub(super) async fn returned(code: i32) -> ! {
    /// How often they are given way to.
    const TURNS: u32 = 1000;
    for _ in 0..TURNS {
        if !func::is_panicking() {
            break;
        }
        crate::runtime::gosched().await;
    }
    claim_end();
    exit(code)
}

/// Prints a report and ends the process; a second failure meanwhile waits for the end.
fn die(report: &str) -> ! {
    die_with(report, String::new)
}

/// As [`die`]; the first part is printed before the second one, which may be long, is made.
fn die_with(first: &str, second: impl FnOnce() -> String) -> ! {
    claim_end();
    // Under one lock, so that nothing of another thread's comes between. There is nobody left to tell of an error.
    let mut stderr = std::io::stderr().lock();
    let _ = stderr.write_all(first.as_bytes());
    let _ = stderr.write_all(second().as_bytes());
    drop(stderr);
    if report::Detail::wanted() == report::Detail::Crash {
        crash()
    }
    exit(FAILED)
}

/// Aborts the process, as `GOTRACEBACK=crash` asks for.
fn crash() -> ! {
    /// How long stdout is waited for: whoever holds it may never let go.
    const PATIENCE: Duration = Duration::from_millis(100);
    let (flushed, wait) = mpsc::channel();
    std::thread::spawn(move || {
        // There is nobody left to tell of an error.
        let _ = std::io::stdout().flush();
        let _ = flushed.send(());
    });
    let _ = wait.recv_timeout(PATIENCE);
    std::process::abort()
}

/// Whether a payload only ends its goroutine.
pub(crate) fn is_exit(payload: &(dyn Any + Send)) -> bool {
    payload.is::<Halted>() || payload.is::<Goexit>()
}

/// A goroutine has panicked and nobody has recovered.
pub(super) fn panicked(scheduler: &'static Scheduler, record: &'static Record, payload: Box<dyn Any + Send>) {
    let panic = match func::caught(payload) {
        Caught::Exit(_) => return,
        Caught::Panic(panic) => *panic,
    };
    let report = report::panic(&panic, scheduler, record);
    // Counted until its end is told.
    let Panic { value, counted: _counted, .. } = panic;
    let payload = value.into_payload();
    match scheduler.rules() {
        Rules::Process { panics: PanicRule::Exit, .. } => die(&report),
        // One write; there is nobody left to tell of an error.
        Rules::Process { panics: PanicRule::EndGoroutine, .. } => drop(std::io::stderr().write_all(report.as_bytes())),
        Rules::Test { outcome, .. } => outcome.end(End::Panicked { report, payload }),
    }
}

/// A fatal error: not a panic, nothing recovers from it.
///
/// # Go
/// `fatal error: …`
#[track_caller]
pub(crate) fn fatal(text: &str) -> ! {
    fatal_at(text, Location::caller())
}

/// A fatal error at a place of the program's.
fn fatal_at(text: &str, place: &'static Location<'static>) -> ! {
    let first = format!("fatal error: {text}");
    let (Some(scheduler), Some(record)) = (drain::scheduler(), goroutine::record()) else {
        die(&format!(
            "{first}\n\nthread {:?} [running]:\n\t{}:{}\n",
            std::thread::current().name(),
            place.file(),
            place.line()
        ));
    };
    let report = report::fault(&first, scheduler, record, Some(&Place::from(place)));
    match scheduler.rules() {
        Rules::Process { .. } => die(&report),
        Rules::Test { outcome, .. } => {
            outcome.end(End::Fatal { report });
            std::panic::resume_unwind(Box::new(Halted))
        }
    }
}

/// Nothing can wake a goroutine any more.
pub(super) fn deadlocked(scheduler: &'static Scheduler) {
    let first = report::deadlock(scheduler);
    match scheduler.rules() {
        Rules::Process { .. } => die_with(first, || report::asleep(scheduler)),
        Rules::Test { outcome, .. } => {
            outcome.end(End::Fatal { report: format!("{first}{}", report::asleep(scheduler)) });
        }
    }
}

/// Has the deadlock detector look again at every scheduler.
pub(crate) fn recheck() {
    for scheduler in Scheduler::all() {
        scheduler.stranger_left();
    }
}

/// The user has asked for every goroutine's state, as with Go's `SIGQUIT`.
pub(super) fn quit() -> ! {
    die(&format!("SIGQUIT: quit\n\n{}", report::dump()))
}
