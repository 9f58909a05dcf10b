//! The syntax of tokio's select.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    select! {
        v = ch.recv() => println!("{v:?}"),
        _ = time::sleep(time::SECOND) => println!("late"),
    }
}
