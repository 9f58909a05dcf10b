//! Producers and consumers: two make, three use, a small buffer is between them.

use go::prelude::*;

golang! {
    fn produce(from: i32, to: i32, buffer: Sender<i32>, wg: sync::WaitGroup) {
        defer wg.done();
        for i in from..to {
            buffer <- i;
        }
    }

    fn consume(buffer: Receiver<i32>, counts: Sender<i32>, sums: Sender<i32>) {
        count, sum := 0, 0;
        for i := range buffer {
            count += 1;
            sum += i;
        }
        counts <- count;
        sums <- sum;
    }

    pub(crate) fn main() {
        buffer := chan!(i32, 4);
        counts, sums := chan!(i32), chan!(i32);
        producers := sync::WaitGroup::new();
        producers.add(2);
        go produce(0, 50, buffer, producers);
        go produce(50, 100, buffer, producers);
        for range 3 {
            go consume(buffer, counts, sums);
        }
        producers.wait();
        buffer.close();
        count, sum := 0, 0;
        for range 6 {
            select {
                case n := <-counts:
                    count += n;
                case n := <-sums:
                    sum += n;
            }
        }
        println!("consumed {count} sum {sum}");
    }
}
