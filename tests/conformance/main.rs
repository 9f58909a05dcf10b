//! The tests of Go's own suites, written afresh from what each pins: one module for each of Go's files, each test under
//! the name of Go's.
#![allow(non_snake_case, reason = "the tests are called as in Go")]

mod chan;
mod context;
mod defer_panic;
mod sync;
mod time;
