//! Go's concurrency for Rust.
#![allow(dead_code, unused_imports)] // The core lands module by module; the next ones use what is here.

extern crate self as go;

mod chan;
mod goroutine;
#[cfg(all(test, go_loom))]
mod model;
mod panics;
pub mod select;
mod share;
mod shim;
mod texts;
mod waiter;

pub use chan::{Chan, Receiver, Recv, Send, Sender, TryRecvError, TrySendError};
pub use share::Share;

pub mod runtime {
    //! The runtime as the program sees it.

    pub use crate::texts::Error;
}
