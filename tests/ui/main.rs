//! The mistakes that a newcomer to the macros makes, and what the compiler says to them.
//!
//! Each file in `cases` must fail to compile with exactly the errors in the `.stderr` file beside it. After a change of
//! the words, `TRYBUILD=overwrite cargo test -p go-tests --test ui` writes the new ones; they are to be read, not only
//! recorded.

#[test]
fn ui() {
    trybuild::TestCases::new().compile_fail("ui/cases/*.rs");
}
