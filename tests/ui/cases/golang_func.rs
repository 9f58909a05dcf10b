//! `func` for `fn`.
use go::prelude::*;

golang! {
    func work(x: i32) {
        println!("{x}");
    }

    fn main() {
        println!("main");
    }
}
