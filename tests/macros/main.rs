//! What the macros mean, one file a macro.
#![deny(warnings)]
#![allow(
    clippy::explicit_auto_deref,
    clippy::never_loop,
    clippy::no_effect,
    clippy::nonminimal_bool,
    clippy::redundant_comparisons,
    clippy::useless_vec,
    reason = "what is written is what is tested"
)]

mod deferred;
mod entry;
mod goroutines;
mod operators;
mod places;
mod selects;
