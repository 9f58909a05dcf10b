//! The programs of the corpus, once for those that run them and those that are run.

/// Calls the macro with the names of all programs.
macro_rules! every_program {
    ($programs:ident) => {
        $programs! {
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
            errgroup_pipeline
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
    };
}
