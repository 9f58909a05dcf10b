//! 02: a wait group counts tasks: add, done, wait.
use go::prelude::*;

#[go::main]
async fn main() {
    let wg = sync::WaitGroup::new();
    let num = 3;
    wg.add(num); // adds num tasks
    for i in 0..num {
        go! {
            _ = i;
            wg.done(); // says that one task is done
        }
    }
    wg.wait().await; // waits for the tasks
    println!("all {num} done");
}
