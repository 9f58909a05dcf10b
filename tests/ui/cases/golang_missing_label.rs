//! `break` and `continue` to a label that does not exist.
use go::prelude::*;

golang! {
    fn work(ch: Chan<i32>) {
        for v := range ch {
            if v > 3 {
                break 'outer;
            }
            select {
            case <-ch:
                continue 'next;
            }
        }
    }
}

fn main() {}
