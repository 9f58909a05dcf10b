//! Bounded parallelism: at most three goroutines work at a time; a buffered channel is the bound.

use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::Int32;

golang! {
    struct Stats {
        most: i32,
        lengths: Vec<usize>,
    }

    pub(crate) fn main() {
        limit := chan!((), 3);
        running := Arc::new(Int32::new(0));
        wg := sync::WaitGroup::new();
        stats := Arc::new(sync::Mutex::new(Stats { most: 0, lengths: vec![0; 8] }));
        for i, word := range ["a", "bc", "def", "ghij", "klm", "no", "p", "qrstu"] {
            wg.add(1);
            limit <- ();
            go {
                defer wg.done();
                defer { <-limit; }
                now := running.add(1);
                time::sleep(5 * time::MILLISECOND);
                s := stats.lock();
                s.most = s.most.max(now);
                s.lengths[i] = word.len();
                drop(s);
                running.add(-1);
            }
        }
        wg.wait();
        s := stats.lock();
        for i, n := range s.lengths {
            println!("word {i} has {n}");
        }
        println!("within the bound: {} running: {}", s.most <= 3, running.load());
    }
}
