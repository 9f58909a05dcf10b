//! What the suites share: running programs as child processes.

pub mod harness;

/// The guide's chapter on HTTP: its examples need crates that only the suites have.
#[cfg(doctest)]
#[doc = include_str!("../docs/guide/http.md")]
mod http_guide {}
