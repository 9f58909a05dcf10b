//! Cases that neither send nor receive.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    select! {
    case ch:
        println!("no operator");
    case v := ch:
        println!("{v}");
    case:
        println!("nothing");
    case 1 + 1 == 2:
        println!("a condition");
    default x:
        println!("what for?");
    }
}
