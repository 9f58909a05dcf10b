//! What the process does with a signal that this crate has not touched yet.

use std::ffi::c_int;

/// What becomes of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposition {
    /// The system's usual effect.
    Usual,
    /// Nothing: the process was started so, or Rust's runtime has asked for it, as for `SIGPIPE`.
    Ignored,
    /// Somebody handles it.
    Handled,
}

/// What becomes of the signal `number` now.
pub(super) fn of(number: c_int) -> Disposition {
    // SAFETY: the structure is plain data, for which all zeros are a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: without a new action the call only writes the old one, to where it may.
    let failed = unsafe { libc::sigaction(number, std::ptr::null(), &raw mut action) } != 0;
    match action.sa_sigaction {
        // A signal that does not exist is nobody's.
        _ if failed => Disposition::Handled,
        libc::SIG_DFL => Disposition::Usual,
        libc::SIG_IGN => Disposition::Ignored,
        _ => Disposition::Handled,
    }
}
