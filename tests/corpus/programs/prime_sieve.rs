//! The prime sieve: a chain of goroutines, each one filters the multiples of its prime.

use go::prelude::*;

golang! {
    fn generate(ch: Sender<i32>) {
        for i in 2.. {
            ch <- i;
        }
    }

    fn filter(input: Receiver<i32>, out: Sender<i32>, prime: i32) {
        for {
            i := <-input;
            if i % prime != 0 {
                out <- i;
            }
        }
    }

    pub(crate) fn main() {
        ch := chan!(i32);
        go generate(ch);
        for range 25 {
            prime := <-ch;
            println!("{prime}");
            next := chan!(i32);
            go filter(ch, next, prime);
            ch = next;
        }
    }
}
