//! A main function whose result is no exit code.
#[go::main]
async fn main() -> i32 {
    3
}
