//! 08 in Go's own statements: a job that ends early because its context is cancelled.
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
        ctx, cancel := context::with_cancel(&ctx);

        go {
            time::sleep(time::SECOND);
            cancel();
        }
        job(ctx);
    }
}
