//! 07b in Go's own statements: the three contexts that end.
use go::prelude::*;

golang! {
    fn main() {
        ctx := context::background();
        // The three ways to make a context.
        {
            ctx, cancel := context::with_cancel(&ctx);
            println!("{ctx} {}", ctx.err().map_or("<nil>".to_owned(), |err| err.to_string()));
            cancel();
            <-ctx.done();
            println!("{}", ctx.err().map_or("<nil>".to_owned(), |err| err.to_string()));
        }
        {
            ctx, cancel := context::with_timeout(&ctx, time::MILLISECOND * 200);
            start := time::now();
            <-ctx.done();
            d := time::since(start);
            println!("{} {}", ctx.err().map_or("<nil>".to_owned(), |err| err.to_string()), d >= 200 * time::MILLISECOND && d < time::SECOND);
            cancel();
            println!("{}", ctx.err().map_or("<nil>".to_owned(), |err| err.to_string()));
        }
        {
            ctx, cancel := context::with_deadline(&ctx, time::date(2022, 2, 10, 8, 0, 0, 0, time::LOCAL));
            println!("{}", ctx.err().map_or("<nil>".to_owned(), |err| err.to_string())); // already in the past: done at once
            <-ctx.done();
            cancel();
        }
    }
}
