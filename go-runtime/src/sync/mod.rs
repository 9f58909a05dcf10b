//! Go's `sync`: wait groups, locks, conditions, and what happens once.
//!
//! [`WaitGroup`], [`Once`], [`Cond`], [`RawMutex`], [`RawRwMutex`], [`Map`] and [`Pool`] are handles: `const`, usable as
//! `static`s, and shared by `go!` without an `Arc`. [`Mutex`] and [`RwMutex`] hold data, as Rust's do.
//!
//! All of them wait in a [`Monitor`](crate::waiter::Monitor). The algorithms of the locks are in `mutex_core` and
//! `rw_core`; the other files are one type each.

pub mod atomic;
mod cond;
mod locker;
mod map;
mod mutex;
mod mutex_core;
mod once;
mod once_func;
mod pool;
mod raw_mutex;
mod raw_rw_mutex;
mod rw_core;
mod rw_mutex;
#[cfg(all(test, not(go_loom)))]
mod tests;
mod wait_group;

pub use cond::Cond;
pub use locker::Locker;
pub use map::Map;
pub use mutex::{Mutex, MutexGuard, MutexLock, OwnedMutexGuard};
#[cfg(go_loom)]
pub(crate) use mutex_core::hand_over_at_once;
pub use once::Once;
pub use once_func::{OnceCall, OnceFunc, OnceValue, once_func, once_value};
pub use pool::Pool;
pub use raw_mutex::{RawMutex, RawMutexLock};
pub use raw_rw_mutex::{RLocker, RawRwMutex, RawRwMutexLock, RawRwMutexRLock};
pub use rw_mutex::{RwMutex, RwMutexLock, RwMutexRLock, RwMutexReadGuard, RwMutexWriteGuard};
pub use wait_group::{WaitGroup, WaitGroupWait};
