//! 08c: program 08 with a deadline that has passed: the job ends at once.
use go::prelude::*;

async fn job(ctx: Context) {
    // doing something
    select! {
        case <-ctx.done(): // select and ctx.done tell that ctx has ended
            let err_context = ctx.err();
            if let Some(err_context) = err_context {
                println!("{err_context}");
            }
        case <-time::after(2 * time::SECOND):
            println!("job completed!");
    }
}

#[go::main]
async fn main() {
    let ctx = context::background();
    // let ctx = context::todo(); // todo serves where it is not yet clear what the context will be

    // The three ways to make a context; the second and the third end without a cancel, but hold a timer until they do.
    let (ctx, cancel) = context::with_deadline(&ctx, time::date(2022, 2, 10, 8, 0, 0, 0, time::LOCAL));

    _ = cancel;
    job(ctx).await;
}
