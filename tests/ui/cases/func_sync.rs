//! A Go function that is not async.
use go::prelude::*;

/// A type.
struct Server;

impl Server {
    #[go::func]
    fn close(&self) {
        defer!(println!("closed"));
    }
}

#[go::func]
fn main() {}
