//! The tests of Go's own suites, written afresh from what each pins, under their Go names.
#![allow(non_snake_case)] // The tests are called as in Go.

mod context;
mod sync;
mod time;
