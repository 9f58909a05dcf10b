//! A select that prefers its first case.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    select! {
        biased;
        case <-ch: println!("first");
        case <-time::sleep(time::SECOND): println!("second");
    }
}
