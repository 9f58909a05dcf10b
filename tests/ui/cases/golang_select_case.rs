//! Cases that are neither a send nor a receive.
use go::prelude::*;

golang! {
    fn one(ch: Chan<i32>) {
        select {
            case ch.len() > 0:
                println!("something");
        }
    }

    fn two(ch: Chan<i32>) {
        select {
            case v := ch.recv():
                println!("{v:?}");
        }
    }

    fn three(ch: Chan<i32>) {
        select {
            <-ch => {}
        }
    }
}

fn main() {}
