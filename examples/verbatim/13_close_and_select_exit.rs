//! 13 in Go's own statements: two ways to stop many goroutines at once.
#![allow(clippy::never_loop, reason = "the Go program has a select of one case in a loop")]

use go::prelude::*;

golang! {
    fn main() {
        let wg = sync::WaitGroup::new();
        stop := chan!(());
        for range 5 {
            wg.add(1);
            go {
                defer wg.done();
                for {
                    select {
                    case <-stop:
                        return;
                    }
                }
            }
        }
        stop.close();
        wg.wait();
        println!("5 stopped by close");
        ctx, cancel := context::with_cancel(&context::background());
        for range 5 {
            wg.add(1);
            go {
                defer wg.done();
                for {
                    select {
                    case <-ctx.done():
                        return;
                    default:
                    }
                }
            }
        }
        cancel();
        wg.wait();
        println!("5 stopped by cancel: {}", ctx.err().expect("it is cancelled"));
    }
}
