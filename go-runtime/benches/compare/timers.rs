//! Timers: many sleepers at once, and a timeout for every receive.

use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::Int64;

use crate::selects::produce;
use crate::suite::{Clock, n, report};

/// A hundred thousand goroutines that sleep from 1 to 100 ms, and how much too long.
pub(crate) async fn sleepers() {
    let count = n(100_000);
    let wg = sync::WaitGroup::new();
    let (late, worst) = (Arc::new(Int64::new(0)), Arc::new(Int64::new(0)));
    let clock = Clock::start();
    wg.add(count as i64);
    for i in 0..count {
        let d = (i % 100 + 1) as u32 * time::MILLISECOND;
        go! {
            let t = time::now();
            time::sleep(d).await;
            let l = time::since(t).as_nanos() as i64 - d.as_nanos() as i64;
            late.add(l);
            loop {
                let w = worst.load();
                if l <= w || worst.compare_and_swap(w, l) {
                    break;
                }
            }
            wg.done();
        }
    }
    wg.wait().await;
    let extra = format!(
        "wall_ms={:.1} cpu_ms={:.1} late_us={:.1} late_max_us={:.1}",
        clock.wall().as_secs_f64() * 1e3,
        clock.cpu().as_secs_f64() * 1e3,
        late.load() as f64 / count as f64 / 1e3,
        worst.load() as f64 / 1e3,
    );
    report("timers", clock, count, &extra);
}

/// A stream with a timeout for each of its values.
pub(crate) async fn after() {
    let total = n(1_000_000);
    let ch = chan!(u64, 128);
    let clock = Clock::start();
    go!(produce(ch.sender(), total));
    let mut got = 0;
    'stream: loop {
        select! {
        case v, ok := <-ch:
            if !ok {
                break 'stream;
            }
            got += v;
        case <-time::after(time::SECOND):
            panic!("timeout");
        }
    }
    report("time_after", clock, total, &format!("lost={}", total as u64 - got));
}
