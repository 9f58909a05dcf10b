//! What is no capacity.
use go::prelude::*;

#[go::main]
async fn main() {
    let a = chan!(i32, "3");
    let b = chan!(i32, 1, 2);
    let c = chan!(i32, 1.5);
    let d = chan!(i32 3);
    println!("{a:?} {b:?} {c:?} {d:?}");
}
