//! A deferred block of an ordinary function that takes a variable by name.
use go::prelude::*;

fn main() {
    let n = 1;
    defer!(move n { println!("{n}"); });
}
