//! A goroutine keeps what cannot go to another thread.
use go::prelude::*;

use std::rc::Rc;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    go! {
        let local = Rc::new(1);
        ch <- 1;
        println!("{local}");
    }
}
