//! Go's `runtime/race/testdata/select_test.go`: what a select orders. See `race_chan` for how this is tested.

use go::prelude::*;

use super::race_chan::{Plain, ROUNDS};

#[go::test(real_time, workers = 2)]
async fn TestNoRaceSelect1() {
    for i in 1..=ROUNDS {
        let (x, compl, c) = (Plain::default(), chan!(bool), chan!(bool));
        go! {
            x.set(i);
            // Only one of the two can go on.
            select! {
            case c <- true:
            case <-compl: unreachable!();
            }
        }
        chan!(<-c);
        assert_eq!(x.get(), i);
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceSelect2() {
    for i in 1..=ROUNDS {
        let (x, compl, c, c1) = (Plain::default(), chan!(bool), chan!(bool), chan!(bool));
        go! {
            select! {
            case <-c:
            case <-c1: unreachable!();
            }
            x.set(i);
            compl <- true;
        }
        x.set(0);
        c.close();
        chan!(<-compl);
        assert_eq!(x.get(), i);
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceSelect3() {
    for i in 1..=ROUNDS {
        let (x, compl, c) = (Plain::default(), chan!(bool), chan!(bool, 10));
        let c1 = chan!(bool);
        go! {
            x.set(i);
            select! {
            case c <- true:
            case <-c1: unreachable!();
            }
            compl <- true;
        }
        chan!(<-c);
        assert_eq!(x.get(), i);
        chan!(<-compl);
    }
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceSelect4() {
    /// Work for a goroutine that also does other work.
    #[derive(Clone, Default)]
    struct Task {
        data: Plain,
        done: Chan<bool>,
    }
    let queue = chan!(Task);
    let dummy = chan!(bool);
    go! {
        loop {
            select! {
            case t := <-queue: {
                t.data.set(t.data.get() + 2);
                t.done <- true;
            }
            case <-dummy: return;
            }
        }
    }
    for i in 0..ROUNDS {
        let t = Task { data: Plain::default(), done: chan!(bool) };
        t.data.set(i);
        let (data, done) = (t.data.clone(), t.done.clone());
        chan!(queue <- t);
        chan!(<-done);
        assert_eq!(data.get(), i + 2);
    }
    dummy.close();
}

#[go::test(real_time, workers = 2)]
async fn TestNoRaceSelect5() {
    // A default orders nothing, a case that was chosen does.
    for i in 1..=ROUNDS {
        let (sc, c) = (Plain::default(), chan!(bool, 1));
        go! {
            sc.set(i);
            select! {
            case c <- true:
            default: unreachable!();
            }
        }
        loop {
            let came = select! {
            case <-c: true
            default: false
            };
            if came {
                break;
            }
            runtime::gosched().await;
        }
        assert_eq!(sc.get(), i);
    }
}
