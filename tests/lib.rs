//! What the suites share: running programs as child processes.

pub mod harness;
