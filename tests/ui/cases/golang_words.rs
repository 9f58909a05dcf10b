//! The help names the dialect's statements, not the macros.
use go::prelude::*;

golang! {
    fn one() {
        go { recover(); }
    }

    fn two() {
        x := defer close();
    }

    fn three(name: String) {
        go { println!("{name}"); }
        println!("{name}");
    }

    fn close() {}
}

fn main() {}
