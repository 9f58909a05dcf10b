//! Atomic counters: fifty goroutines add to one.

use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::{Int32, Uint64};

golang! {
    pub(crate) fn main() {
        ops := Arc::new(Uint64::new(0));
        last := Arc::new(Int32::new(0));
        wg := sync::WaitGroup::new();
        for i := range 50 {
            wg.add(1);
            go {
                for range 200 {
                    ops.add(1);
                }
                last.compare_and_swap(0, i + 1);
                wg.done();
            }
        }
        wg.wait();
        println!("ops: {}", ops.load());
        println!("one was first: {}", last.load() != 0);
    }
}
