//! 04b in Go's own statements: the loop variable of Go before 1.22, one for all rounds.
use std::sync::{Arc, Mutex};

use go::Func;
use go::prelude::*;
use go::sync::atomic;

/// The loop variable as it was: what each round gets calls what the variable holds by then.
fn one_variable(list: Vec<Func>) -> impl Iterator<Item = Func> + Send {
    let variable: Arc<Mutex<Option<Func>>> = Arc::default();
    list.into_iter().map(move |w| {
        *variable.lock().expect("nobody panics") = Some(w);
        let variable = Arc::clone(&variable);
        go::func(move || {
            let w = variable.lock().expect("nobody panics").clone();
            async move { w.expect("the first round has set it")().await }
        })
    })
}

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
        for w in one_variable(work) {
            go {
                LIMIT <- 1;
                w().await;
                <-LIMIT;
            }
        }
        time::sleep(200 * time::MILLISECOND);
        println!("go1.21 loopvar: ran[0..5] = {} {} {} {} {} {}", ran[0].load(), ran[1].load(), ran[2].load(), ran[3].load(), ran[4].load(), ran[5].load());
    }
}
