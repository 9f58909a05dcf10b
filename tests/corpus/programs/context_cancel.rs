//! Cancelling a context: a generator stops when its reader has had enough.

use go::prelude::*;

golang! {
    fn counter(ctx: Context, stopped: Sender<Option<context::Error>>) -> Receiver<i32> {
        out := chan!(i32);
        go {
            for n in 1.. {
                select {
                    case out <- n:
                    case <-ctx.done():
                        stopped <- ctx.err();
                        return;
                }
            }
        }
        out.receiver()
    }

    pub(crate) fn main() {
        ctx, cancel := context::with_cancel(&context::background());
        stopped := chan!(Option<context::Error>);
        for n := range counter(ctx.clone(), stopped.clone()) {
            println!("{n}");
            if n == 5 {
                break;
            }
        }
        cancel();
        println!("{}", (<-stopped).expect("it was cancelled"));
        child, stop := context::with_cancel(&ctx);
        defer stop();
        <-child.done();
        println!("the child of a cancelled one: {}", child.err().expect("it was cancelled"));
    }
}
