//! Go functions: what they defer runs at their end, may wait, and may recover.

mod defers;
mod dialect;
#[macro_use]
mod list;
mod probes;
mod recovers;
