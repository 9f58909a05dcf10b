//! Timers: one fires, one is stopped, one is reset; a function runs after a while.

use go::prelude::*;

golang! {
    pub(crate) fn main() {
        start := time::now();
        timer1 := time::Timer::new(20 * time::MILLISECOND);
        <-timer1.c;
        println!("timer 1 fired: {}", time::since(start) >= 20 * time::MILLISECOND);
        timer2 := time::Timer::new(time::MINUTE);
        go {
            <-timer2.c;
            println!("timer 2 fired");
        }
        println!("timer 2 stopped: {}", timer2.stop());
        println!("twice: {}", timer2.stop());
        timer3 := time::Timer::new(time::HOUR);
        println!("timer 3 was active: {}", timer3.reset(5 * time::MILLISECOND));
        <-timer3.c;
        println!("after it fired: {}", timer3.reset(time::MILLISECOND));
        <-timer3.c;
        static DONE: Chan<&str> = chan!(&str);
        time::after_func(time::MILLISECOND, async || DONE <- "afterwards");
        println!("{}", <-DONE);
    }
}
