//! The tests of Go's own suites, written afresh from what each pins: one module for each of Go's files, each test under
//! the name of Go's; `crashes` runs the programs of `programs`, `rows` says which test is which.
#![allow(non_snake_case, reason = "the tests are called as in Go")]

#[macro_use]
mod list;

mod chan;
mod context;
mod crashes;
mod defer_panic;
mod rows;
mod sync;
mod time;
