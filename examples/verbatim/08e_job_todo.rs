//! 08e in Go's own statements: the root is a todo.
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
        ctx := context::todo();
        ctx, cancel := context::with_cancel(&ctx);

        go {
            time::sleep(time::SECOND);
            cancel();
        }
        job(ctx);
    }
}
