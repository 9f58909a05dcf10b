//! 14: `len` and `cap` of a buffered channel show how busy its readers are.
use go::prelude::*;

#[expect(clippy::len_zero, reason = "the program is about `len`")]
#[go::main]
async fn main() {
    let ch = chan!(i32, 4);
    for i in 0..4 {
        print!("{}/{} ", ch.len(), ch.cap());
        chan!(ch <- i);
    }
    println!("{}/{} full={}", ch.len(), ch.cap(), ch.len() == ch.cap());
    while ch.len() > 0 {
        chan!(<-ch);
    }
    println!("idle {}", ch.len() == 0);
}
