//! A named result that has no zero value to begin with.
use go::prelude::*;

struct Answer(i32);

#[go::func(result = answer)]
async fn ask() -> Answer {
    defer! { answer.update(|answer| answer.0 += 1); }
    Answer(41)
}

fn main() {}
