//! A send is used as a value.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    go! {
        let sent = ch <- 1;
        if ch <- 2 {
            println!("{sent:?}");
        }
    }
}
