//! Programs on a tokio runtime of their own.

use go::prelude::*;

/// Adds up what a hundred goroutines send, then one of them panics.
async fn work() {
    let ch = chan!(u32);
    for n in 0..100 {
        go! { ch <- n; }
    }
    let mut sum = 0;
    for _ in 0..100 {
        sum += chan!(<-ch);
    }
    println!("{sum}");
    go! {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        panic!("boom");
    }
    chan!(<-ch);
}

/// tokio's usual runtime.
pub(crate) mod threads {
    #[tokio::main]
    pub(crate) async fn main() {
        super::work().await;
    }
}

/// A runtime without threads.
pub(crate) mod one_thread {
    #[tokio::main(flavor = "current_thread")]
    pub(crate) async fn main() {
        super::work().await;
    }
}
