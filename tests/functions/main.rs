//! Go functions: what they defer runs at their end, may wait, and may recover.

mod defers;
mod dialect;
mod recovers;
