//! Go's `time`.

mod heap;
mod point;
#[cfg(all(test, not(go_loom)))]
mod tests;
mod timers;

pub(crate) use heap::Key;
pub use point::Time;
pub(crate) use timers::{Action, Call, Tick, Timers};
