//! 05c: program 05 with an atomic counter.
use go::prelude::*;
use go::sync::atomic;

static WG: sync::WaitGroup = sync::WaitGroup::new();
static COUNTER: atomic::Int32 = atomic::Int32::new(0);
static MUX: sync::Mutex<i32> = sync::Mutex::new(0); // a mutex holds what it guards, here a counter of its own
static CH: Chan<i32> = chan!(i32, 1);

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

#[expect(dead_code, reason = "the program defines it and does not run it")]
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

    go!(atomic_int_counter());
    go!(atomic_int_counter());

    // chan!(CH <- 0);
    WG.wait().await;

    println!("{}", COUNTER.load()); // an atomic is read through a method
}
