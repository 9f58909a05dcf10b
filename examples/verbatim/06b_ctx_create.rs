//! 06b in Go's own statements: the two root contexts.
use go::prelude::*;

golang! {
    fn main() {
        {
            ctx := context::background();
            println!("{ctx} {} {}", ctx.err().map_or("<nil>".to_owned(), |err| err.to_string()), ctx.done().is_nil());
        }
        {
            ctx := context::todo(); // todo serves where it is not yet clear what the context will be
            println!("{ctx} {} {}", ctx.err().map_or("<nil>".to_owned(), |err| err.to_string()), ctx.done().is_nil());
        }
    }
}
