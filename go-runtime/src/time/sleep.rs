//! Sleeping.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::heap::Key;
use super::timers::{Action, Timers};
use crate::goroutine::{self, WaitReason};
use crate::rt;

/// Waits for `duration`, which begins now. It never ends early; sleeps far below a millisecond are that short.
///
/// # Go
/// `time.Sleep(d)`. It has to be awaited: `time::sleep(d).await`.
///
/// # Cancel safety
/// A future that is dropped gives its timer back.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let start = time::now();
///     time::sleep(2 * time::MILLISECOND).await;
///     assert!(time::since(start) >= 2 * time::MILLISECOND);
/// }
/// ```
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    let timers = rt::timers();
    let when = if duration.is_zero() { 0 } else { timers.deadline(duration) };
    Sleep { timers, when, place: Location::caller(), key: None, owner: 0 }
}

/// The future of [`sleep`].
#[must_use = "a sleep does nothing until it is awaited"]
pub struct Sleep {
    /// Whose clock counts.
    timers: &'static Timers,
    /// When it ends; 0 if at once.
    when: u64,
    /// Where the program sleeps.
    place: &'static Location<'static>,
    /// The timer, once there is one.
    key: Option<Key>,
    /// The goroutine whose waker is stored, or 0.
    owner: u64,
}

impl Sleep {
    /// Gives the timer back.
    fn end(&mut self) {
        if let Some(key) = self.key.take() {
            self.timers.release(key);
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if this.when == 0 && goroutine::poll_budget(cx).is_pending() {
            return Poll::Pending;
        }
        if this.when == 0 || this.timers.nanos() >= this.when {
            this.end();
            return Poll::Ready(());
        }
        goroutine::park(WaitReason::Sleep, Some(this.place));
        match this.key {
            Some(_) if this.owner != 0 && this.owner == goroutine::owner_of(cx) => Poll::Pending,
            Some(key) => {
                let (waker, owner) = goroutine::waker_of(cx);
                this.owner = owner;
                if this.timers.set_waker(key, waker) {
                    return Poll::Pending;
                }
                this.end();
                Poll::Ready(())
            }
            None => {
                let (waker, owner) = goroutine::waker_of(cx);
                this.owner = owner;
                this.key = Some(this.timers.add(this.when, Action::Wake(Some(waker))));
                Poll::Pending
            }
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("place", &self.place).finish_non_exhaustive()
    }
}
