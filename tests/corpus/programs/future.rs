//! Futures: a computation starts at once, its value is waited for later, by as many as like.

use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::Int32;

golang! {
    struct Promise {
        done: Chan<()>,
        value: Int32,
        err: sync::Mutex<Option<errors::Error>>,
    }

    fn start(n: i32) -> Arc<Promise> {
        f := Arc::new(Promise { done: chan!(()), value: Int32::new(0), err: sync::Mutex::new(None) });
        go {
            defer f.done.close();
            if n < 0 {
                *f.err.lock() = Some(errors::new("negative"));
                return;
            }
            f.value.store(n * 2);
        }
        f
    }

    impl Promise {
        fn wait(&self) -> (i32, Option<errors::Error>) {
            <-self.done;
            (self.value.load(), self.err.lock().clone())
        }
    }

    pub(crate) fn main() {
        a, b, c := start(4), start(5), start(-1);
        x, _ := a.wait();
        y, _ := b.wait();
        println!("sum {}", x + y);
        again, _ := a.wait();
        println!("again {again}");
        _, err := c.wait();
        println!("error: {}", err.expect("it failed"));
    }
}
