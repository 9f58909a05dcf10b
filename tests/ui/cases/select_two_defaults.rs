//! Two defaults.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    select! {
    default:
        println!("one");
    case <-ch:
    default:
        println!("two");
    }
}
