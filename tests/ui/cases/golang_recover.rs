//! `recover` in wrong places.
use go::prelude::*;

golang! {
    fn work() {
        defer recover();
        defer {
            let show = || recover();
            drop(show());
        }
    }

    fn main() {
        recover();
    }
}
