//! `#[go::main]` on something else.
#[go::main]
struct Program;

fn main() {
    let _ = Program;
}
