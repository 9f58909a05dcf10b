//! Go's `runtime/race/testdata/waitgroup_test.go`: what a wait group orders. See `race_chan` for how this is tested.

use std::panic::{AssertUnwindSafe, catch_unwind};

use go::prelude::*;
use go::sync::WaitGroup;

use super::race_chan::{Plain, ROUNDS};

#[go::test(real_time, workers = 2)]
async fn TestNoRaceWaitGroup() {
    for i in 1..=ROUNDS {
        let (x, wg) = (Plain::default(), WaitGroup::new());
        wg.add(1);
        go! {
            x.set(i);
            wg.done();
        }
        wg.wait().await;
        assert_eq!(x.get(), i);
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceWaitGroup2() {
    // The counter goes up and down on the way.
    for i in 1..=ROUNDS {
        let (x, wg) = (Plain::default(), WaitGroup::new());
        wg.add(1);
        go! {
            wg.add(1);
            x.set(i);
            wg.add(-1);
            wg.done();
        }
        wg.wait().await;
        assert_eq!(x.get(), i);
    }
}

#[go::test(real_time, workers = 3)]
async fn TestNoRaceWaitGroupMultipleWait() {
    for i in 1..=ROUNDS {
        let (x, wg, done) = (Plain::default(), WaitGroup::new(), chan!(u32, 2));
        wg.add(2);
        for _ in 0..2 {
            go! {
                wg.wait().await;
                done <- x.get();
            }
        }
        go! { wg.done(); }
        x.set(i);
        wg.done();
        assert_eq!((chan!(<-done), chan!(<-done)), (i, i));
        wg.wait().await;
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceWaitGroupReuse() {
    let (x, wg) = (Plain::default(), WaitGroup::new());
    for i in 1..=ROUNDS {
        wg.add(1);
        go! {
            x.set(i);
            wg.done();
        }
        wg.wait().await;
        assert_eq!(x.get(), i);
        x.set(0);
    }
}

#[go::test(real_time, workers = 3)]
async fn TestNoRaceWaitGroupReuse2() {
    // Waited for by another goroutine as well before it is used again.
    let (x, wg) = (Plain::default(), WaitGroup::new());
    for i in 1..=ROUNDS {
        wg.add(1);
        let met = chan!(bool, 1);
        go! {
            x.set(i);
            wg.done();
        }
        go! {
            wg.wait().await;
            met <- x.get() == i;
        }
        wg.wait().await;
        assert_eq!(x.get(), i);
        assert!(chan!(<-met));
    }
}

#[go::test(real_time, workers = 3)]
async fn TestNoRaceWaitGroupTransitive() {
    for i in 1..=ROUNDS {
        let (x, y, wg) = (Plain::default(), Plain::default(), WaitGroup::new());
        wg.add(2);
        go! {
            x.set(i);
            wg.done();
        }
        go! {
            y.set(i + 1);
            wg.done();
        }
        wg.wait().await;
        assert_eq!((x.get(), y.get()), (i, i + 1));
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceWaitGroupPanicRecover() {
    for i in 1..=ROUNDS / 4 {
        let (x, wg) = (Plain::default(), WaitGroup::new());
        let panic = catch_unwind(AssertUnwindSafe(|| wg.done())).expect_err("a negative counter");
        assert!(panic.downcast_ref::<&str>().is_some_and(|text| text.contains("negative WaitGroup counter")));
        let wg = WaitGroup::new();
        wg.add(1);
        go! {
            x.set(i);
            wg.done();
        }
        wg.wait().await;
        assert_eq!(x.get(), i);
    }
}

#[go::test(real_time, workers = 4)]
async fn TestNoRaceWaitGroupConcurrentAdd() {
    for i in 1..=ROUNDS / 4 {
        let (wg, c) = (WaitGroup::new(), chan!(bool, 4));
        let data: Vec<Plain> = (0..4).map(|_| Plain::default()).collect();
        for x in &data {
            go! {
                wg.add(1);
                c <- true;
                x.set(i);
                wg.done();
            }
        }
        for _ in 0..4 {
            chan!(<-c);
        }
        wg.wait().await;
        assert!(data.iter().all(|x| x.get() == i));
    }
}
