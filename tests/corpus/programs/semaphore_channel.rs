//! A semaphore made of a channel: acquire sends, release receives, and an attempt that does not wait.

use std::sync::Arc;

use go::prelude::*;

golang! {
    struct Semaphore(Chan<()>);

    impl Semaphore {
        fn acquire(&self) {
            self.0 <- ();
        }

        fn release(&self) {
            <-self.0;
        }

        fn try_acquire(&self) -> bool {
            select {
                case self.0 <- ():
                    true
                default:
                    false
            }
        }
    }

    pub(crate) fn main() {
        s := Arc::new(Semaphore(chan!((), 2)));
        s.acquire();
        println!("second: {}", s.try_acquire());
        println!("third: {}", s.try_acquire());
        println!("held: {} of {}", s.0.len(), s.0.cap());
        got := chan!(bool);
        go {
            s.acquire();
            got <- true;
        }
        s.release();
        println!("the waiter has it: {}", <-got);
        s.release();
        s.release();
        println!("held: {}", s.0.len());
    }
}
