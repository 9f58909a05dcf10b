//! Goroutines: started, ended, and giving way.

use divan::Bencher;
use go::prelude::*;

use crate::{OPS, measure};

/// Started and waited for.
#[divan::bench]
fn spawn_join(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let wg = sync::WaitGroup::new();
        wg.add(OPS as i64);
        for _ in 0..OPS {
            go! { wg.done(); }
        }
        wg.wait().await;
    });
}

/// Giving way, alone and to others that do the same.
#[divan::bench(args = [1, 100])]
fn gosched(bencher: Bencher<'_, '_>, goroutines: usize) {
    measure(bencher, OPS, move || async move {
        let wg = sync::WaitGroup::new();
        for _ in 0..goroutines {
            wg.add(1);
            go! {
                for _ in 0..OPS / goroutines {
                    runtime::gosched().await;
                }
                wg.done();
            }
        }
        wg.wait().await;
    });
}
