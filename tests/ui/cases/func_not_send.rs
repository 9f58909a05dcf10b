//! A value that is not `Send` in a deferred block.
use go::prelude::*;
use std::rc::Rc;

#[go::func]
async fn serve() {
    let name = Rc::new(1);
    defer!(move name { println!("{name}"); });
}

fn main() {}
