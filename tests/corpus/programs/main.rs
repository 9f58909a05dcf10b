//! The programs of the suite `corpus`, one executable for all of them: the first argument says which one runs.

/// Runs the `main` of a module by the module's name.
macro_rules! programs {
    ($($program:ident)*) => {
        $(mod $program;)*

        fn main() {
            let wanted = std::env::args().nth(1).unwrap_or_default();
            match wanted.as_str() {
                $(stringify!($program) => $program::main(),)*
                _ => panic!("there is no program `{wanted}`"),
            }
        }
    };
}

programs! {
    atomic_counters
    barrier
    bounded_parallelism
    closing_channels
    cond_queue
    context_cancel
    context_values
    daisy_chain
    dining_philosophers
    done_channel
    exit_code
    fan_in
    fan_out
    first_error
    forgotten_close
    future
    generator
    leaky_bucket
    matrix_rows
    merge_sort
    mutex_counter
    non_blocking
    once
    or_channel
    ping_pong
    pipeline
    prime_sieve
    producer_consumer
    pub_sub
    range_channels
    rate_limit
    same_trees
    select_timeout
    semaphore_channel
    stateful_goroutine
    tee
    tickers
    timers
    web_crawler
    worker_pool
    worker_recover
}
