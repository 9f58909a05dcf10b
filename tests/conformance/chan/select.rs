//! Go's `test/chan/select.go`: operands are evaluated at every entry; nil disables a case.

use std::sync::atomic::{AtomicU32, Ordering};

use go::prelude::*;

/// Counts the evaluations.
static COUNTER: AtomicU32 = AtomicU32::new(0);
/// Moves the value on.
static SHIFT: AtomicU32 = AtomicU32::new(1);

/// The next operand.
fn get_value() -> u32 {
    COUNTER.fetch_add(1, Ordering::Relaxed);
    1 << SHIFT.load(Ordering::Relaxed)
}

/// Sends one value on each channel that is not nil; how many were sent.
async fn send(mut a: Chan<u32>, mut b: Chan<u32>) -> u32 {
    let mut i = 0;
    'LOOP: loop {
        select! {
        case a <- get_value():
            i += 1;
            a = Chan::nil();
        case b <- get_value():
            i += 1;
            b = Chan::nil();
        default:
            break 'LOOP;
        }
        SHIFT.fetch_add(1, Ordering::Relaxed);
    }
    i
}

#[go::test]
async fn select() {
    let (a, b) = (chan!(u32, 1), chan!(u32, 1));
    assert_eq!(send(a.clone(), b.clone()).await, 2);
    let (av, bv) = (chan!(<-a), chan!(<-b));
    assert_eq!(av | bv, 6);
    assert_eq!(send(a.clone(), Chan::nil()).await, 1);
    assert_eq!(send(Chan::nil(), Chan::nil()).await, 0);
    // Two operands at each of three, two and one entries.
    assert_eq!(COUNTER.load(Ordering::Relaxed), 12);
}
