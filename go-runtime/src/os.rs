//! Go's `os`, as far as goroutines are concerned.

use crate::rt;
#[cfg(unix)]
pub use crate::signal::{SIGINT as INTERRUPT, SIGKILL as KILL, Signal};

/// Ends the process with an exit code, at once: no deferred call runs, no other goroutine goes on.
///
/// What was printed is not lost.
///
/// # Go
/// `os.Exit(code)`
///
/// # Examples
/// ```no_run
/// use go::os;
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     defer! { println!("not printed") }
///     go! { os::exit(3); }
///     select! {}
/// }
/// ```
pub fn exit(code: i32) -> ! {
    rt::exit(code)
}

/// The program's name and its arguments. What is not Unicode is replaced by U+FFFD.
///
/// # Go
/// `os.Args`
///
/// # Examples
/// ```
/// assert!(!go::os::args().is_empty());
/// ```
#[must_use]
pub fn args() -> Vec<String> {
    std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect()
}
