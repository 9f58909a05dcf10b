//! A counter behind a mutex: a map that many goroutines write.

use std::collections::HashMap;
use std::sync::Arc;

use go::prelude::*;

golang! {
    struct Container {
        counters: sync::Mutex<HashMap<&'static str, i32>>,
    }

    impl Container {
        fn inc(&self, name: &'static str) {
            counters := self.counters.lock();
            *counters.entry(name).or_default() += 1;
        }

        fn count(self: Arc<Self>, name: &'static str, n: i32, wg: sync::WaitGroup) {
            defer wg.done();
            for range n {
                self.inc(name);
            }
        }
    }

    pub(crate) fn main() {
        c := Arc::new(Container { counters: sync::Mutex::new(HashMap::from([("a", 0), ("b", 0)])) });
        wg := sync::WaitGroup::new();
        wg.add(3);
        go c.count("a", 1000, wg);
        go c.count("a", 1000, wg);
        go c.count("b", 1000, wg);
        wg.wait();
        counters := c.counters.lock();
        println!("a {} b {}", counters["a"], counters["b"]);
    }
}
