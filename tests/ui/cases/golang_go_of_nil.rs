//! A goroutine of a function that may be nil: there is none.
use go::Func;
use go::prelude::*;

golang! {
    fn main() {
        let nil: Option<Func> = None;
        go nil();
        defer nil();
    }
}
