//! `sync/*_test.go`: wait groups, locks, conditions, once, maps, pools.

use std::panic::{AssertUnwindSafe, catch_unwind};

mod cond;
mod locks;
mod map;
mod once;
mod wait_group;

/// The text that `f` panics with.
fn panic_text(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("it should panic");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast_ref::<&'static str>().expect("a text")).to_owned(),
    }
}

/// Awaits `future`; the text that it panics with.
async fn go_catch<F: Future>(future: F) -> Option<String> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(polled) => polled.map(|_| None),
        Err(payload) => std::task::Poll::Ready(Some(panic_text(|| std::panic::resume_unwind(payload)))),
    })
    .await
}
