//! A ticker: counts ticks until it is stopped; then no tick comes any more.

use go::prelude::*;

golang! {
    pub(crate) fn main() {
        ticker := time::Ticker::new(15 * time::MILLISECOND);
        done := chan!(bool);
        ticks := chan!(i32);
        go {
            n := 0;
            for {
                select {
                    case <-done:
                        println!("stopping");
                        ticks <- n;
                        return;
                    case <-ticker.c:
                        n += 1;
                        if n == 3 {
                            done <- true;
                        }
                }
            }
        }
        <-done;
        ticker.stop();
        done <- true;
        println!("at least three ticks: {}", <-ticks >= 3);
        select {
            case <-ticker.c:
                println!("a late tick");
            case <-time::after(40 * time::MILLISECOND):
                println!("no tick after stop");
        }
        ticker.reset(10 * time::MILLISECOND);
        <-ticker.c;
        println!("ticks again");
        ticker.stop();
    }
}
