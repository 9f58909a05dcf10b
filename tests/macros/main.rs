//! What the macros mean, each on a runtime of its own.
#![deny(warnings)]

mod operators;
