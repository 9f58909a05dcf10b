//! 07b: the three contexts that end: by a cancel, by a timeout, by a deadline.
use go::prelude::*;

/// Prints as Go does: `<nil>` where there is nothing.
fn nil(err: Option<context::Error>) -> String {
    err.map_or_else(|| "<nil>".to_owned(), |err| err.to_string())
}

#[go::main]
async fn main() {
    let ctx = context::background();
    // The three ways to make a context; the second and the third end without a cancel, but hold a timer until they do.
    {
        let (ctx, cancel) = context::with_cancel(&ctx);
        println!("{ctx} {}", nil(ctx.err()));
        cancel();
        chan!(<-ctx.done());
        println!("{}", nil(ctx.err()));
    }
    {
        let (ctx, cancel) = context::with_timeout(&ctx, time::MILLISECOND * 200);
        let start = time::now();
        chan!(<-ctx.done());
        let d = time::since(start);
        println!("{} {}", nil(ctx.err()), d >= 200 * time::MILLISECOND && d < time::SECOND);
        cancel();
        println!("{}", nil(ctx.err()));
    }
    {
        let (ctx, cancel) = context::with_deadline(&ctx, time::date(2022, 2, 10, 8, 0, 0, 0, time::LOCAL));
        println!("{}", nil(ctx.err())); // already in the past: done at once
        chan!(<-ctx.done());
        cancel();
    }
}
