//! More variables than a receive yields, and other mismatches.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    go! {
        a, b := 1, 2, 3;
        x, y = 1, 2, 3;
    }
    chan!(v, ok, more := <-ch);
    println!("{v} {ok} {more}");
}
