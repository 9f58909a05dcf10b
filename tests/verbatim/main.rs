//! Programs in the dialect of `golang!`: they do what the Go programs beside them were recorded to do, and say it in as
//! many statements.

mod count;
#[path = "../seed/expected.rs"]
#[allow(dead_code, reason = "the suite `seed` uses all of it")]
mod expected;
mod seed;
