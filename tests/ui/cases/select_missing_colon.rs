//! Cases without their colons.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    select! {
    case v := <-ch
        println!("{v}");
    case ch <- 1
        println!("sent");
    case <-time::sleep(time::SECOND)
    default
        println!("none");
    }
}
