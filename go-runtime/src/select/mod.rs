//! Go's select: wait for several channel operations and futures, and commit exactly one.
//!
//! [`select!`](crate::select!) is the statement; [`cases`] is the form whose number of cases is known only at run time.
//!
//! # Go
//! The `select` statement and `reflect.Select`.

// `select!` begins with an arm a case. If none is ready it builds the cases, puts them into a storage and hands that to
// the engine.
pub(crate) mod arm;
pub(crate) mod case;
mod dynamic;
pub(crate) mod engine;
pub(crate) mod future;
pub(crate) mod recv;
pub(crate) mod send;
pub(crate) mod storage;
#[cfg(all(test, not(go_loom)))]
mod tests;

pub use dynamic::{Cases, Op, ReceiveFrom, Selectable, SendTo, cases, recv, send, try_cases};
