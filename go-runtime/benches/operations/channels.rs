//! Channels: a send and its receive, and whether the number of waiters makes them dearer.

use divan::Bencher;
use go::prelude::*;

use crate::{OPS, measure};

/// A send and its receive, between two goroutines.
#[divan::bench(args = [0, 1, 128])]
fn send_receive(bencher: Bencher<'_, '_>, cap: usize) {
    measure(bencher, OPS, || async move {
        let ch = chan!(usize, cap);
        go! {
            for i in 0..OPS {
                ch <- i;
            }
            ch.close();
        }
        while let Some(v) = ch.recv().await {
            divan::black_box(v);
        }
    });
}

/// There and back again.
#[divan::bench]
fn ping_pong(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let (there, back) = (chan!(usize), chan!(usize));
        go! {
            while let Some(v) = there.recv().await {
                back <- v;
            }
        }
        for i in 0..OPS {
            chan!(there <- i);
            divan::black_box(chan!(<-back));
        }
        there.close();
    });
}

/// A send and a receive that never wait.
#[divan::bench]
fn buffered_alone(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let ch = chan!(usize, 1);
        for i in 0..OPS {
            chan!(ch <- i);
            divan::black_box(chan!(<-ch));
        }
    });
}

/// Sends to a channel on which many wait: each wakes one, which waits again. So many sends that starting those that
/// wait does not count.
#[divan::bench(args = [1, 100, 10_000], sample_count = 20)]
fn send_to_waiters(bencher: Bencher<'_, '_>, waiters: usize) {
    measure(bencher, 100 * OPS, move || async move {
        let ch = chan!(usize);
        for _ in 0..waiters {
            go! {
                while let Some(v) = ch.recv().await {
                    divan::black_box(v);
                }
            }
        }
        for i in 0..100 * OPS {
            chan!(ch <- i);
        }
        ch.close();
    });
}

/// A channel made and dropped.
#[divan::bench(args = [0, 128])]
fn make(bencher: Bencher<'_, '_>, cap: usize) {
    measure(bencher, OPS, move || async move {
        for _ in 0..OPS {
            // A channel is made when it is first used.
            divan::black_box(chan!(usize, cap).len());
        }
    });
}
