//! Statements where a value is expected.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    go! {
        let guard = defer!(ch.close());
        let v = chan!(w := <-ch);
        println!("{}", ch <- 1);
    }
}
