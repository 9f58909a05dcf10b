//! A receive from a channel whose type has no zero value.
use go::prelude::*;

struct Conn;

#[go::main]
async fn main() {
    let ch = chan!(Conn, 1);
    chan!(conn := <-ch);
    drop(conn);
}
