//! A memory barrier in two halves: one that costs its caller nothing, and one that pays for both.
//!
//! If one thread stores, calls [`light`] and loads, and another stores, calls [`heavy`] and loads, then at least one of
//! them sees the other's store, as with a `SeqCst` fence on both sides. Linux's `membarrier` makes every running thread of
//! the process execute a barrier; where it is not to be had, [`is_split`] says so and both sides use a fence.

use super::{Ordering, fence};

/// The half for the side that runs often: keeps the compiler from changing the order. Only where [`is_split`].
#[inline]
pub(crate) fn light() {
    if cfg!(go_loom) {
        // The model has no `membarrier`: the two halves together are two fences.
        fence(Ordering::SeqCst);
    } else {
        std::sync::atomic::compiler_fence(Ordering::SeqCst);
    }
}

/// The half for the side that runs rarely.
#[cold]
pub(crate) fn heavy() {
    fence(Ordering::SeqCst);
    if is_split() {
        system::barrier();
    }
}

/// Whether the system has the barrier.
pub(crate) fn is_split() -> bool {
    cfg!(go_loom) || system::is_ready()
}

#[cfg(all(target_os = "linux", not(go_loom), not(miri)))]
mod system {
    use std::sync::OnceLock;

    /// Calls `membarrier`; whether it did what it was asked.
    fn call(command: libc::c_int) -> bool {
        // SAFETY: the call takes three numbers and touches no memory of the caller's.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }

    /// Whether the process is registered for it; asked for once.
    pub(super) fn is_ready() -> bool {
        static READY: OnceLock<bool> = OnceLock::new();
        *READY.get_or_init(|| call(libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED))
    }

    /// Makes all threads of the process that run execute a barrier.
    pub(super) fn barrier() {
        while !call(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED) {
            let error = std::io::Error::last_os_error();
            if error.raw_os_error() != Some(libc::ENOMEM) {
                // Without it two threads would be inside at once; and a panic would leave others waiting for this one.
                eprintln!("go: membarrier, which worked when the program started, fails now: {error}");
                std::process::abort();
            }
            std::thread::yield_now();
        }
    }
}

#[cfg(not(all(target_os = "linux", not(go_loom), not(miri))))]
mod system {
    /// There is none.
    pub(super) fn is_ready() -> bool {
        false
    }

    /// See [`is_ready`].
    pub(super) fn barrier() {}
}
