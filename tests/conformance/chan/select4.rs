//! Go's `test/chan/select4.go`: the left side of a receive is evaluated only if its case is chosen.

use go::prelude::*;

/// A place that must not be asked for.
fn f() -> &'static mut i32 {
    panic!("the case was not chosen");
}

#[go::test]
async fn select4() {
    struct Pair {
        a: i32,
        b: bool,
    }
    let mut x = Pair { a: 0, b: false };
    let (ready, never) = (chan!(i32, 2), chan!(i32));
    chan!(ready <- 64);
    select! {
    case *f() = <-never: unreachable!();
    case x.a = <-ready: assert_eq!(x.a, 64);
    }
    assert!(!x.b);
    chan!(ready <- 65);
    select! {
    case *f(), x.b = <-never: panic!("{}", x.b);
    case x.a, x.b = <-ready: assert!(x.a == 65 && x.b);
    }
}
