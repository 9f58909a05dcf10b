//! Go's `if v, ok := <-ch; ok {`.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    go! {
        println!("{}", x := 5);
        if v, ok := <-ch; ok {
            println!("{v}");
        }
    }
}
