//! A channel as a select sees it that works with several.

use crate::shim::{AtomicU64, Head, Ordering};

/// Where an operation waits, without the types: at a channel, whose lock and signs it shows, or elsewhere. Only a pointer:
/// whoever made it keeps the channel. Two words, which are best not copied as one right after they were written.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    /// The channel's lock and signs; null without a channel.
    pub(crate) head: *const Head<AtomicU64>,
    /// The sign that the operation needs; 0 for nil, [`Door::FUTURE`]'s for a future.
    pub(crate) sign: u64,
}

impl Door {
    /// The nil channel's: never ready.
    pub(crate) const NIL: Door = Door { head: std::ptr::null(), sign: 0 };
    /// A future's.
    pub(crate) const FUTURE: Door = Door { head: std::ptr::null(), sign: u64::MAX };

    /// Whether it is a future's.
    #[inline]
    pub(crate) fn is_future(self) -> bool {
        self.sign == Door::FUTURE.sign
    }

    /// Whether there is a channel whose sign is up: see `Core::is_receivable`.
    ///
    /// # Safety
    /// The channel is still there.
    #[inline]
    pub(crate) unsafe fn is_ready(self) -> bool {
        // SAFETY: the caller's promise. Acquire: as in `Core::signs`.
        unsafe { self.head.as_ref() }.is_some_and(|head| head.word.load(Ordering::Acquire) & self.sign != 0)
    }
}
