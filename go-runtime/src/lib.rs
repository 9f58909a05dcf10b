//! Go's concurrency for Rust.

extern crate self as go;

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
mod body;
mod chan;
pub mod context;
pub mod errors;
mod func;
mod goroutine;
#[cfg(feature = "http")]
pub mod http;
pub mod log;
mod macros;
#[cfg(all(test, go_loom))]
mod model;
pub mod os;
mod panics;
pub mod prelude;
mod rt;
pub mod runtime;
pub mod select;
mod share;
mod shim;
pub mod sync;
mod texts;
pub mod time;
mod waiter;

pub use body::Body;
pub use chan::{Chan, Receiver, Recv, Send, Sender, TryRecvError, TrySendError};
pub use func::{Named, PanicValue};
pub use macros::{chan, defer, func, go, golang, main, recover, select, test};
pub use share::Share;

/// The guide's examples, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/process.md")]
mod process_guide {}

/// The guide's chapter on porting.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/porting.md")]
mod porting_guide {}

/// The guide's chapter on what differs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/differences.md")]
mod differences_guide {}

/// The programs of the front page.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod front_page {}
