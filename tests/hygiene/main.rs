//! The macros among hostile names and lints: whatever a user's crate defines, the expansions mean what they say.
//!
//! The package `renamed` beside this file does the same with the dependency under another name, in edition 2021.
#![deny(warnings)]
#![forbid(unsafe_code)]
#![deny(unused, unused_results, unused_qualifications, trivial_casts, trivial_numeric_casts, unreachable_pub)]

mod bare;
mod lints;
mod names;
mod raw;
mod rules;
mod shown;
