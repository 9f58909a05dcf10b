//! A variable that changes after a deferred block has taken its copy.
use go::prelude::*;

golang! {
    fn work(ch: Chan<i32>) {
        n := 0;
        defer { println!("{n}"); }
        for v := range ch { n += v; }
    }
}

fn main() {}
