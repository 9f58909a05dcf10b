//! 04b in Go's own statements: the loop variable of Go before 1.22, shared by its name as an atomic.
use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic;

golang! {
    static LIMIT: Chan<i32> = chan!(i32, 3);

    fn main() {
        let mu = sync::RawMutex::new();
        let ran: Arc<[atomic::Int32; 6]> = Arc::default();
        let mut work = Vec::new();
        for i := range 6 {
            let (i, mu, ran) = (i, mu.clone(), ran.clone()); // what a closure keeps is cloned for it
            work.push(async move || { mu.lock(); ran[i].add(1); mu.unlock(); });
        }
        let (work, at) = (Arc::new(work), Arc::new(atomic::Int64::new(0))); // the one variable of the loop
        for w in 0..6 {
            at.store(w);
            go {
                LIMIT <- 1;
                work[at.load() as usize]().await;
                <-LIMIT;
            }
        }
        time::sleep(200 * time::MILLISECOND);
        println!("go1.21 loopvar: ran[0..5] = {} {} {} {} {} {}", ran[0].load(), ran[1].load(), ran[2].load(), ran[3].load(), ran[4].load(), ran[5].load());
    }
}
