//! Options that `#[go::func]` does not have.
use go::prelude::*;

#[go::func(named = err)]
async fn one() {}

#[go::func(result = "err")]
async fn two() {}

#[go::func(result = err)]
impl Server {
    async fn three(&self) {}
}

struct Server;

fn main() {}
