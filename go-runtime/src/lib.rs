//! Go's concurrency for Rust.
#![allow(dead_code, unused_imports)] // The core lands module by module; the next ones use what is here.

extern crate self as go;

mod goroutine;
mod share;
mod shim;
mod waiter;

pub use share::Share;
