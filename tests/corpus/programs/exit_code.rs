//! A pipeline that finds a mistake: the program says so and ends with a code, whatever else still runs.

use go::os;
use go::prelude::*;

golang! {
    fn check(numbers: Receiver<i32>, bad: Sender<i32>) {
        for n := range numbers {
            if n == 13 {
                bad <- n;
            }
        }
    }

    pub(crate) fn main() {
        numbers := chan!(i32);
        bad := chan!(i32);
        go check(numbers, bad);
        n := 0;
        for {
            select {
                case numbers <- n:
                    n += 1;
                case b := <-bad:
                    println!("found {b}");
                    os::exit(3);
            }
        }
    }
}
