//! One child process, from its start to its end.

use std::ffi::OsString;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// What changes how a Go program runs or reports; a child gets it only if the test says so.
const CLEARED: [&str; 4] = ["GOMAXPROCS", "GOTRACEBACK", "RUST_BACKTRACE", "RUST_LIB_BACKTRACE"];

/// How long a child may run if the test says nothing: far more than any needs, on a busy machine too.
const LIMIT: Duration = Duration::from_secs(60);

/// A program to be run.
///
/// # Examples
/// ```no_run
/// use go_tests::harness::{Child, End};
///
/// let outcome = Child::new("/bin/echo").arg("hello").run();
/// assert_eq!(outcome.stdout, "hello\n");
/// assert_eq!(outcome.end, End::Code(0));
/// ```
#[derive(Debug, Clone)]
pub struct Child {
    /// The executable.
    binary: PathBuf,
    /// Its arguments.
    args: Vec<OsString>,
    /// Its environment, beside the test's own.
    env: Vec<(OsString, OsString)>,
    /// When it is killed.
    limit: Duration,
    /// Whether its stdin is a pipe that stays open, instead of being at its end.
    stdin_open: bool,
    /// The signal it gets, once it has printed its first line.
    signal: Option<&'static str>,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It exited.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// It did not end within its limit and was killed.
    Killed,
}

/// What a child did.
#[derive(Clone)]
pub struct Outcome {
    /// What it printed.
    pub stdout: String,
    /// What it reported.
    pub stderr: String,
    /// How it ended.
    pub end: End,
    /// How long that took, the start of the process included.
    pub elapsed: Duration,
    /// When the first of what it reported came.
    pub reported: Option<SystemTime>,
    /// When it had ended.
    pub ended: SystemTime,
}

impl Child {
    /// A run of `binary` without arguments.
    #[must_use]
    pub fn new(binary: impl AsRef<Path>) -> Child {
        Child {
            binary: binary.as_ref().to_owned(),
            args: Vec::new(),
            env: Vec::new(),
            limit: LIMIT,
            stdin_open: false,
            signal: None,
        }
    }

    /// With one argument more.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<OsString>) -> Child {
        self.args.push(arg.into());
        self
    }

    /// With a variable set.
    #[must_use]
    pub fn env(mut self, key: impl Into<OsString>, value: impl Into<OsString>) -> Child {
        self.env.push((key.into(), value.into()));
        self
    }

    /// With another limit.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Child {
        self.limit = limit;
        self
    }

    /// With a stdin that never ends and never has anything.
    #[must_use]
    pub fn stdin_open(mut self) -> Child {
        self.stdin_open = true;
        self
    }

    /// With a signal (`QUIT`, `TERM`, …) as soon as it has printed something to stdout.
    #[must_use]
    pub fn signal(mut self, signal: &'static str) -> Child {
        self.signal = Some(signal);
        self
    }

    /// Runs the program to its end, or kills it at its limit.
    ///
    /// # Panics
    /// If the program cannot be started, or prints what is not UTF-8.
    #[must_use]
    pub fn run(&self) -> Outcome {
        let mut command = Command::new(&self.binary);
        for variable in CLEARED {
            command.env_remove(variable);
        }
        command.args(&self.args).envs(self.env.iter().map(|(key, value)| (key, value)));
        command.stdin(if self.stdin_open { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let start = Instant::now();
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("cannot start {}: {error}", self.binary.display()),
        };
        let _stdin = child.stdin.take();
        let signal = self.signal.map(|signal| (signal, child.id()));
        let stdout = read(child.stdout.take(), signal);
        let stderr = read(child.stderr.take(), None);
        // Both streams end with the child, so that nothing has to be polled.
        let deadline = start + self.limit;
        let mut collected = [&stdout, &stderr]
            .map(|stream| stream.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok());
        let killed = collected.iter().any(Option::is_none);
        if killed {
            // It may just have ended by itself; then there is nothing to kill.
            let _ = child.kill();
        }
        let status = child.wait().expect("a child can be waited for");
        let (elapsed, ended) = (start.elapsed(), SystemTime::now());
        for (slot, stream) in collected.iter_mut().zip([&stdout, &stderr]) {
            if slot.is_none() {
                *slot = stream.recv().ok();
            }
        }
        let [stdout, stderr] = collected.map(Option::unwrap_or_default);
        let reported = stderr.first;
        let text = |stream: Stream| String::from_utf8(stream.bytes).expect("a program prints UTF-8");
        let (stdout, stderr) = (text(stdout), text(stderr));
        Outcome { stdout, stderr, end: if killed { End::Killed } else { End::of(status) }, elapsed, reported, ended }
    }

    /// Runs the program `times` times, `at_once` at a time; the outcomes in no order.
    #[must_use]
    pub fn run_many(&self, times: usize, at_once: usize) -> Vec<Outcome> {
        let left = std::sync::atomic::AtomicUsize::new(times);
        // Relaxed: only the count matters.
        let take = || {
            let order = std::sync::atomic::Ordering::Relaxed;
            left.try_update(order, order, |left| left.checked_sub(1)).is_ok()
        };
        let work = || {
            let mut outcomes = Vec::new();
            while take() {
                outcomes.push(self.run());
            }
            outcomes
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("a run does not panic")).collect()
        })
    }
}

