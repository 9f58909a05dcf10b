//! Go's select: wait for several channel operations and futures, and commit exactly one.
//!
//! `select!` builds one [`Case`] an arm and hands them to the engine; [`cases`] is the form whose number of cases is
//! known only at run time. The algorithm is in `engine`, the kinds of cases are in `case`, the dynamic form is in
//! `dynamic`.
//!
//! # Go
//! The `select` statement and `reflect.Select`.

mod case;
mod dynamic;
mod engine;
#[cfg(test)]
mod tests;

pub use case::{Case, FutureCase, FutureOutput, RecvCase, RecvOutput, SendCase};
pub use dynamic::{Cases, Op, Selectable, cases, recv, send, try_cases};
pub use engine::{Forever, Select, Static, cases_of, forever, select, select_default};
