//! `#[go::func]` on something else.

#[go::func]
struct Server;

fn main() {}
