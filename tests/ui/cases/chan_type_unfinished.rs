//! The type of a channel without the type of its values.
use go::prelude::*;

struct Pipe {
    input: chan!(<-chan),
    output: chan!(chan<- ),
}

#[go::main]
async fn main() {}
