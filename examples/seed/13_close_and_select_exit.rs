//! 13: two ways to stop many goroutines at once: close a channel that they select on, or cancel their context.
use go::prelude::*;

#[expect(clippy::never_loop, reason = "the first loop is the Go program's, though its only case returns")]
#[go::main]
async fn main() {
    let wg = sync::WaitGroup::new();
    let stop = chan!(());
    for _ in 0..5 {
        wg.add(1);
        go! {
            defer!(wg.done());
            loop {
                select! {
                    case <-stop:
                        return;
                }
            }
        }
    }
    stop.close();
    wg.wait().await;
    println!("5 stopped by close");
    let (ctx, cancel) = context::with_cancel(&context::background());
    for _ in 0..5 {
        wg.add(1);
        go! {
            defer!(wg.done());
            loop {
                select! {
                    case <-ctx.done():
                        return;
                    default:
                }
            }
        }
    }
    cancel();
    wg.wait().await;
    // an `Option` of an error, where Go has an error or nil
    println!("5 stopped by cancel: {}", ctx.err().expect("it is cancelled"));
}
