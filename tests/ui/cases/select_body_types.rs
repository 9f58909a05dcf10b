//! Bodies whose values have different types.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    let x: i32 = select! {
        case v := <-ch: v
        default: "none"
    };
    println!("{x}");
}
