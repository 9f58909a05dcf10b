//! `chan!` with nothing in it, and with nothing after its operators.
use go::prelude::*;

#[go::main]
async fn main() {
    let a = chan!();
    let b = chan!(<-);
    chan!(a <- );
    chan!(v := );
    chan!(:= <-a);
    println!("{v:?} {b:?}");
}
