//! Generators: a goroutine produces a sequence, a quit channel ends it and waits for its answer.

use go::prelude::*;

golang! {
    fn fibonacci(quit: Chan<String>) -> Receiver<i32> {
        c := chan!(i32);
        go {
            x, y := 0, 1;
            for {
                select {
                    case c <- x:
                        x, y = y, x + y;
                    case m := <-quit:
                        quit <- format!("you said {m}");
                        return;
                }
            }
        }
        c.receiver()
    }

    fn take(input: Receiver<i32>, n: i32) -> Receiver<i32> {
        out := chan!(i32);
        go {
            defer out.close();
            for range n {
                out <- <-input;
            }
        }
        out.receiver()
    }

    pub(crate) fn main() {
        quit := chan!(String);
        for n := range take(fibonacci(quit.clone()), 12) {
            print!("{n} ");
        }
        println!();
        quit <- "bye".to_owned();
        println!("{}", <-quit);
    }
}
