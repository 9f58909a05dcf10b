//! Expansions trip no lint, not even those that are off by default.
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(missing_debug_implementations, elided_lifetimes_in_paths, let_underscore_drop, single_use_lifetimes)]

use std::sync::Arc;

use go::{Chan, chan, defer, go, select};

/// Not `Copy`.
#[derive(Default)]
struct Value(i32);

/// Starts one goroutine of each kind; its own lints are the point.
async fn every_macro(ch: Chan<Value>, out: Chan<i32>) -> Result<i32, String> {
    let shared = Arc::new(1);
    defer!(out.len());
    defer! { println!("{shared}"); }
    go! {
        ch <- Value(*shared);
        v, ok := <-ch;
        assert!(ok);
        out <- v.0;
        <-ch;
        _ = <-out;
    }
    go!(run(ch, 1));
    go!(run_at_once(1));
    go!(println!("{shared}"));
    let mut last = 0;
    for n in 0..3 {
        select! {
            case v := <-ch:
                last = v.0 + n;
                if last == 0 { continue; }
                if last == 1 { break; }
            case last = <-out:
            case out <- last + 1: {}
            case _ = <-ch:
            case <-go::time::sleep(go::time::SECOND):
                return Err("late".to_owned());
            default:
        }
    }
    let value = select! { case v := <-out => v, default => 0 };
    chan!(v := <-ch);
    chan!(ch <- Value(v.0));
    Ok(value + chan!(<-out))
}

async fn run(ch: Chan<Value>, n: i32) {
    chan!(ch <- Value(n));
}

const fn run_at_once(_n: i32) -> i32 {
    3
}

#[go::test(allow_leaks)]
async fn they_are_clean() {
    let (ch, out) = (chan!(Value, 9), chan!(i32, 9));
    chan!(out <- 5);
    chan!(ch <- Value(1));
    assert!(every_macro(ch, out).await.is_ok());
}
