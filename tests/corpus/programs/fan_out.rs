//! Fan-out: several goroutines read one channel; a merge waits for all of them and closes the output.

use go::prelude::*;

golang! {
    fn numbers(n: i32) -> Receiver<i32> {
        out := chan!(i32);
        go {
            for i := range n {
                out <- i;
            }
            out.close();
        }
        out.receiver()
    }

    fn cube(input: Receiver<i32>) -> Receiver<i32> {
        out := chan!(i32);
        go {
            for n := range input {
                out <- n * n * n;
            }
            out.close();
        }
        out.receiver()
    }

    fn merge(cs: Vec<Receiver<i32>>) -> Receiver<i32> {
        out := chan!(i32);
        wg := sync::WaitGroup::new();
        wg.add(cs.len() as i64);
        for _, c := range cs {
            go {
                defer wg.done();
                for n := range c {
                    out <- n;
                }
            }
        }
        go {
            wg.wait();
            out.close();
        }
        out.receiver()
    }

    pub(crate) fn main() {
        input := numbers(20);
        cs := Vec::new();
        for range 4 {
            cs.push(cube(input.clone()));
        }
        count, sum := 0, 0;
        for n := range merge(cs) {
            count += 1;
            sum += n;
        }
        println!("{count} cubes, sum {sum}");
    }
}
