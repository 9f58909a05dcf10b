//! Go's `test/chan/select2.go`: a case that is never ready keeps no record of the selects that lost it.
//!
//! Go's test looks at the memory in use; here the allocator counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use go::prelude::*;

thread_local! {
    /// The bytes that this thread has taken and not given back.
    static IN_USE: Cell<isize> = const { Cell::new(0) };
}

/// Counts `bytes` more.
fn count(bytes: isize) {
    // A thread that is being torn down counts no more.
    let _ = IN_USE.try_with(|in_use| in_use.set(in_use.get() + bytes));
}

/// The system's allocator, counting.
struct Counting;

// SAFETY: every call is passed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Sends as often as it is told to.
async fn sender(ch: Sender<i32>, n: i32) {
    for i in 0..n {
        chan!(ch <- i);
    }
}

/// Receives as often, beside a channel on which nothing ever comes.
async fn receiver(ch: Receiver<i32>, never: Receiver<i32>, n: i32) {
    for _ in 0..n {
        select! {
        case <-ch:
        case <-never: panic!("nobody sends there");
        }
    }
}

/// A round of `n` values.
async fn round(ch: &Chan<i32>, never: &Chan<i32>, n: i32) {
    go!(sender(ch.sender(), n));
    receiver(ch.receiver(), never.receiver(), n).await;
}

#[go::test]
async fn select2() {
    let (ch, never) = (chan!(i32), chan!(i32));
    round(&ch, &never, 100).await;
    let before = IN_USE.get();
    round(&ch, &never, 80_000).await;
    // One record a select would be megabytes. The test's goroutines all run on this thread.
    let grown = IN_USE.get() - before;
    assert!(grown < 100_000, "{grown} bytes more are in use");
}
