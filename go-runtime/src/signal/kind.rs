//! `Signal`: which signal it is.

use std::ffi::c_int;
use std::fmt;

use signal_hook::consts;
use signal_hook::low_level::signal_name;

use crate::share::Share;

/// A signal, such as [`SIGINT`]. Prints Go's text: `interrupt`, `terminated`.
///
/// # Go
/// `os.Signal`, `syscall.Signal`. The zero value, which a closed channel yields, is no signal.
///
/// # Examples
/// ```
/// use go::signal;
///
/// assert_eq!(signal::SIGTERM.to_string(), "terminated");
/// assert_eq!(format!("{:?}", signal::SIGTERM), "SIGTERM");
/// assert_eq!(signal::Signal::from(15), signal::SIGTERM);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Signal {
    /// The system's number.
    number: c_int,
}

impl Signal {
    /// The system's number.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.number
    }
}

impl From<i32> for Signal {
    fn from(number: i32) -> Signal {
        Signal { number }
    }
}

impl Share for Signal {
    fn share(&self) -> Signal {
        *self
    }
}

/// The signals with names.
macro_rules! signals {
    ($($(#[$doc:meta])* $name:ident $(= $text:literal)?;)*) => {
        $($(#[$doc])* pub const $name: Signal = Signal { number: consts::$name };)*

        /// Go's text of a signal, where it has one.
        fn text(signal: Signal) -> Option<&'static str> {
            $($(if signal == $name {
                return Some($text);
            })?)*
            None
        }
    };
}

signals! {
    /// The terminal is gone.
    SIGHUP = "hangup";
    /// Ctrl-C.
    SIGINT = "interrupt";
    /// Ctrl-\\; shows every goroutine unless the program asks for it itself.
    SIGQUIT = "quit";
    /// An instruction that does not exist. Nobody can be told of it.
    SIGILL = "illegal instruction";
    /// A breakpoint.
    SIGTRAP = "trace/breakpoint trap";
    /// `abort`.
    SIGABRT = "aborted";
    /// An address that memory cannot have.
    SIGBUS = "bus error";
    /// A wrong calculation. Nobody can be told of it.
    SIGFPE = "floating point exception";
    /// Ends the process whatever it does. Nobody can be told of it.
    SIGKILL = "killed";
    /// For the program's own use.
    SIGUSR1 = "user defined signal 1";
    /// An address without memory. Nobody can be told of it.
    SIGSEGV = "segmentation fault";
    /// For the program's own use.
    SIGUSR2 = "user defined signal 2";
    /// Nobody reads the other end of a pipe.
    SIGPIPE = "broken pipe";
    /// `alarm`.
    SIGALRM = "alarm clock";
    /// The process is asked to end.
    SIGTERM = "terminated";
    /// A child process has ended or stopped.
    SIGCHLD;
    /// The process goes on after a stop.
    SIGCONT;
    /// Ctrl-Z.
    SIGTSTP;
    /// The terminal has another size.
    SIGWINCH;
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match text(*self) {
            Some(text) => f.write_str(text),
            None => write!(f, "signal {}", self.number),
        }
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match signal_name(self.number) {
            Some(name) => f.write_str(name),
            None => write!(f, "Signal({})", self.number),
        }
    }
}

/// Some signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Set {
    /// A bit for each number, from the second one on: no signal has the number 0.
    bits: u128,
}

impl Set {
    /// None.
    pub(super) const EMPTY: Set = Set { bits: 0 };

    /// Those of `signals` that a handler can be told of; all that have a name if there are none.
    pub(super) fn of(signals: impl IntoIterator<Item = Signal>) -> Set {
        let mut numbers: Vec<c_int> = signals.into_iter().map(Signal::number).collect();
        if numbers.is_empty() {
            numbers.extend((1..64).filter(|number| signal_name(*number).is_some()));
        }
        let can_be_told = |number: &c_int| (1..128).contains(number) && !consts::FORBIDDEN.contains(number);
        Set { bits: numbers.into_iter().filter(can_be_told).fold(0, |bits, number| bits | 1 << number) }
    }

    /// Whether there are none.
    pub(super) fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Whether `signal` is one of them.
    pub(super) fn has(self, signal: Signal) -> bool {
        u32::try_from(signal.number).is_ok_and(|number| number < 128 && self.bits >> number & 1 == 1)
    }

    /// These and the others.
    pub(super) fn with(self, others: Set) -> Set {
        Set { bits: self.bits | others.bits }
    }

    /// These without the others.
    pub(super) fn without(self, others: Set) -> Set {
        Set { bits: self.bits & !others.bits }
    }

    /// Each of them.
    pub(super) fn iter(self) -> impl Iterator<Item = Signal> {
        (1..128).map(Signal::from).filter(move |signal| self.has(*signal))
    }
}

#[cfg(test)]
mod tests {
    use super::{SIGCHLD, SIGINT, SIGKILL, SIGTERM, SIGUSR1, Set, Signal};

    #[test]
    fn texts_are_gos() {
        let texts = [SIGINT, SIGTERM, SIGUSR1, Signal::from(99)].map(|signal| signal.to_string());
        assert_eq!(texts, ["interrupt", "terminated", "user defined signal 1", "signal 99"]);
        assert_eq!(SIGCHLD.to_string(), format!("signal {}", SIGCHLD.number()));
        assert_eq!(format!("{SIGCHLD:?} {:?}", Signal::default()), "SIGCHLD Signal(0)");
    }

    #[test]
    fn no_signals_are_all_that_can_be_told_of() {
        let all = Set::of([]);
        assert!(all.has(SIGINT) && all.has(SIGCHLD) && !all.has(SIGKILL) && !all.has(Signal::default()));
        let some = Set::of([SIGINT, SIGKILL, SIGTERM, Signal::from(-1), Signal::from(1000)]);
        assert_eq!(some.iter().collect::<Vec<_>>(), [SIGINT, SIGTERM]);
        assert!(some.without(all).is_empty() && all.with(some) == all);
    }
}
