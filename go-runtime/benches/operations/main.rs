//! What single operations cost, for daily use: `cargo bench -p go-runtime --bench operations [FILTER]`.
//!
//! Everything runs on one thread, so that no measurement contains the wake of another one, and in batches of [`OPS`]:
//! the times are a batch's, the throughput is the operations'. How workers share work is the comparison's matter
//! (`benches/compare`).

mod channels;
mod contexts;
mod goroutines;
mod selects;
mod syncs;
mod timers;

use std::future::Future;

use divan::Bencher;
use divan::counter::ItemsCount;
use go::prelude::*;

/// The operations of one batch.
const OPS: usize = 1_000;

/// Measures a batch of `ops` operations, which a goroutine runs.
fn measure<F>(bencher: Bencher<'_, '_>, ops: usize, batch: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    bencher.counter(ItemsCount::new(ops)).bench_local(|| {
        runtime.block_on(async {
            let wg = sync::WaitGroup::new();
            wg.go(batch());
            wg.wait().await;
        });
    });
}

fn main() {
    divan::main();
}
