//! 04c in Go's own statements: the loop variable is fresh in every iteration.
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
        for w in work {
            go move w {
                LIMIT <- 1;
                w().await;
                <-LIMIT;
            }
        }
        time::sleep(200 * time::MILLISECOND);
        println!("go1.22+ loopvar: ran[0..5] = {} {} {} {} {} {}", ran[0].load(), ran[1].load(), ran[2].load(), ran[3].load(), ran[4].load(), ran[5].load());
    }
}
