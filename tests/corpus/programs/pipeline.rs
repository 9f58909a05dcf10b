//! A pipeline: numbers are generated, squared, filtered, each stage a goroutine that closes its output.

use go::prelude::*;

golang! {
    fn emit(nums: Vec<i32>) -> Receiver<i32> {
        out := chan!(i32);
        go move nums {
            defer out.close();
            for _, n := range nums {
                out <- n;
            }
        }
        out.receiver()
    }

    fn square(input: Receiver<i32>) -> Receiver<i32> {
        out := chan!(i32);
        go {
            defer out.close();
            for n := range input {
                out <- n * n;
            }
        }
        out.receiver()
    }

    fn odd(input: Receiver<i32>) -> Receiver<i32> {
        out := chan!(i32);
        go {
            defer out.close();
            for n := range input {
                if n % 2 == 1 {
                    out <- n;
                }
            }
        }
        out.receiver()
    }

    pub(crate) fn main() {
        sum := 0;
        for n := range odd(square(emit(vec![3, 4, 7, 8, 11]))) {
            println!("{n}");
            sum += n;
        }
        println!("sum {sum}");
    }
}
