//! A name that is taken for a waiting call and is none.
use go::prelude::*;

fn plain() -> i32 {
    3
}

mod other {
    pub(super) fn take() -> i32 {
        4
    }
}

golang! {
    import other::take;

    fn work() -> i32 {
        let double = |n: i32| n * 2;
        double(take())
    }

    fn double(n: i32) -> i32 {
        n * plain()
    }
}

fn main() {}
