//! Closing a channel: the receiver learns that no more jobs come, and says so.

use go::prelude::*;

golang! {
    pub(crate) fn main() {
        jobs := chan!(i32, 5);
        done := chan!(bool);
        go {
            for {
                j, more := <-jobs;
                if more {
                    println!("job {j}");
                } else {
                    println!("no more jobs");
                    done <- true;
                    return;
                }
            }
        }
        for j in 1..=3 {
            jobs <- j;
        }
        jobs.close();
        <-done;
        j, ok := <-jobs;
        println!("after the end: {j} {ok}");
        defer {
            println!("recovered: {}", recover().expect("it panicked"));
        }
        jobs <- 4;
    }
}
