//! The grammar: Go's operators and statements inside Rust, once for all macros.
//!
//! - `token`: questions about tokens;
//! - `parser`: from tokens to syn's tree with nodes in it;
//! - `tree`: the nodes, which syn has no place for;
//! - `args`: the macros inside a block, ours and other people's;
//! - `call`: calls that are prepared now and run later;
//! - `format`: the variables in a format string;
//! - `free`: the variables that a piece of code names but does not define;
//! - `check`: what the grammar allows and the meaning does not;
//! - `lower`: from the tree to Rust.

mod args;
mod call;
mod check;
mod format;
mod free;
mod lower;
mod parser;
pub(crate) mod token;
mod tree;

pub(crate) use args::Delimiters;
pub(crate) use call::{Call, Keeping, Wording};
pub(crate) use check::{Check, Waiting};
pub(crate) use free::{Free, is_variable};
pub(crate) use lower::{Lower, is_nothing, pattern};
pub(crate) use parser::{Parser, list_assignment};
pub(crate) use tree::{Assign, Define, Name, Node, Recv, Send, Tree, visit_node};
