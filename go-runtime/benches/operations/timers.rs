//! Timers that do not fire: made and stopped.

use divan::Bencher;
use go::prelude::*;

use crate::{OPS, measure};

/// A timer made and stopped while others wait.
#[divan::bench(args = [0, 10_000])]
fn stop(bencher: Bencher<'_, '_>, others: usize) {
    measure(bencher, OPS, move || async move {
        let others: Vec<_> = (0..others).map(|_| time::Timer::new(time::HOUR)).collect();
        for _ in 0..OPS {
            time::Timer::new(time::MINUTE).stop();
        }
        for timer in others {
            timer.stop();
        }
    });
}

/// The time.
#[divan::bench]
fn now(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        for _ in 0..OPS {
            divan::black_box(time::now());
        }
    });
}
