//! Programs as child processes: run one, and read what it printed as Go's reports are read.
//!
//! - `child`: runs a program to its end, or kills it at its limit;
//! - `report`: takes stderr apart into the first lines and the goroutines' paragraphs;
//! - `norm`: replaces what differs from run to run;
//! - `programs`: the dispatcher of an executable that is many programs;
//! - `rows`: which of Go's tests is which here;
//! - `build`: has Cargo build the workspace's examples, once.

mod build;
mod child;
mod norm;
mod programs;
mod report;
pub mod rows;

pub use build::{cargo_build, example};
pub use child::{Child, End, Outcome};
pub use norm::{addressless, placeless, undated};
pub use report::{Paragraph, Report};
