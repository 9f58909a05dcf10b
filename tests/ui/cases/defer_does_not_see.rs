//! Variables that are changed after the deferred block has taken its copy.
use go::prelude::*;

#[go::func]
async fn count(limit: i32) {
    let mut total = 0;
    let mut rounds = 0;
    defer! { println!("{total} after {rounds}"); }
    total = limit;
    loop {
        rounds += 1;
        if rounds == limit {
            break;
        }
    }
}

#[go::func]
async fn in_a_loop() {
    let mut last = 0;
    for i in 0..3 {
        last = i;
        defer! { println!("{last}"); }
    }
}

fn main() {}
