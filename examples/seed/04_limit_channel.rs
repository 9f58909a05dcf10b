//! 04: a buffered channel limits how many goroutines work at the same time. Main then waits for ever, so the end is Go's
//! deadlock report and exit code 2.
use std::pin::Pin;
use std::sync::{Arc, LazyLock};

use go::prelude::*;
use go::sync::atomic;

/// Go's `func()`. One that waits is called in two steps here: the call gives a future, `.await` waits for it.
type Func = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

// Go runs the initialisers of package variables before main; a `LazyLock` runs its own at the first use.
static WORK: LazyLock<Vec<Func>> = LazyLock::new(|| {
    let mut ws: Vec<Func> = Vec::new();
    for i in 0..6 {
        ws.push(Arc::new(move || {
            Box::pin(async move {
                let n = RUNNING.add(1);
                let mut m = MAX_RUNNING.load(); // Rust has no three-part `for`
                while n > m && !MAX_RUNNING.compare_and_swap(m, n) {
                    m = MAX_RUNNING.load();
                }
                time::sleep(50 * time::MILLISECOND).await;
                RUNNING.add(-1);
                if DONE.add(1) == 6 {
                    println!("done {} max concurrency {}", 6, MAX_RUNNING.load());
                }
                _ = i;
            })
        }));
    }
    ws
});

// one `static` for each name
static RUNNING: atomic::Int32 = atomic::Int32::new(0);
static MAX_RUNNING: atomic::Int32 = atomic::Int32::new(0);
static DONE: atomic::Int32 = atomic::Int32::new(0);

// a buffered channel limits the concurrency
static LIMIT: Chan<i32> = chan!(i32, 3);

#[go::main]
async fn main() {
    for w in WORK.iter() {
        go! {
            LIMIT <- 1;
            w().await;
            <-LIMIT;
        }
    }
    select! {}
}
