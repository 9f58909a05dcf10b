//! Go's `test/chancap.go`: `len`, `cap`, and capacities that `make` refuses.

use std::panic::catch_unwind;

use go::prelude::*;

#[go::test]
async fn chancap() {
    let ch = chan!(u16, 12);
    assert_eq!((ch.len(), ch.cap()), (0, 12));
    for i in 0..3 {
        chan!(ch <- i);
    }
    assert_eq!((ch.len(), ch.cap()), (3, 12));
    let unbuffered = chan!(u16);
    assert_eq!((unbuffered.len(), unbuffered.cap()), (0, 0));
    let nil = Chan::<u16>::nil();
    assert_eq!((nil.len(), nil.cap()), (0, 0));
}

/// What `make` panics with.
fn refusal<R>(make: impl FnOnce() -> R + std::panic::UnwindSafe) -> String {
    let Err(panic) = catch_unwind(make) else { panic!("the capacity was accepted") };
    match panic.downcast::<go::runtime::Error>() {
        Ok(error) => error.to_string(),
        Err(panic) => panic.downcast_ref::<&str>().expect("a text").to_string(),
    }
}

#[go::test]
async fn sizes_out_of_range() {
    let negative = std::hint::black_box(-2_i64);
    let huge = std::hint::black_box(1_u64 << 47);
    assert_eq!(refusal(|| chan!(i32, negative)), "makechan: size out of range");
    assert_eq!(refusal(|| chan!(i32, huge)), "makechan: size out of range");
    assert_eq!(refusal(|| chan!([u8; 1 << 20], 1_u64 << 40)), "makechan: size out of range");
    assert_eq!(refusal(|| chan!((), i64::MIN)), "makechan: size out of range");
    // What fits is not allocated before it is needed.
    assert_eq!(chan!(u8, huge).cap(), 1 << 47);
}
