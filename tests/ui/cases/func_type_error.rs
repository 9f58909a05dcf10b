//! Type and borrow errors in a Go function with a frame point at the user's tokens.
use go::prelude::*;

#[go::func]
async fn count(list: Vec<i32>) -> i32 {
    defer!(println!("end"));
    let first = &list[0];
    drop(list);
    if *first > 3 {
        return "three";
    }
    let n: u8 = first;
    n
}

fn main() {}
