//! A closure that is not async waits.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 3);
    go! {
        let next = || <-ch;
        [1, 2].iter().for_each(|n| ch <- *n);
        fn helper(ch: &Chan<i32>) -> i32 {
            <-ch
        }
        println!("{} {}", next(), helper(&ch));
    }
}
