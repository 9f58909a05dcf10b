//! Go's `context`: deadlines, cancellation and values that go with a call.
//!
//! Cancelling is synchronous: when `cancel()` returns, the context and everything derived from it is done. The first
//! reason wins, for each context on its own.
//!
//! The files: `handle` ([`Context`]), `derive` (the functions that make contexts), `node` (the tree and how it is
//! cancelled), `children`, `cancel_func`, `deadline`, `value`, `after_func`, `error`.

mod after_func;
mod cancel_func;
mod children;
mod deadline;
mod derive;
mod error;
mod handle;
mod node;
#[cfg(all(test, not(go_loom)))]
mod tests;
mod value;

pub use after_func::{StopFunc, after_func};
pub use cancel_func::CancelFunc;
pub use derive::{
    CancelCauseFunc, with_cancel, with_cancel_cause, with_deadline, with_deadline_cause, with_timeout,
    with_timeout_cause, with_value, without_cancel,
};
pub use error::{CANCELED, Cause, DEADLINE_EXCEEDED, Error};
pub use handle::{Context, background, cause, todo};
