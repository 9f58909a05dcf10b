//! 04c: program 04 with the loop variable of Go 1.22 and later, which is fresh in every iteration, as it is in Rust.
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;

use go::prelude::*;

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
    for w in work {
        go! {
            LIMIT <- 1;
            w().await;
            <-LIMIT;
        }
    }
    time::sleep(200 * time::MILLISECOND).await;
    let ran = ran.lock().await;
    let ran = |i: i32| ran.get(&i).copied().unwrap_or_default(); // a missing key is 0, as in a Go map
    println!("go1.22+ loopvar: ran[0..5] = {} {} {} {} {} {}", ran(0), ran(1), ran(2), ran(3), ran(4), ran(5));
}
