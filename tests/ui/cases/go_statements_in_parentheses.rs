//! Statements where a call is expected.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    go!(
        let n = 1;
        ch <- n;
    );
}
