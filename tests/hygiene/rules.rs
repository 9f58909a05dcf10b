//! The macros inside `macro_rules!` macros: the names of either side stay apart.

use go::{Chan, chan, go, select};

macro_rules! receive_twice {
    ($ch:expr) => {{
        let ch = $ch;
        chan!(first := <-ch);
        chan!(second, ok := <-ch);
        assert!(ok);
        (first, second)
    }};
}

macro_rules! produce {
    ($ch:ident, $($value:expr),*) => {
        go! { $($ch <- $value;)* }
    };
}

macro_rules! either {
    ($a:expr, $b:expr, $v:ident => $body:expr) => {
        select! {
            case $v := <-$a: $body
            case $v := <-$b: $body
        }
    };
}

#[go::test]
async fn names_stay_apart() {
    let source = chan!(i32);
    let first = 10;
    produce!(source, first, 1 + 1, first + 3);
    let ch: &Chan<i32> = &source;
    assert_eq!(receive_twice!(ch), (10, 2));
    assert_eq!(first, 10);
    let none = Chan::<i32>::nil();
    assert_eq!(either!(source, none, v => v + first), 23);
}

macro_rules! negative {
    ($x:expr) => {
        $x < -1
    };
}

#[go::test]
async fn operators_of_others() {
    let ch = chan!(bool, 2);
    go! {
        ch <- negative!(-2);
        ch <- negative!(<-ch as i32 - 5);
    }
    let mut seen = Vec::new();
    seen.push(chan!(<-ch));
    assert_eq!(seen, [true]);
    // For the goroutine's receive.
    chan!(ch <- true);
}
