//! Go's `test/chan/zerosize.go`: channels whose values have no size.

use go::prelude::*;

#[go::test]
async fn zerosize() {
    let unbuffered = chan!([u64; 0]);
    let buffered = chan!((), 3);
    go! {
        unbuffered <- [];
        for _ in 0..3 {
            buffered <- ();
        }
    }
    chan!(_ := <-unbuffered);
    for left in (0..3).rev() {
        chan!(<-buffered);
        assert!(buffered.len() <= left);
    }
    drop(chan!([u8; 0], 1_u64 << 40));
}
