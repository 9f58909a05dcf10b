//! 11: the rules of a closed channel: a send panics, what is buffered can still be received, then come zero values, and
//! a second close or a close of nil panics.
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use go::prelude::*;

// Go's `f func()` is a future here, because it may wait.
async fn r#try(name: &str, f: impl Future<Output = ()>) {
    // Go's deferred `recover()` with what stable Rust has: a catch around each poll of the future.
    let mut f = pin!(f);
    let result = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| f.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    });
    if let Err(r) = result.await {
        let r = r.downcast_ref::<runtime::Error>().expect("a channel panics with a runtime error");
        println!("{name}: panic: {r} ({})", r.go_type_name());
    }
}

#[go::main]
async fn main() {
    let c = chan!(i32, 3);
    chan!(c <- 1);
    chan!(c <- 2);
    c.close();
    r#try("1 send on closed", async { chan!(c <- 3) }).await;
    chan!(v, ok := <-c);
    println!("2 {v} {ok}");
    chan!(v, ok = <-c);
    println!("2 {v} {ok}");
    chan!(v, ok = <-c);
    println!("3 {v} {ok} {} {}", c.len(), c.cap());
    let s = chan!(String);
    s.close();
    println!("3 {:?}", chan!(<-s));
    r#try("4 close of closed", async { c.close() }).await;
    r#try("4 close of nil", async { Chan::<i32>::nil().close() }).await;
}
