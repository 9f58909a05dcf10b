//! The two-valued receive from a future.
use go::prelude::*;

#[go::main]
async fn main() {
    chan!(v, ok := <-async { 1 });
    println!("{v} {ok}");
    select! {
        case w, ok := <-async { 2 }:
            println!("{w} {ok}");
    }
}
