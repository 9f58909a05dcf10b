//! What a `Cond` needs of a lock.

use std::future::Future;

/// A lock without data: [`RawMutex`](super::RawMutex), [`RawRwMutex`](super::RawRwMutex), and the read side of the latter.
///
/// # Go
/// `sync.Locker`
///
/// # Examples
/// ```
/// use go::prelude::*;
/// use go::sync::Locker;
///
/// async fn twice(l: &impl Locker) {
///     for _ in 0..2 {
///         l.lock().await;
///         l.unlock();
///     }
/// }
///
/// #[go::main]
/// async fn main() {
///     twice(&sync::RawMutex::new()).await;
///     twice(&sync::RawRwMutex::new().rlocker()).await;
/// }
/// ```
pub trait Locker {
    /// Waits for the lock.
    #[track_caller]
    fn lock(&self) -> impl Future<Output = ()> + Send;

    /// Gives the lock back.
    #[track_caller]
    fn unlock(&self);
}
