//! A text that is made by waiting.
use std::fmt;

use go::prelude::*;

golang! {
    struct Yielding;

    impl fmt::Display for Yielding {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            runtime::gosched();
            f.write_str("after a turn")
        }
    }

    fn main() {
        go::PanicValue::shown(Yielding).throw();
    }
}
