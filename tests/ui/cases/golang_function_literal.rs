//! Go's function literals.
use go::prelude::*;

golang! {
    fn work() {
        go func() {
            println!("hello");
        }();
        defer func() {
            println!("bye");
        }();
    }
}

fn main() {}
