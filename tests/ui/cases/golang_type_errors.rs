//! Type and borrow errors point at the user's tokens.
use go::prelude::*;

golang! {
    fn double(n: i32) -> i32 { n * 2 }

    fn work(ch: Chan<i32>) -> String {
        double("three");
        ch <- "four";
        x := double(2);
        let list = vec![1];
        drop(list);
        println!("{list:?}");
        x
    }
}

fn main() {}
