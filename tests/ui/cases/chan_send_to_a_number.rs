//! A send to what is no channel: a comparison with a negative number, without the space.
use go::prelude::*;

#[go::main]
async fn main() {
    let n: i32 = 5;
    let ch = chan!(bool, 1);
    go! {
        ch <- n < -3;
        if n<-3 {
            println!("less");
        }
    }
}
