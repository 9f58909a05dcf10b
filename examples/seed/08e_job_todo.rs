//! 08e: program 08 with `context::todo()` as the root.
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
    let ctx = context::todo();

    // The three ways to make a context; the second and the third end without a cancel, but hold a timer until they do.
    let (ctx, cancel) = context::with_cancel(&ctx);

    go! {
        time::sleep(time::SECOND).await;
        cancel();
    }
    job(ctx).await;
}
