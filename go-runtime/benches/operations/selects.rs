//! Selects: by the number of cases, waiting and not.

use divan::Bencher;
use go::prelude::*;
use go::select;

use crate::{OPS, measure};

/// Two cases, one of which another goroutine makes ready.
#[divan::bench(args = [0, 128])]
fn two(bencher: Bencher<'_, '_>, cap: usize) {
    measure(bencher, OPS, move || async move {
        let (ch, never) = (chan!(usize, cap), chan!(()));
        go! {
            for i in 0..OPS {
                ch <- i;
            }
        }
        for _ in 0..OPS {
            select! {
                case v := <-ch: divan::black_box(v)
                case <-never: unreachable!("nobody sends")
            };
        }
    });
}

/// One case that is not ready, and a default.
#[divan::bench]
fn default(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let ch = chan!(usize, 1);
        for _ in 0..OPS {
            select! {
                case <-ch: unreachable!("nobody sends")
                default:
            }
        }
    });
}

/// A select over that many channels, one of which another goroutine makes ready.
#[divan::bench(args = [2, 8, 64, 1_000])]
fn cases(bencher: Bencher<'_, '_>, cases: usize) {
    measure(bencher, OPS / 10, move || async move {
        let chans: Vec<_> = (0..cases).map(|_| chan!(usize)).collect();
        let last = chans[cases - 1].clone();
        go! {
            for i in 0..OPS / 10 {
                last <- i;
            }
        }
        let mut ops: Vec<_> = chans.iter().map(select::recv).collect();
        for _ in 0..OPS / 10 {
            let chosen = select::cases(&mut ops).await;
            divan::black_box(ops[chosen].received());
        }
    });
}
