//! Go's operators in the body of an attribute's function.

#[go::func]
async fn produce(ch: go::Chan<i32>) {
    ch <- 1;
}

fn main() {}
