//! `once_test.go`, `oncefunc_test.go`.

use std::sync::Arc;

use go::prelude::*;
use go::sync::Once;
use go::sync::atomic::Int32;

use super::go_catch;

#[go::test]
async fn TestOnce() {
    let once = Once::new();
    let ran = Arc::new(Int32::new(0));
    let met = chan!(bool);
    for _ in 0..9 {
        go! {
            once.call(|| { ran.add(1); }).await;
            met <- ran.load() == 1;
        }
    }
    for _ in 0..9 {
        assert!(chan!(<-met), "a call returned before the function had run");
    }
    assert_eq!(ran.load(), 1);
}

#[go::test]
async fn TestOncePanic() {
    let once = Once::new();
    let call = go_catch(once.call(|| panic!("failed"))).await;
    assert_eq!(call, Some("failed".to_owned()));
    once.call(|| panic!("it ran again")).await;
}

#[go::test]
async fn TestOnceFunc() {
    let calls = Arc::new(Int32::new(0));
    let counter = calls.clone();
    let f = sync::once_func(move || {
        counter.add(1);
    });
    f().await;
    f().await;
    assert_eq!(calls.load(), 1);
}

#[go::test]
async fn TestOnceValue() {
    let calls = Arc::new(Int32::new(0));
    let counter = calls.clone();
    let f = sync::once_value(move || counter.add(1) * 10);
    assert_eq!((f().await, f().await, calls.load()), (10, 10, 1));
}

#[go::test]
async fn TestOnceValues() {
    let calls = Arc::new(Int32::new(0));
    let counter = calls.clone();
    let f = sync::once_value(move || (counter.add(1), "two"));
    assert_eq!((f().await, f().await, calls.load()), ((1, "two"), (1, "two"), 1));
}

#[go::test]
async fn TestOnceFuncPanic() {
    let calls = Arc::new(Int32::new(0));
    let counter = calls.clone();
    let f = sync::once_func(move || {
        counter.add(1);
        panic!("no luck");
    });
    for _ in 0..3 {
        assert_eq!(go_catch(f()).await.as_deref(), Some("no luck"));
    }
    assert_eq!(calls.load(), 1);
}

#[go::test]
async fn TestOnceValuePanic() {
    let f = sync::once_value(|| -> i32 { panic!("no {}", "value") });
    for _ in 0..3 {
        assert_eq!(go_catch(f()).await.as_deref(), Some("no value"));
    }
}

#[go::test]
async fn TestOnceValuesPanic() {
    let f = sync::once_value(|| -> (i32, String) { panic!("no values") });
    for _ in 0..3 {
        assert_eq!(go_catch(f()).await.as_deref(), Some("no values"));
    }
}
