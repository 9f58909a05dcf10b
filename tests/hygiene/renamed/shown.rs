//! Every macro that stands by itself, for the test that has their expansions shown.
#![deny(warnings)]

use golang::{chan, defer, go, golang, recover, select, Chan};

/// Whether they are shown. The macros cannot tell Cargo that they look at the variable; this does, so that Cargo compiles
/// the crate again when it is another one.
pub const SHOWN: Option<&str> = option_env!("GO_MACROS_DEBUG");

/// An ordinary function: each macro is expanded by itself.
pub async fn ordinary(ch: Chan<i32>) {
    defer!(ch.close());
    go! {
        let mut sum = 40;
        sum += 2;
        if sum > 41 { ch <- sum; }
        <-ch;
    }
    select! {
        case second := <-ch:
            let third = second + 1;
            assert_eq!(third, 43);
        default:
    }
}

/// A Go function: what stands in it is expanded with it.
#[golang::func]
pub async fn recovers(ch: Chan<i32>) {
    defer! { drop(recover!()); }
    go! { ch <- 1; }
    chan!(first := <-ch);
    assert_eq!(first, 1);
}

golang! {
    /// Has one of Go's statements.
    pub fn loops(ch: Chan<i32>) {
        for i := 0; i < 3; i++ { ch <- i; }
    }
}

/// A program.
#[golang::main]
pub async fn main() {
    ordinary(chan!(i32, 2)).await;
}

#[golang::test]
async fn test() {}
