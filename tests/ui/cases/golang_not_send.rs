//! A value that is not `Send`, held while a goroutine waits.
use go::prelude::*;
use std::rc::Rc;

golang! {
    fn work() {
        let name = Rc::new(1);
        time::sleep(time::SECOND);
        println!("{name}");
    }

    fn start() {
        go work();
    }
}

fn main() {}
