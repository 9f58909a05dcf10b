//! 04b: program 04 with the loop variable of Go before 1.22, which all iterations share: the goroutines call whatever
//! it holds by the time they run, so some of the work runs several times and some not at all. The output varies.
//!
//! A Rust loop has a fresh variable in every iteration (program 04c), and a variable that goroutines read while main
//! changes it is a data race, which does not compile. The port therefore shares the variable by its name: an atomic
//! that holds the place of the current element in `work`.
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic;

/// Go's `func()`. One that waits is called in two steps here: the call gives a future, `.await` waits for it.
type Func = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

static LIMIT: Chan<i32> = chan!(i32, 3);

#[go::main]
async fn main() {
    // Go's `mu` and `ran` in one: a mutex holds what it guards
    let ran = Arc::new(sync::Mutex::new(HashMap::<i32, i32>::new()));
    let mut work: Vec<Func> = Vec::new();
    for i in 0..6 {
        let ran = Arc::clone(&ran); // Go's `i := i` is not needed; what a closure keeps is cloned for it
        work.push(Arc::new(move || {
            let ran = Arc::clone(&ran); // each call of the closure makes a future, which keeps its own
            Box::pin(async move { *ran.lock().await.entry(i).or_default() += 1 })
        }));
    }
    let work = Arc::new(work); // the goroutines look into it
    let w = Arc::new(atomic::Int64::new(0)); // the one variable of the loop, see above
    for n in 0..work.len() {
        w.store(n as i64);
        go! {
            LIMIT <- 1;
            work[w.load() as usize]().await;
            <-LIMIT;
        }
    }
    time::sleep(200 * time::MILLISECOND).await;
    let ran = ran.lock().await;
    let ran = |i: i32| ran.get(&i).copied().unwrap_or_default(); // a missing key is 0, as in a Go map
    println!("go1.21 loopvar: ran[0..5] = {} {} {} {} {} {}", ran(0), ran(1), ran(2), ran(3), ran(4), ran(5));
}
