//! `waitgroup_test.go`.

use std::sync::Arc;

use go::prelude::*;
use go::sync::WaitGroup;
use go::sync::atomic::Int32;

use super::panic_text;

#[go::test]
async fn TestWaitGroup() {
    const N: i64 = 12;
    let (one, two) = (WaitGroup::new(), WaitGroup::new());
    for _round in 0..6 {
        one.add(N);
        two.add(N);
        let exited = chan!(bool, 12);
        for _ in 0..N {
            go! {
                one.done();
                two.wait().await;
                exited <- true;
            }
        }
        one.wait().await;
        for _ in 0..N {
            assert!(exited.try_recv().is_err(), "the second group has let one go too early");
            two.done();
        }
        for _ in 0..N {
            assert!(chan!(<-exited));
        }
    }
}

#[go::test]
async fn TestWaitGroupMisuse() {
    let text = panic_text(|| {
        let wg = WaitGroup::new();
        wg.add(2);
        wg.done();
        wg.done();
        wg.done();
    });
    assert_eq!(text, "sync: negative WaitGroup counter");
}

#[go::test]
async fn TestWaitGroupGo() {
    let wg = WaitGroup::new();
    let sum = Arc::new(Int32::new(0));
    for i in 1..=5 {
        let sum = sum.clone();
        wg.go(async move {
            runtime::gosched().await;
            sum.add(i);
        });
    }
    wg.wait().await;
    assert_eq!(sum.load(), 15);
    // A goroutine that exits is done as well.
    wg.go(async { runtime::goexit() });
    wg.wait().await;
}
