//! Options that `#[go::test]` does not have.
#[go::test(virtual_time)]
async fn unknown() {}

#[go::test(workers = "two")]
async fn not_a_number() {}

#[go::test(real_time = true, flavor = "multi_thread")]
async fn of_another_library() {}

#[go::test]
fn not_async() {}

#[go::test]
#[test]
async fn twice() {}

#[go::test]
async fn argument(n: i32) {
    let _ = n;
}

fn main() {}
