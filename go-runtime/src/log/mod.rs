//! Go's `log`: lines with the date and time on stderr.
//!
//! The macros take a format string, as Rust's do, or values: `log::fatal!(err)` is Go's `log.Fatal(err)`. They are named
//! as the standard library's are, so call them by their path: `log::println!(..)`.
//!
//! # Examples
//! ```no_run
//! use go::log;
//! use go::prelude::*;
//!
//! #[go::main]
//! async fn main() {
//!     log::println!("listening on {}", 8080); // 2009/11/10 23:00:00 listening on 8080
//!     let err = errors::new("bind: address already in use");
//!     log::fatal!(err);
//! }
//! ```

mod logger;
mod macros;

pub use logger::{
    LDATE, LLONGFILE, LMICROSECONDS, LMSGPREFIX, LSHORTFILE, LSTD_FLAGS, LTIME, LUTC, flags, prefix, set_flags,
    set_output, set_prefix,
};
#[doc(hidden)]
pub use logger::{Text, exit, join, output, unwind};

#[doc(inline)]
pub use crate::{
    __log_fatal as fatal, __log_fatalln as fatalln, __log_panic as panic, __log_panicln as panicln,
    __log_print as print, __log_println as println,
};
