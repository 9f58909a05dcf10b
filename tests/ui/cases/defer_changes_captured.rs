//! A deferred block that changes variables of the function.
use go::prelude::*;

#[go::func]
async fn divide(a: i32, b: i32) -> (i32, bool) {
    let mut ok = true;
    defer! {
        if recover!().is_some() {
            ok = false;
        }
    }
    (a / b, ok)
}

fn main() {}
