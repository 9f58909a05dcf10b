//! Other ways to change a variable of the code around a goroutine.
use go::prelude::*;

struct State {
    n: i32,
}

#[go::main]
async fn main() {
    let mut list = vec![1];
    let mut state = State { n: 0 };
    let mut array = [0; 2];
    let ch = chan!(i32, 1);
    go! {
        state.n = 1;
        array[0] = <-ch;
        push(&mut list);
    }
}

fn push(list: &mut Vec<i32>) {
    list.push(1);
}
