//! Without Rust's prelude.
#![no_implicit_prelude]

use ::go::{chan, defer, go, select};

#[::go::test]
async fn every_macro() {
    let ch = chan!(i32, 1);
    let gate = chan!(());
    for i in 0..2 {
        go! {
            defer!(ch.len());
            defer! { let _ = ch.cap(); }
            <-gate;
            ch <- i;
            ch <- <-ch + 1;
        }
        chan!(gate <- ());
        loop {
            select! {
                case v, ok := <-ch:
                    ::std::assert!(ok);
                    if v > i { break; }
                    continue;
                case <-::std::future::pending::<()>():
            }
            break;
        }
        if ch.is_empty() {
            continue;
        }
        chan!(v := <-ch);
        ::std::assert!(v >= i);
    }
}

#[::go::test(real_time, workers = 2)]
async fn options() -> ::std::result::Result<(), ::std::fmt::Error> {
    ::std::result::Result::Ok(())
}
