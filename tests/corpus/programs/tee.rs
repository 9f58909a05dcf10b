//! A tee: every value goes into two channels, in whichever order they are ready.

use go::prelude::*;

golang! {
    fn source(n: i32) -> Receiver<i32> {
        c := chan!(i32);
        go {
            defer c.close();
            for i := range n {
                c <- i;
            }
        }
        c.receiver()
    }

    fn tee(input: Receiver<i32>) -> (Receiver<i32>, Receiver<i32>) {
        out1, out2 := chan!(i32), chan!(i32);
        go {
            defer out1.close();
            defer out2.close();
            for v := range input {
                a, b := out1.clone(), out2.clone();
                for range 2 {
                    select {
                        case a <- v:
                            a = Chan::nil();
                        case b <- v:
                            b = Chan::nil();
                    }
                }
            }
        }
        (out1.receiver(), out2.receiver())
    }

    pub(crate) fn main() {
        left, right := tee(source(5));
        for v := range left {
            println!("{v} {}", <-right);
        }
    }
}
