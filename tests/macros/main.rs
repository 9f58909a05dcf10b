//! What the macros mean, one file a macro.
#![deny(warnings)]

mod deferred;
mod entry;
mod goroutines;
mod operators;
mod places;
mod selects;
