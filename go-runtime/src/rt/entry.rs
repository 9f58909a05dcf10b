//! `#[go::main]` and `#[go::test]`: a runtime, the first goroutine, and what its end means.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::process::{ExitCode, Termination};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::outcome::{End, Outcome};
use super::scheduler::{PanicRule, Rules, Scheduler};
use super::{launch, process, quit, report, task};
use crate::goroutine;
use crate::time::Timers;

/// How `#[go::main]` runs a program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MainOptions {
    /// How many threads run goroutines; `GOMAXPROCS` or the number of processors if nothing is said.
    pub(crate) workers: Option<usize>,
    /// Whether a deadlock is reported.
    pub(crate) deadlock: bool,
    /// What a panic that nobody recovers does.
    pub(crate) panics: PanicRule,
    /// Whether `SIGQUIT` prints every goroutine.
    pub(crate) sigquit: bool,
}

impl MainOptions {
    /// Go's rules.
    pub(crate) const GO: MainOptions =
        MainOptions { workers: None, deadlock: true, panics: PanicRule::Exit, sigquit: true };
}

/// Runs `body` as the main goroutine under Go's process rules.
///
/// It returns only by ending the process: when `body` returns, at a panic that nobody recovers, at a fatal error or at a
/// deadlock. Other goroutines are not waited for, and nothing of theirs is dropped.
pub fn main<F>(name: &'static str, place: &'static Location<'static>, body: F) -> !
where
    F: Future<Output: Termination> + Send + 'static,
{
    main_with(MainOptions::GO, name, place, body)
}

/// As [`main`], under other rules.
pub(crate) fn main_with<F>(options: MainOptions, name: &'static str, place: &'static Location<'static>, body: F) -> !
where
    F: Future<Output: Termination> + Send + 'static,
{
    let runtime = launch::runtime(Some(options.workers.unwrap_or_else(launch::wanted_workers)));
    let workers = runtime.metrics().num_workers();
    let rules = Rules::Process { deadlock: options.deadlock, panics: options.panics };
    let scheduler = Scheduler::new(runtime.handle(), workers, rules);
    task::start(scheduler, name, place, async move {
        let code = code(body.await.report());
        process::returned(code).await
    });
    if options.sigquit {
        quit::watch();
    }
    scheduler.run();
    // The runtime is never dropped: the worker on which the main goroutine ends ends the process.
    loop {
        std::thread::park();
    }
}

/// The number of an exit code.
fn code(exit: ExitCode) -> i32 {
    // The type shows its number to nobody, but it compares.
    i32::from((0..=u8::MAX).find(|code| ExitCode::from(*code) == exit).unwrap_or(1))
}

/// How a test runs.
#[derive(Debug, Clone, Copy, Default)]
pub struct TestOptions {
    /// Whether the clock is the real one.
    pub real_time: bool,
    /// Whether goroutines may still be blocked when the test returns.
    pub allow_leaks: bool,
    /// How many threads run goroutines; the test's own if nothing is said.
    pub workers: Option<usize>,
}

/// The variable that names the seed of a test's random choices.
const SEED: &str = "GO_TEST_SEED";
/// The variable that makes goroutines run in a random order.
const SHUFFLE: &str = "GO_TEST_SHUFFLE";

/// The seed that the environment names, or a fresh one.
fn seed() -> u64 {
    let named = std::env::var(SEED).ok().and_then(|text| text.trim().parse().ok());
    named.unwrap_or_else(|| goroutine::fresh_seed() % 1_000_000)
}

/// How to run a failed test the same way again.
struct Again {
    /// The seed.
    seed: u64,
    /// The test's options.
    options: TestOptions,
}

impl fmt::Display for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.options.workers.is_some() || self.options.real_time {
            return Ok(());
        }
        writeln!(f, "\n{SEED}={} runs this test the same way again; {SHUFFLE}=1 varies the order.", self.seed)
    }
}

/// How long a test that has returned is given for its goroutines to end: in real time, and only if there are any.
const SETTLE: Duration = Duration::from_millis(500);

/// A test has returned: lets the other goroutines end, and says how they did. A test's clock stands still from now on.
async fn settle(scheduler: &'static Scheduler, outcome: &Outcome) -> End {
    let start = Instant::now();
    // The drains run between two looks. The test's goroutine itself may still be counted at the first one.
    for look in 0_u64.. {
        if let Some(end) = outcome.late() {
            return end;
        }
        if scheduler.alive() == 0 {
            break;
        }
        if start.elapsed() > SETTLE {
            return report::leaks(scheduler).map_or(End::Returned, |report| End::Fatal { report });
        }
        if look < 100 {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    End::Returned
}

/// Runs `body` as a test's main goroutine; what would end the process fails the test. If that comes after the test has
/// returned an error, the error is shown before it.
///
/// # Panics
/// With the panic of a goroutine that nobody recovered, with the report of a fatal error or deadlock, or with the
/// goroutines that are still blocked when the test has returned, unless the options allow that.
pub fn test<F>(name: &'static str, place: &'static Location<'static>, options: TestOptions, body: F) -> F::Output
where
    F: Future<Output: Termination + Send + 'static> + Send + 'static,
{
    // An error's report prints it, as it would if the test ended with it.
    test_with(name, place, options, body, |returned| _ = returned.report())
}

/// As [`test`], for any type; `show` shows what was returned before a failure that came later.
pub(super) fn test_with<F>(
    name: &'static str,
    place: &'static Location<'static>,
    options: TestOptions,
    body: F,
    show: fn(F::Output),
) -> F::Output
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let runtime = launch::runtime(options.workers);
    let timers = if options.real_time { Timers::new_real() } else { Timers::new_virtual() };
    let workers = options.workers.unwrap_or(1);
    let seed = seed();
    goroutine::set_seed(seed);
    let shuffle = std::env::var_os(SHUFFLE).is_some_and(|value| value != "0");
    let rules = Rules::Test { outcome: Outcome::new(), timers, shuffle };
    let scheduler = Scheduler::new(runtime.handle(), workers, rules);
    let Rules::Test { outcome, .. } = scheduler.rules() else { unreachable!("the rules are a test's") };
    let returned = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&returned);
    task::start(scheduler, name, place, async move {
        let value = body.await;
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        outcome.end(End::Returned);
    });
    scheduler.run();
    let end = runtime.block_on(async {
        match outcome.wait().await {
            End::Returned if !options.allow_leaks => settle(scheduler, outcome).await,
            end => end,
        }
    });
    // Goroutines that still run on other threads are not waited for.
    runtime.shutdown_background();
    let returned = returned.lock().unwrap_or_else(PoisonError::into_inner).take();
    let returned = match (&end, returned) {
        (End::Returned, Some(value)) => return value,
        (_, returned) => returned,
    };
    if let Some(value) = returned {
        show(value);
    }
    match end {
        End::Returned => unreachable!("a test that returned has left its value"),
        End::Panicked { report, payload } => {
            eprint!("{report}{}", Again { seed, options });
            // `#[should_panic(expected = …)]` reads strings only.
            let text = report::panic_text(&*payload);
            let payload = if payload.is::<&'static str>() || payload.is::<String>() { payload } else { Box::new(text) };
            std::panic::resume_unwind(payload)
        }
        End::Fatal { report } => {
            eprint!("{report}{}", Again { seed, options });
            std::panic::resume_unwind(Box::new(report))
        }
    }
}
