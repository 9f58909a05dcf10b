//! The one place that chooses between `std` and the model checker.
//!
//! Everything below `rt` is written against these names, so that the channel, select and waiter cores run
//! unchanged under loom (`RUSTFLAGS="--cfg go_loom"`; the flag is this crate's own, so that tokio stays as it is).

pub(crate) mod barrier;
mod cell;
#[cfg(go_loom)]
mod checked;
mod counted;
#[cfg_attr(go_loom, allow(dead_code, reason = "a model uses it without the thread's own side"))]
pub(crate) mod gate;
mod lazy;
mod lock;
#[cfg_attr(go_loom, allow(dead_code, reason = "there is no clock in a model"))]
pub(crate) mod lost;
#[cfg_attr(go_loom, allow(dead_code, reason = "as above"))]
pub(crate) mod side;

pub(crate) use cell::Slot;
pub(crate) use counted::{ACTIVE, Anchor, Anchored, Counted};
pub(crate) use lazy::{Lazy, LazyArc, handles};
pub(crate) use lock::{Head, Lock, LockGuard};

#[cfg(go_loom)]
use checked::Gate;
#[cfg(go_loom)]
pub(crate) use checked::{AtomicU32, AtomicU64};
#[cfg(not(go_loom))]
use gate::Gate;
#[cfg(go_loom)]
pub(crate) use loom::sync::atomic::fence;
pub(crate) use std::sync::atomic::Ordering;
#[cfg(not(go_loom))]
pub(crate) use std::sync::atomic::fence;
#[cfg(not(go_loom))]
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64};
