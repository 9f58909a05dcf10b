//! What a Go function costs to call: `PROGRAM KIND CALLS` calls one so often. `scripts/functions.py` counts the
//! instructions of a call.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Waker};

use go::prelude::*;

/// An ordinary function.
#[inline(never)]
async fn plain(n: u64) -> u64 {
    black_box(n) + 1
}

/// A Go function that defers nothing.
#[go::func]
#[inline(never)]
async fn without(n: u64) -> u64 {
    black_box(n) + 1
}

golang! {
    /// A function of the dialect that defers nothing.
    #[inline(never)]
    fn dialect(n: u64) -> u64 {
        black_box(n) + 1
    }
}

/// What is deferred.
fn note(n: u64) {
    black_box(n);
}

/// A Go function that defers a call.
#[go::func]
#[inline(never)]
async fn call(n: u64) -> u64 {
    defer!(note(n));
    black_box(n) + 1
}

/// A Go function that defers a block, which would recover.
#[go::func]
#[inline(never)]
async fn block(n: u64) -> u64 {
    defer! {
        if recover!().is_some() {
            note(n);
        }
    }
    black_box(n) + 1
}

/// Runs what does not wait.
fn run(work: impl Future<Output = u64>) {
    let polled = pin!(work).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_ready(), "nothing here waits");
}

/// Calls a function `calls` times.
macro_rules! calls {
    ($function:ident, $calls:ident) => {
        run(async {
            let mut sum = 0;
            for _ in 0..$calls {
                sum = $function(sum).await;
            }
            sum
        })
    };
}

fn main() {
    let mut args = std::env::args().skip(1);
    let (Some(kind), Some(calls)) = (args.next(), args.next().and_then(|calls| calls.parse::<u64>().ok())) else {
        // `cargo bench` without arguments: only whether they run.
        let calls = 10;
        calls!(plain, calls);
        calls!(without, calls);
        calls!(dialect, calls);
        calls!(call, calls);
        return calls!(block, calls);
    };
    match kind.as_str() {
        "plain" => calls!(plain, calls),
        "without" => calls!(without, calls),
        "dialect" => calls!(dialect, calls),
        "call" => calls!(call, calls),
        "block" => calls!(block, calls),
        other => panic!("there is no function `{other}`"),
    }
}
