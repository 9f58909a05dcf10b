//! `:=` with nothing new on its left.
use go::prelude::*;

golang! {
    fn work(ch: Chan<i32>) {
        v := <-ch;
        v := <-ch;
        v, ok := <-ch;
        v, ok := <-ch;
        println!("{v} {ok}");
    }
}

fn main() {}
