//! Go's `test/fixedbugs`: `bug225.go`, `issue43292.go`.

use std::fmt::Display;
use std::sync::Arc;

use go::prelude::*;

#[go::test]
async fn bug225() {
    let c = chan!(bool);
    select! {
    case _ = <-c: panic!("received from an empty channel");
    default:
    }
    c.close();
    select! {
    case _ = <-c:
    default: panic!("a closed channel is ready");
    }
}

/// Go's `interface{}`.
type Any = Option<Arc<dyn Display + Send + Sync>>;

#[go::test]
async fn issue43292() {
    let c = chan!(Any, 2);
    let mut i: Any = None;
    let mut ok = false;
    assert!(i.is_none() && !ok);
    let put = |n: u32| assert!(c.try_send(Some(Arc::new(n))).is_ok());
    put(5);
    chan!(i, ok = <-c);
    assert_eq!((i.as_ref().map(ToString::to_string), ok), (Some("5".to_owned()), true));
    put(6);
    select! {
    case i = <-c: assert_eq!(i.as_ref().map(ToString::to_string), Some("6".to_owned()));
    }
    put(7);
    select! {
    case i, ok = <-c: assert!(ok);
    }
    assert_eq!(i.as_ref().map(ToString::to_string), Some("7".to_owned()));
    c.close();
    select! {
    case i, ok = <-c: assert!(i.is_none() && !ok);
    }
}
