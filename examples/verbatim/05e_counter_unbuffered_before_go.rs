//! 05e in Go's own statements: a send before the goroutines waits for ever.
use go::prelude::*;
use go::sync::atomic;

golang! {
    static WG: sync::WaitGroup = sync::WaitGroup::new();
    static COUNTER: atomic::Int32 = atomic::Int32::new(0);
    static MUX: sync::RawMutex = sync::RawMutex::new();

    static CH: Chan<i32> = chan!(i32);

    #[allow(dead_code, reason = "the program defines it and does not run it")]
    fn atomic_int_counter() {
        defer WG.done();
        for range 10000 {
            atomic::add_int32(&COUNTER, 1);
        }
    }

    #[allow(dead_code, reason = "the program defines it and does not run it")]
    fn mutex_int_counter() {
        defer WG.done();
        for range 10000 {
            MUX.lock();
            COUNTER.add(1);
            MUX.unlock();
        }
    }

    fn channel_int_counter() {
        defer WG.done();
        for range 10000 {
            count := <-CH;
            count += 1;
            CH <- count;
        }
    }

    fn main() {
        WG.add(2);

        CH <- 0;
        go channel_int_counter();
        go channel_int_counter();

        WG.wait();

        println!("{}", <-CH);
    }
}
