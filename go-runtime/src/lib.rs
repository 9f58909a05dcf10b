//! Go's concurrency for Rust: goroutines, channels, `select`, `defer`, `context` and Go's process rules, on tokio.
//!
//! ```
//! use go::prelude::*;
//!
//! #[go::main]
//! async fn main() {
//!     let lines = chan!(String);
//!     go! {
//!         for n in 1..=3 {
//!             lines <- format!("line {n}");
//!         }
//!         lines.close();
//!     }
//!     while let Some(line) = lines.recv().await {
//!         println!("{line}");
//!     }
//! }
//! ```
//!
//! - Start with the macros [`go!`], [`chan!`], [`select!`], [`defer!`] and [`golang!`], and the attributes
//!   [`#[go::main]`](main), [`#[go::test]`](test) and [`#[go::func]`](func).
//! - [`Chan`], [`Sender`] and [`Receiver`] are Go's channels; [`select::cases`] is a select of any number of cases.
//! - The modules are Go's packages: [`sync`], [`context`], [`time`], [`errors`], [`runtime`], [`log`], [`os`], [`signal`], and
//!   those of golang.org/x/sync: [`errgroup`], [`semaphore`], [`singleflight`].
//!
//! # Features
//! - `http`: an HTTP server and client whose requests have contexts. Off by default: a program without it compiles faster.
//! - `http-tls`: TLS for both, by rustls.
//! - `http-multipart`: forms with files.
//! - `http-cookies`: a jar in which a client keeps cookies.
//! - `json`: values as JSON in requests and responses, by serde.

#[doc(hidden)]
pub extern crate self as go;

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
mod body;
mod chan;
pub mod context;
pub mod errgroup;
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
pub mod semaphore;
mod share;
mod shim;
#[cfg(unix)]
pub mod signal;
pub mod singleflight;
pub mod sync;
mod texts;
pub mod time;
mod waiter;

pub use body::{Body, Func, func};
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
#[cfg(all(doctest, feature = "http"))]
#[doc = include_str!("../../README.md")]
mod front_page {}
