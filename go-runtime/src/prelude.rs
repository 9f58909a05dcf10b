//! What a Go program written in Rust uses all the time: `use go::prelude::*;`.
//!
//! The macros, the channel types, and the modules that stand for Go's packages.

pub use crate::context::Context;
pub use crate::{Chan, Receiver, Sender};
pub use crate::{chan, defer, go, golang, recover, select};
pub use crate::{context, errors, runtime, sync, time};
