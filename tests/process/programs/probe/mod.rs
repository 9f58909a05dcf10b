//! The programs of Go's that were run and recorded, ported: a module each, under the same name.
//!
//! - `deadlocks` and `timers`: what is a deadlock and what is not;
//! - `channels` and `locks`: what is used wrongly;
//! - `panics`, `recovers` and `exits`: how a process ends otherwise.

pub(crate) mod channels;
pub(crate) mod deadlocks;
pub(crate) mod exits;
pub(crate) mod locks;
pub(crate) mod panics;
pub(crate) mod recovers;
pub(crate) mod timers;
