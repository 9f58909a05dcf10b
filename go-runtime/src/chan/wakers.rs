//! Who is to be woken once a channel's lock is given back.

use std::fmt;
use std::task::Waker;

/// The wakers of streams.
#[derive(Default)]
pub(super) struct Observers {
    /// Each stream's waker, once.
    pub(super) wakers: Vec<Waker>,
    /// Those of another channel of the same select.
    more: Option<Box<Observers>>,
}

/// Who is to be woken once the lock is given back.
#[derive(Default)]
pub struct Wakers {
    /// The peer that was served.
    pub(super) peer: Option<Waker>,
    /// The streams that are to look again.
    observers: Option<Box<Observers>>,
}

impl Wakers {
    /// Whether there is anybody to wake.
    pub(crate) fn any(&self) -> bool {
        self.peer.is_some() || self.observers.is_some()
    }

    /// Wakes them all. By reference: moving all this as one would wait for the stores that have just filled it.
    #[inline]
    pub(crate) fn wake(&mut self) {
        if let Some(waker) = self.peer.take() {
            waker.wake();
        }
        if self.observers.is_some() {
            Wakers::wake_observers(self.observers.take());
        }
    }

    /// Wakes streams.
    #[cold]
    fn wake_observers(mut next: Option<Box<Observers>>) {
        while let Some(observers) = next {
            for waker in observers.wakers {
                waker.wake();
            }
            next = observers.more;
        }
    }

    /// Adds streams that are to look again.
    #[cold]
    pub(super) fn observe(&mut self, observers: Option<Box<Observers>>) {
        if let Some(mut observers) = observers {
            observers.more = self.observers.take();
            self.observers = Some(observers);
        }
    }
}

impl fmt::Debug for Wakers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wakers { .. }")
    }
}
