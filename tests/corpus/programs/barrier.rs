//! A barrier: nobody begins the next round before all have ended this one.

use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::Int32;

golang! {
    struct Barrier {
        cond: sync::Cond,
        size: i32,
        waiting: Int32,
        round: Int32,
    }

    fn new_barrier(size: i32) -> Arc<Barrier> {
        Arc::new(
            Barrier { cond: sync::Cond::new(sync::RawMutex::new()), size, waiting: Int32::new(0), round: Int32::new(0) }
        )
    }

    impl Barrier {
        fn pass(&self) {
            self.cond.l.lock();
            defer self.cond.l.unlock();
            round := self.round.load();
            self.waiting.add(1);
            if self.waiting.load() == self.size {
                self.waiting.store(0);
                self.round.add(1);
                self.cond.broadcast();
                return;
            }
            while round == self.round.load() {
                self.cond.wait();
            }
        }
    }

    pub(crate) fn main() {
        const WORKERS: i32 = 5;
        const ROUNDS: i32 = 4;
        b := new_barrier(WORKERS);
        log := chan!(i32, (WORKERS * ROUNDS) as usize);
        wg := sync::WaitGroup::new();
        for range WORKERS {
            wg.add(1);
            go {
                defer wg.done();
                for round := range ROUNDS {
                    log <- round;
                    b.pass();
                }
            }
        }
        wg.wait();
        log.close();
        for round := range log {
            print!("{round} ");
        }
        println!();
    }
}
