//! 02 in Go's own statements: a wait group counts tasks.
use go::prelude::*;

golang! {
    fn main() {
        let wg = sync::WaitGroup::new();
        num := 3;
        wg.add(num); // adds num tasks
        for i := range num {
            go {
                _ = i;
                wg.done(); // says that one task is done
            }
        }
        wg.wait(); // waits for the tasks
        println!("all {num} done");
    }
}
