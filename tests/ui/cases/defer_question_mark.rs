//! `?` in a deferred block.
use go::prelude::*;

#[go::func]
async fn copy(path: &str) -> std::io::Result<()> {
    defer! {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

fn main() {}
