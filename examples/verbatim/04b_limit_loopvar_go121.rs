//! 04b in Go's own statements: the loop variable of Go before 1.22 is one for all rounds, so it is one here.
use std::sync::Arc;

use go::Func;
use go::prelude::*;
use go::sync::atomic;

golang! {
    static LIMIT: Chan<i32> = chan!(i32, 3);

    fn main() {
        static MU: sync::RawMutex = sync::RawMutex::new();
        let ran: Arc<[atomic::Int32; 6]> = Arc::default();
        work := Vec::<Func>::new();
        for i := 0; i < 6; i++ {
            let (i, ran) = (i, ran.clone()); // what a closure keeps is cloned for it
            work.push(go::func(move || { let ran = ran.clone(); async move { MU.lock(); ran[i].add(1); MU.unlock(); } }));
        }
        static W: atomic::Pointer<Func> = atomic::Pointer::new(); // what Go declares once, in the loop's head …
        for _, w := range work {
            W.store(Some(Arc::new(w))); // … and assigns there in each round
            go {
                LIMIT <- 1;
                W.load().expect("the first round has set it")().await;
                <-LIMIT;
            }
        }
        time::sleep(200 * time::MILLISECOND);
        println!("go1.21 loopvar: ran[0..5] = {} {} {} {} {} {}", ran[0].load(), ran[1].load(), ran[2].load(), ran[3].load(), ran[4].load(), ran[5].load());
    }
}
