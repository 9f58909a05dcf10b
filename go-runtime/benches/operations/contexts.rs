//! Contexts: made, cancelled, asked, and trees of them.

use divan::Bencher;
use go::prelude::*;

use crate::{OPS, measure};

/// Made and cancelled.
#[divan::bench]
fn with_cancel(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let background = context::background();
        for _ in 0..OPS {
            let (_ctx, cancel) = context::with_cancel(&background);
            cancel();
        }
    });
}

/// Made with a timeout and cancelled.
#[divan::bench]
fn with_timeout(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let background = context::background();
        for _ in 0..OPS {
            let (_ctx, cancel) = context::with_timeout(&background, time::MINUTE);
            cancel();
        }
    });
}

/// Children of one context, made and cancelled with it.
#[divan::bench(args = [10, 1_000, 100_000])]
fn tree(bencher: Bencher<'_, '_>, children: usize) {
    measure(bencher, children, move || async move {
        let (parent, cancel) = context::with_cancel(&context::background());
        let children: Vec<_> = (0..children).map(|_| context::with_cancel(&parent).0).collect();
        cancel();
        divan::black_box(children);
    });
}

/// A look at a context that has not ended.
#[divan::bench]
fn err(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let (ctx, cancel) = context::with_cancel(&context::background());
        for _ in 0..OPS {
            divan::black_box(ctx.err());
        }
        cancel();
    });
}