/// What came through a stream.
#[derive(Default)]
struct Stream {
    /// All of it.
    bytes: Vec<u8>,
    /// When the first of it came.
    first: Option<SystemTime>,
}

/// Reads a stream to its end on a thread of its own; the process with that number gets the signal once there is something
/// to read.
fn read(stream: Option<impl Read + Send + 'static>, signal: Option<(&'static str, u32)>) -> mpsc::Receiver<Stream> {
    let (sender, receiver) = mpsc::channel();
    let mut stream = stream.expect("the stream is a pipe");
    thread::spawn(move || {
        let mut read = Stream::default();
        let mut first = [0];
        if stream.read_exact(&mut first).is_ok() {
            read.first = Some(SystemTime::now());
            read.bytes.push(first[0]);
            if let Some((signal, process)) = signal {
                send(signal, process);
            }
        }
        // What could be read counts; a stream that fails has ended.
        let _ = stream.read_to_end(&mut read.bytes);
        let _ = sender.send(read);
    });
    receiver
}

/// Sends a signal. The child was not waited for yet, so the number is its own.
fn send(signal: &str, process: u32) {
    let status = Command::new("kill").arg(format!("-{signal}")).arg(process.to_string()).status();
    assert!(status.expect("`kill` exists").success(), "the signal {signal} cannot be sent");
}

impl End {
    /// What a status says.
    fn of(status: ExitStatus) -> End {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return End::Signal(signal);
        }
        End::Code(status.code().expect("a process that no signal ended has a code"))
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} after {:?}\n--- stdout\n{}\n--- stderr\n{}\n---",
            self.end,
            self.elapsed,
            self.stdout.trim_end(),
            self.stderr.trim_end()
        )
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Duration;

    use super::{Child, End};

    /// A shell that runs `script`.
    fn shell(script: &str) -> Child {
        Child::new("/bin/sh").arg("-c").arg(script)
    }

    #[test]
    fn the_streams_and_the_code_are_told_apart() {
        let outcome = shell("echo out; echo err >&2; exit 7").run();
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("out\n", "err\n"));
        assert_eq!(outcome.end, End::Code(7));
    }

    #[test]
    fn a_signal_is_not_a_code() {
        assert_eq!(shell("kill -9 $$").run().end, End::Signal(9));
    }

    #[test]
    fn a_child_that_does_not_end_is_killed_and_what_it_printed_is_kept() {
        let outcome = shell("echo before; exec sleep 1000").limit(Duration::from_millis(300)).run();
        assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Killed, "before\n"));
        assert!(outcome.elapsed >= Duration::from_millis(300));
    }

    #[test]
    fn only_the_variables_that_are_asked_for_reach_it() {
        let outcome = shell("echo $GOMAXPROCS,$GOTRACEBACK").env("GOTRACEBACK", "all").run();
        assert_eq!(outcome.stdout, ",all\n");
    }

    #[test]
    fn many_runs_are_as_many_as_asked_for() {
        assert_eq!(shell("exit 3").run_many(5, 2).iter().filter(|outcome| outcome.end == End::Code(3)).count(), 5);
    }
}
