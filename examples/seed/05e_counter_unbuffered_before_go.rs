//! 05e: program 05 without the buffer, and the send before the goroutines: it waits for ever. Ends with Go's deadlock
//! report and exit code 2.
use go::prelude::*;
use go::sync::atomic;

static WG: sync::WaitGroup = sync::WaitGroup::new();
static COUNTER: atomic::Int32 = atomic::Int32::new(0);
static MUX: sync::Mutex<i32> = sync::Mutex::new(0); // a mutex holds what it guards, here a counter of its own
static CH: Chan<i32> = chan!(i32);

#[expect(dead_code, reason = "the program defines it and does not run it")]
async fn atomic_int_counter() {
    defer!(WG.done());
    for _ in 0..10000 {
        atomic::add_int32(&COUNTER, 1);
    }
}

#[expect(dead_code, reason = "the program defines it and does not run it")]
async fn mutex_int_counter() {
    defer!(WG.done());
    for _ in 0..10000 {
        let mut counter = MUX.lock().await;
        *counter += 1;
        drop(counter); // unlocks
    }
}

async fn channel_int_counter() {
    defer!(WG.done());
    for _ in 0..10000 {
        chan!(count := <-CH);
        count += 1;
        chan!(CH <- count);
    }
}

#[go::main]
async fn main() {
    WG.add(2);
    // The channel is buffered here: otherwise the last value, which nobody takes, is a deadlock. With an unbuffered
    // channel this send must not stand before the goroutines either: it would wait for ever, a deadlock.
    chan!(CH <- 0);

    go!(channel_int_counter());
    go!(channel_int_counter());

    WG.wait().await;

    println!("{}", chan!(<-CH));
}
