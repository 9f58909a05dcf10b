//! Go functions: calls that are deferred to the function's end, recovered panics.
//!
//! A function with a `defer!` keeps a [`Frame`]: an explicit stack of deferred calls, run on return, at a panic and at
//! `runtime::goexit`, last first, each under a catch of its own. A function without one has no frame and costs nothing.
//!
//! # Go
//! The statements `defer` and `panic`, the function `recover`.

mod catch;
mod frame;
#[cfg(all(test, not(go_loom)))]
mod tests;
mod value;

pub(crate) use catch::{Catch, Caught, Panic, caught, is_panicking, rethrow};
pub use frame::{Deferred, Frame, Named};
pub use value::PanicValue;
