//! A comma after the statements of a case, statements after an arrow, nothing after an arrow.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    select! {
        case <-ch: println!("a"),
        case v := <-ch => println!("{v}"); println!("b");
        default =>
    }
}
