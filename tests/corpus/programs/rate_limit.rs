//! Rate limiting: a ticker spaces requests out; a bursty limiter lets the first few through at once.

use go::prelude::*;

golang! {
    pub(crate) fn main() {
        requests := chan!(i32, 4);
        for i := range 4 {
            requests <- i;
        }
        requests.close();
        limiter := time::tick(20 * time::MILLISECOND);
        start := time::now();
        for r := range requests {
            <-limiter;
            println!("request {r}");
        }
        println!("spaced out: {}", time::since(start) >= 75 * time::MILLISECOND);

        bursty := chan!(time::Time, 3);
        for range 3 {
            bursty <- time::now();
        }
        go {
            for t := range time::tick(50 * time::MILLISECOND) {
                bursty <- t;
            }
        }
        more := chan!(i32, 5);
        for i := range 5 {
            more <- i;
        }
        more.close();
        start = time::now();
        for r := range more {
            <-bursty;
            println!("bursty request {r}");
            if r == 3 {
                println!("the fourth waited: {}", time::since(start) >= 45 * time::MILLISECOND);
            }
        }
        println!("so did the fifth: {}", time::since(start) >= 95 * time::MILLISECOND);
    }
}
