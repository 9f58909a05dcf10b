//! What Go would do in `init`: a value that has to be waited for.
use go::prelude::*;

golang! {
    static READY: Chan<i32> = chan!(i32);
    static FIRST: i32 = <-READY;
    const SECOND: i32 = 1 + <-READY;
    static THIRD: Option<i32> = READY.recv();

    fn main() {
        println!("{THIRD:?}");
    }
}
