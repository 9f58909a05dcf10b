//! 06b in Go's own statements: the two root contexts.
use go::prelude::*;

/// Prints as Go does: `<nil>` where there is nothing.
fn nil(err: Option<context::Error>) -> String {
    err.map_or_else(|| "<nil>".to_owned(), |err| err.to_string())
}

golang! {
    fn main() {
        {
            ctx := context::background();
            println!("{ctx} {} {}", nil(ctx.err()), ctx.done().is_nil());
        }
        {
            ctx := context::todo(); // todo serves where it is not yet clear what the context will be
            println!("{ctx} {} {}", nil(ctx.err()), ctx.done().is_nil());
        }
    }
}
