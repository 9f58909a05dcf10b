//! A daisy chain: a thousand goroutines pass a number on, each adds one.

use go::prelude::*;

golang! {
    fn pass(left: Sender<i32>, right: Receiver<i32>) {
        left <- 1 + <-right;
    }

    pub(crate) fn main() {
        const N: i32 = 1000;
        leftmost := chan!(i32);
        right := leftmost.clone();
        left := leftmost.clone();
        for range N {
            right = chan!(i32);
            go pass(left, right);
            left = right.clone();
        }
        go { right <- 1; }
        println!("{}", <-leftmost);
    }
}
