//! Go's operators in every place where an expression or a statement can stand.

use go::{Chan, chan, go, select};

#[go::test]
async fn a_receive_binds_as_a_unary_operator() {
    let ch = chan!(i32, 4);
    let a = chan!(i32, 4);
    chan!(a <- 2);
    chan!(a <- 3);
    go! {
        ch <- <-a + <-a;
        ch <- -(1 + 1);
        close(&ch);
    }
    chan!(v := <-ch);
    assert_eq!(v, 5);
    assert_eq!(-chan!(<-ch), 2);
}

/// Go's `close`.
fn close<T>(ch: &Chan<T>) {
    ch.close();
}

#[go::test]
async fn a_select_has_a_value() {
    let ch = chan!(i32, 1);
    let x = select! {
        case v := <-ch: v
        default: 7
    };
    assert_eq!(x, 7);
}
