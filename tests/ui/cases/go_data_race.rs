//! Two goroutines change one plain variable: the race that the Go document warns of.
use go::prelude::*;

#[go::main]
async fn main() {
    let mut counter = 0;
    let wg = sync::WaitGroup::new();
    for _ in 0..2 {
        wg.add(1);
        go! {
            for _ in 0..10_000 {
                counter += 1;
            }
            wg.done();
        }
    }
    wg.wait().await;
    println!("{counter}");
}
