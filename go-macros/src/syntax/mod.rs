//! The grammar: Go's operators and statements inside Rust, once for all macros.
//!
//! - `token`: questions about tokens;
//! - `parser`: from tokens to syn's tree with nodes in it;
//! - `tree`: the nodes, which syn has no place for;
//! - `args`: the macros inside a block, ours and other people's;
//! - `call`: calls that are prepared now and run later;
//! - `format`: the variables in a format string;
//! - `free`: the variables that a piece of code names but does not define;
//! - `range`: Go's loops;
//! - `blocks`: the blocks around the code being expanded;
//! - `dialect`: Go's statements as `golang!` has them;
//! - `waits`: the calls that wait by themselves there;
//! - `moved`: what a block takes along by name;
//! - `function`: Go functions and the frames around them;
//! - `later`: changes that a deferred block would not notice;
//! - `leaves`: `?` where there is nothing to return to;
//! - `check`: what the grammar allows and the meaning does not;
//! - `lower`: from the tree to Rust.

mod args;
mod blocks;
mod call;
mod check;
mod dialect;
mod format;
mod free;
mod function;
mod later;
mod leaves;
mod lower;
mod moved;
mod parser;
mod range;
pub(crate) mod token;
mod tree;
mod waits;

pub(crate) use args::Delimiters;
pub(crate) use call::{Call, Keeping, Wording};
pub(crate) use check::{Check, Scope, Waiting};
pub(crate) use free::{Free, binds, is_variable};
pub(crate) use function::{Function, Needs, Returns, is_func, is_go_function};
pub(crate) use leaves::Leaves;
pub(crate) use lower::{Lower, is_nothing, pattern};
pub(crate) use moved::Moved;
pub(crate) use parser::{Parser, list_assignment};
pub(crate) use tree::{Assign, Define, Name, Recv, Send, Tree};
pub(crate) use waits::Names;
#[cfg(test)]
pub(crate) use waits::{FUNCTIONS, METHODS};
