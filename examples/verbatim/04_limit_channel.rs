//! 04 in Go's own statements: a buffered channel limits how many goroutines work at the same time.
use std::pin::Pin;
use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic;

golang! {
    type Func = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

    fn work() -> Vec<Func> {
        let mut ws: Vec<Func> = Vec::new();
        for i := range 6 {
            ws.push(Arc::new(move || Box::pin(async move {
                n := RUNNING.add(1);
                let mut m = MAX_RUNNING.load();
                for n > m && !MAX_RUNNING.compare_and_swap(m, n) { m = MAX_RUNNING.load(); }
                time::sleep(50 * time::MILLISECOND);
                RUNNING.add(-1);
                if DONE.add(1) == 6 {
                    println!("done {} max concurrency {}", 6, MAX_RUNNING.load());
                }
                _ = i;
            })));
        }
        return ws;
    }

    static RUNNING: atomic::Int32 = atomic::Int32::new(0);
    static MAX_RUNNING: atomic::Int32 = atomic::Int32::new(0);
    static DONE: atomic::Int32 = atomic::Int32::new(0);

    // a buffered channel limits the concurrency
    static LIMIT: Chan<i32> = chan!(i32, 3);

    fn main() {
        for _, w := range work() {
            go {
                LIMIT <- 1;
                w().await;
                <-LIMIT;
            }
        }
        select {}
    }
}
