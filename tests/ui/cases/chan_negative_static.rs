//! A negative capacity in a constant.
use go::prelude::*;

static LIMIT: Chan<i32> = chan!(i32, -1);

#[go::main]
async fn main() {
    LIMIT.close();
}
