//! A goroutine that takes a value which is no handle.
use go::prelude::*;

golang! {
    fn work(names: Vec<String>) {
        go {
            println!("{names:?}");
        }
        go print(names);
    }

    fn print(names: Vec<String>) {
        println!("{names:?}");
    }
}

fn main() {}
