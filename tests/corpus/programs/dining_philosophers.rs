//! The dining philosophers: each takes the lower fork first, so that nobody waits in a circle.

use std::sync::Arc;

use go::prelude::*;

golang! {
    #[derive(Default)]
    struct Fork {
        uses: i32,
    }

    type Shared = Arc<sync::Mutex<Fork>>;

    fn dine(first: Shared, second: Shared, meals: Sender<usize>, id: usize, wg: sync::WaitGroup) {
        defer wg.done();
        for range 20 {
            a := first.lock();
            b := second.lock();
            a.uses += 1;
            b.uses += 1;
            drop(b);
            drop(a);
            meals <- id;
        }
    }

    pub(crate) fn main() {
        forks := Vec::new();
        for range 5 {
            forks.push(Arc::new(sync::Mutex::new(Fork::default())));
        }
        meals := chan!(usize);
        wg := sync::WaitGroup::new();
        for i := range 5 {
            wg.add(1);
            go dine(forks[i.min((i + 1) % 5)], forks[i.max((i + 1) % 5)], meals, i, wg);
        }
        go {
            wg.wait();
            meals.close();
        }
        eaten := [0; 5];
        for id := range meals {
            eaten[id] += 1;
        }
        for i, n := range eaten {
            println!("philosopher {i} {n}");
        }
        for i, f := range forks {
            println!("fork {i} {}", f.lock().uses);
        }
    }
}
