//! Several slips in one block, each reported.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    go! {
        ch <- ;
        let x = <- ;
        y := ;
        := 5;
        let z := 3;
    }
}
