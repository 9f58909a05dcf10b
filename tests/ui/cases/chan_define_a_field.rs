//! `:=` with something that exists on its left.
use go::prelude::*;

struct State {
    n: i32,
}

#[go::main]
async fn main() {
    let ch = chan!(i32, 1);
    let mut state = State { n: 0 };
    chan!(state.n := <-ch);
    println!("{}", state.n);
}
