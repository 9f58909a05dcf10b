//! 04 in Go's own statements: a buffered channel limits how many goroutines work at the same time.
use go::Func;
use go::prelude::*;
use go::sync::atomic;

golang! {
    fn work() -> Vec<Func> {
        ws := Vec::<Func>::new();
        for i := range 6 {
            ws.push(go::func(move || async move {
                n := RUNNING.add(1);
                for m := MAX_RUNNING.load(); n > m && !MAX_RUNNING.compare_and_swap(m, n); m = MAX_RUNNING.load() {
                }
                time::sleep(50 * time::MILLISECOND);
                RUNNING.add(-1);
                if DONE.add(1) == 6 {
                    println!("done {} max concurrency {}", 6, MAX_RUNNING.load());
                }
                _ = i;
            }));
        }
        return ws;
    }

    static RUNNING, MAX_RUNNING, DONE: atomic::Int32 = atomic::Int32::new(0);

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
