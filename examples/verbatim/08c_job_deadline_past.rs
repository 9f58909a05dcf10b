//! 08c in Go's own statements: a deadline that has passed.
use go::prelude::*;

golang! {
    fn job(ctx: Context) {
        // doing something
        select {
        case <-ctx.done(): // select and ctx.done tell that ctx has ended
            err_context := ctx.err();
            if let Some(err_context) = err_context {
                println!("{err_context}");
            }
        case <-time::after(2 * time::SECOND):
            println!("job completed!");
        }
    }

    fn main() {
        ctx := context::background();
        ctx, cancel := context::with_deadline(&ctx, time::date(2022, 2, 10, 8, 0, 0, 0, time::LOCAL));

        _ = cancel;
        job(ctx);
    }
}
