//! The forgotten close: the reader waits for ever, and the program ends with a report.

use go::prelude::*;

golang! {
    fn produce(out: Sender<i32>) {
        for i := range 3 {
            out <- i;
        }
    }

    pub(crate) fn main() {
        out := chan!(i32);
        go produce(out);
        for v := range out {
            println!("{v}");
        }
        println!("never reached");
    }
}
