//! A queue with a condition variable: takers wait while it is empty.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use go::prelude::*;

struct Queue {
    cond: sync::Cond,
    items: Mutex<VecDeque<i32>>,
}

impl Queue {
    /// The items, which the lock of the condition guards: here that is said to Rust too.
    fn items(&self) -> MutexGuard<'_, VecDeque<i32>> {
        self.items.lock().expect("nobody panicked")
    }
}

golang! {
    fn new_queue() -> Arc<Queue> {
        Arc::new(Queue { cond: sync::Cond::new(sync::RawMutex::new()), items: Mutex::new(VecDeque::new()) })
    }

    impl Queue {
        fn put(&self, item: i32) {
            self.cond.l.lock();
            defer self.cond.l.unlock();
            self.items().push_back(item);
            self.cond.signal();
        }

        fn take(&self) -> i32 {
            self.cond.l.lock();
            defer self.cond.l.unlock();
            while self.items().is_empty() {
                self.cond.wait();
            }
            item := self.items().pop_front();
            item.expect("it is not empty")
        }
    }

    pub(crate) fn main() {
        q := new_queue();
        sums := chan!(i32);
        for range 3 {
            go {
                sum := 0;
                for range 4 {
                    sum += q.take();
                }
                sums <- sum;
            }
        }
        for i := range 12 {
            q.put(i);
        }
        total := 0;
        for range 3 {
            total += <-sums;
        }
        println!("total {total} left {}", q.items().len());
    }
}
