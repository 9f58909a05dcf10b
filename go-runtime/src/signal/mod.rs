//! Signals: being told of them, and contexts that end with one. On Unix only.
//!
//! A signal that nobody asks for has its usual effect: `SIGINT`, `SIGTERM` and `SIGHUP` end the process, `SIGQUIT` shows
//! every goroutine. While a channel or a context is told of a signal, it has no other effect, and nothing is a deadlock:
//! it may come at any time. Once the last has been [`stop`]ped, it has its usual effect again; what was ignored before
//! the program asked, as `SIGPIPE` is in Rust, is ignored again.
//!
//! # Go
//! Go's package `os/signal`. Signals without a name are told of only if they are asked for by number. A signal that is
//! [`ignore`]d here is not inherited as ignored by child processes. With handlers of others' beside these, such as
//! `tokio::signal`'s, everybody is told; they must come first if the process is to go on after the last [`stop`].

mod disposition;
mod kind;
mod relay;

use std::sync::Arc;

use crate::chan::Sender;
use crate::context::{self, CancelFunc, Cause, Context};
use relay::Target;

pub use kind::Signal;
pub use kind::{SIGABRT, SIGALRM, SIGBUS, SIGCHLD, SIGCONT, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGKILL};
pub use kind::{SIGPIPE, SIGQUIT, SIGSEGV, SIGTERM, SIGTRAP, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH};

use kind::Set;

/// Has every one of `signals` that comes sent to `c`; all signals if none is named.
///
/// Nobody waits for `c`: a signal that finds it full is lost to it, so give it a buffer, of one for one kind of signal. To
/// ask again for the same channel adds signals; each of several channels gets every signal.
///
/// # Go
/// `signal.Notify(c, sig...)`. A channel that is closed gets nothing; there that is a panic.
///
/// # Panics
/// With Go's `os/signal: Notify using nil channel`.
///
/// # Examples
/// ```no_run
/// use go::prelude::*;
/// use go::{os, signal};
///
/// #[go::main]
/// async fn main() {
///     let c = chan!(os::Signal, 1);
///     signal::notify(&c, [os::INTERRUPT, signal::SIGTERM]);
///     println!("got signal: {}", chan!(<-c));
/// }
/// ```
#[track_caller]
pub fn notify(c: impl Into<Sender<Signal>>, signals: impl IntoIterator<Item = Signal>) {
    let c = c.into();
    assert!(!c.is_nil(), "os/signal: Notify using nil channel");
    relay::add(Target::Channel(c), Set::of(signals));
}

/// Sends no more signals to `c`: when this returns, nothing more comes.
///
/// # Go
/// `signal.Stop(c)`
///
/// # Examples
/// ```
/// use go::prelude::*;
/// use go::{os, signal};
///
/// let c = chan!(os::Signal, 1);
/// signal::notify(&c, [signal::SIGUSR1]);
/// signal::stop(&c);
/// ```
pub fn stop(c: impl Into<Sender<Signal>>) {
    let c = c.into();
    relay::remove(|target| matches!(target, Target::Channel(there) if *there == c));
}

/// Has `signals` have no effect, all if none is named; nobody is told of them any more.
///
/// # Go
/// `signal.Ignore(sig...)`
///
/// # Examples
/// ```
/// use go::signal;
///
/// signal::ignore([signal::SIGHUP]);
/// assert!(signal::ignored(signal::SIGHUP));
/// signal::reset([signal::SIGHUP]);
/// assert!(!signal::ignored(signal::SIGHUP));
/// ```
pub fn ignore(signals: impl IntoIterator<Item = Signal>) {
    relay::forget(Set::of(signals), true);
}

/// Whether `signal` has no effect: by [`ignore`], or since the process was started so.
///
/// # Go
/// `signal.Ignored(sig)`
#[must_use]
pub fn ignored(signal: Signal) -> bool {
    relay::is_ignored(signal)
}

/// Undoes what was asked for `signals`, all if none is named: nobody is told of them, and they have their usual effect.
///
/// # Go
/// `signal.Reset(sig...)`
pub fn reset(signals: impl IntoIterator<Item = Signal>) {
    relay::forget(Set::of(signals), false);
}

/// A context that is done when one of `signals` comes (any, if none is named), when `stop()` is called or `parent` is done.
///
/// [`cause`](crate::context::cause) says which signal it was: `interrupt signal received`. Until `stop()` is called the
/// signals have no other effect, also after the context is done; call it at once then, so that a second Ctrl-C ends the
/// program.
///
/// # Go
/// `signal.NotifyContext(parent, sig...)`
///
/// # Examples
/// ```no_run
/// use go::prelude::*;
/// use go::{os, signal};
///
/// #[go::main]
/// async fn main() {
///     let (ctx, stop) = signal::notify_context(&context::background(), [os::INTERRUPT]);
///     chan!(<-ctx.done());
///     stop();
///     println!("{}", context::cause(&ctx).unwrap()); // interrupt signal received
///     // Whatever is to be brought to an end; whoever presses Ctrl-C again does not wait for it.
/// }
/// ```
#[must_use = "the signals have no effect until they are stopped"]
pub fn notify_context(parent: &Context, signals: impl IntoIterator<Item = Signal>) -> (Context, CancelFunc) {
    let (ctx, cancel) = context::with_cancel_cause::<Cause>(parent);
    relay::add(Target::Context { cancel: Arc::clone(&cancel) }, Set::of(signals));
    let stop = move || {
        cancel(context::CANCELED.into());
        relay::remove(|target| matches!(target, Target::Context { cancel: there } if Arc::ptr_eq(there, &cancel)));
    };
    (ctx, CancelFunc::from(stop))
}
