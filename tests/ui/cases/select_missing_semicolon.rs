//! Statements in a case without the semicolon between them.
use go::prelude::*;

#[go::main]
async fn main() {
    let ch = chan!(i32);
    select! {
    case v := <-ch:
        let w = v + 1
        println!("{w}");
    default:
        println!("none")
        println!("at all");
    }
}
