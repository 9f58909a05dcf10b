//! 07b in Go's own statements: the three contexts that end.
use go::prelude::*;

/// Prints as Go does: `<nil>` where there is nothing.
fn nil(err: Option<context::Error>) -> String {
    err.map_or_else(|| "<nil>".to_owned(), |err| err.to_string())
}

golang! {
    fn main() {
        ctx := context::background();
        // The three ways to make a context.
        {
            ctx, cancel := context::with_cancel(&ctx);
            println!("{ctx} {}", nil(ctx.err()));
            cancel();
            <-ctx.done();
            println!("{}", nil(ctx.err()));
        }
        {
            ctx, cancel := context::with_timeout(&ctx, time::MILLISECOND * 200);
            start := time::now();
            <-ctx.done();
            d := time::since(start);
            println!("{} {}", nil(ctx.err()), d >= 200 * time::MILLISECOND && d < time::SECOND);
            cancel();
            println!("{}", nil(ctx.err()));
        }
        {
            ctx, cancel := context::with_deadline(&ctx, time::date(2022, 2, 10, 8, 0, 0, 0, time::LOCAL));
            println!("{}", nil(ctx.err())); // already in the past: done at once
            <-ctx.done();
            cancel();
        }
    }
}
