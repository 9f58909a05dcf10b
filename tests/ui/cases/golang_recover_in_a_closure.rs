//! `recover` in a function inside the deferred block, where Go's is nil.
use go::prelude::*;

golang! {
    fn work() {
        defer {
            let show = || recover();
            drop(show());
            let later = async { recover() };
            drop(later.await);
        }
    }
}

fn main() {}
