//! What Go writes otherwise: two results, a loop that assigns, a definition in the head of an `if`.
use go::prelude::*;

golang! {
    fn two(n: i32) -> (i32, i32) {
        if n > 3 {
            return n, 1;
        }
        return (n, 2);
    }

    fn assigns() {
        let mut i = 0;
        for i = range 3 {
            println!("{i}");
        }
    }

    fn defines(ch: Chan<i32>) {
        if v, ok := <-ch; ok {
            println!("{v}");
        }
    }

    fn ordinary(range: i32, list: &[i32]) -> impl Fn(i32, i32) -> i32 {
        for i := 3; i == range; { println!("{i} {list:?}"); }
        return |a, b| a + b;
    }
}

fn main() {}
