//! The locks and counters of `sync`, when nobody else wants them and when others do.

use std::sync::Arc;

use divan::Bencher;
use go::prelude::*;

use crate::{OPS, measure};

/// A mutex that is free.
#[divan::bench]
fn mutex(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let x = sync::Mutex::new(0_usize);
        for _ in 0..OPS {
            *x.lock().await += 1;
        }
    });
}

/// A mutex that is held across a yield, so that the next one has to wait.
#[divan::bench]
fn mutex_waiting(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let x = Arc::new(sync::Mutex::new(0_usize));
        let wg = sync::WaitGroup::new();
        for _ in 0..4 {
            wg.add(1);
            go! {
                for _ in 0..OPS / 4 {
                    let mut x = x.lock().await;
                    *x += 1;
                    runtime::gosched().await;
                }
                wg.done();
            }
        }
        wg.wait().await;
    });
}

/// A read lock that is free.
#[divan::bench]
fn read_lock(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let x = sync::RwMutex::new(0_usize);
        for _ in 0..OPS {
            divan::black_box(*x.rlock().await);
        }
    });
}

/// A wait group that has nothing to wait for.
#[divan::bench]
fn wait_group(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let wg = sync::WaitGroup::new();
        for _ in 0..OPS {
            wg.add(1);
            wg.done();
            wg.wait().await;
        }
    });
}

/// A function that has run already.
#[divan::bench]
fn once(bencher: Bencher<'_, '_>) {
    measure(bencher, OPS, || async {
        let once = sync::Once::new();
        for _ in 0..OPS {
            divan::black_box(&once).call(|| ()).await;
        }
    });
}
