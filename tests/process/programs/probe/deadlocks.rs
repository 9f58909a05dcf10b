//! The probes `d…`: what a deadlock is, and what is none. One module a program of Go's, under its name.

/// A receive from a channel that nobody sends to.
pub(crate) mod d01_main_recv {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        chan!(<-c);
    }
}

/// A send to a channel that nobody receives from.
pub(crate) mod d02_main_send {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        chan!(c <- 1);
    }
}

/// A send to a full channel.
pub(crate) mod d03_send_full_buffered {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32, 1);
        chan!(c <- 1);
        chan!(c <- 2);
    }
}

/// A select without cases.
pub(crate) mod d04_select_empty {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        select! {}
    }
}

/// A select with two cases.
pub(crate) mod d05_select_cases {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let (a, b) = (chan!(i32), chan!(i32));
        select! {
        case <-a:
        case b <- 1:
        }
    }
}

/// A select with one case is that case.
pub(crate) mod d05b_select_one_case {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let a = chan!(i32);
        select! {
        case <-a:
        }
    }
}

/// A receive from the nil channel.
pub(crate) mod d06_nil_recv {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c: Chan<i32> = Chan::nil();
        chan!(<-c);
    }
}

/// A send to the nil channel.
pub(crate) mod d07_nil_send {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c: Chan<i32> = Chan::nil();
        chan!(c <- 1);
    }
}

/// A loop over the nil channel.
pub(crate) mod d08_nil_range {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c: Chan<i32> = Chan::nil();
        while c.recv().await.is_some() {}
    }
}

/// A loop over a channel that nobody closes.
pub(crate) mod d08b_range_unclosed {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32, 2);
        chan!(c <- 1);
        chan!(c <- 2);
        while let Some(v) = c.recv().await {
            eprintln!("{v}");
        }
    }
}

/// A group that is never done.
pub(crate) mod d09_wg_wait {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let wg = sync::WaitGroup::new();
        wg.add(1);
        wg.wait().await;
    }
}

/// A mutex locked twice.
pub(crate) mod d10_mutex_lock {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let mu = sync::RawMutex::new();
        mu.lock().await;
        mu.lock().await;
    }
}

/// A reader behind a writer.
pub(crate) mod d11_rwmutex_rlock {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let mu = sync::RawRwMutex::new();
        mu.lock().await;
        mu.rlock().await;
    }
}

/// A writer behind a reader.
pub(crate) mod d12_rwmutex_lock {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let mu = sync::RawRwMutex::new();
        mu.rlock().await;
        mu.lock().await;
    }
}

/// A reader's second lock behind a writer that waits for the first.
pub(crate) mod d12b_rwmutex_recursive_rlock {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let mu = sync::RawRwMutex::new();
        mu.rlock().await;
        go!(mu.lock());
        time::sleep(50 * time::MILLISECOND).await;
        mu.rlock().await;
    }
}

/// A condition that nobody signals.
pub(crate) mod d13_cond_wait {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let mu = sync::RawMutex::new();
        let c = sync::Cond::new(mu.clone());
        mu.lock().await;
        c.wait().await;
    }
}

/// A once whose function calls it again.
pub(crate) mod d14_once_recursive {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let o = sync::Once::new();
        let again = o.clone();
        o.call(move || async move { again.call(|| {}).await }).await;
    }
}

/// Many goroutines, each stuck in another way.
pub(crate) mod d15_many {
    use go::prelude::*;

    async fn worker(id: i32, c: Chan<i32>) {
        chan!(c <- id);
    }

    #[go::main]
    pub(crate) async fn main() {
        let mu = sync::RawMutex::new();
        let wg = sync::WaitGroup::new();
        mu.lock().await;
        let c = chan!(i32);
        let nilc: Chan<i32> = Chan::nil();
        wg.add(1);
        go!(worker(1, c));
        go!(worker(2, c));
        go! { select! {} }
        go! { mu.lock().await; }
        go! { <-nilc; }
        go! {
            select! {
            case <-nilc:
            case nilc <- 1:
            }
        }
        go!(wg.wait());
        go! { while nilc.recv().await.is_some() {} }
        let d = chan!(i32);
        chan!(<-d);
    }
}

/// A select of nil channels only.
pub(crate) mod d16_select_nil_only {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let (a, b): (Chan<i32>, Chan<i32>) = (Chan::nil(), Chan::nil());
        select! {
        case <-a:
        case b <- 1:
        }
    }
}

/// Main ends without returning, and there is nobody else.
pub(crate) mod d18_goexit_main_no_others {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        runtime::goexit();
    }
}

/// Main ends without returning while another goroutine is stuck.
pub(crate) mod d18b_goexit_main_blocked_other {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        go! { <-c; }
        runtime::goexit();
    }
}

/// Main ends without returning, and the others go on.
pub(crate) mod d18c_goexit_main_other_finishes {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        go! {
            time::sleep(100 * time::MILLISECOND).await;
            println!("other done");
        }
        defer!(println!("main deferred runs"));
        runtime::goexit();
    }
}

/// Main ends without returning, and another goroutine ends the process.
pub(crate) mod d18d_goexit_main_other_osexit {
    use go::{os, prelude::*};

    #[go::main]
    pub(crate) async fn main() {
        go! {
            time::sleep(100 * time::MILLISECOND).await;
            os::exit(0);
        }
        runtime::goexit();
    }
}

/// A timer that has not fired yet keeps the program alive until it has.
pub(crate) mod d20_pending_timer_not_deadlock {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let start = time::now();
        let c = chan!(i32);
        time::after_func(300 * time::MILLISECOND, || eprintln!("timer fired, nobody sends"));
        defer!(eprintln!("{}", time::since(start) > time::Duration::ZERO));
        chan!(<-c);
    }
}

/// A goroutine that never waits.
pub(crate) mod d23_spinning_goroutine {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        go! { loop { std::hint::spin_loop(); } }
        chan!(<-chan!(i32));
    }
}

/// A context that nobody cancels.
pub(crate) mod d25_ctx_done {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let (ctx, cancel) = context::with_cancel(&context::background());
        let _ = &cancel;
        chan!(<-ctx.done());
    }
}

/// A context that cannot be cancelled.
pub(crate) mod d26_background_done {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        chan!(<-context::background().done());
    }
}

/// A context with a time limit.
pub(crate) mod d26b_ctx_timeout_no_deadlock {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let (ctx, cancel) = context::with_timeout(&context::background(), 200 * time::MILLISECOND);
        defer!(cancel());
        chan!(<-ctx.done());
        eprintln!("{}", ctx.err().expect("it is over"));
    }
}

/// Goroutines that are stuck while main is not.
pub(crate) mod d29_partial_deadlock {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        go! { <-c; }
        go! {
            let c2 = chan!(i32);
            c2 <- 1;
        }
        time::sleep(200 * time::MILLISECOND).await;
        eprintln!("main returns; blocked goroutines are dropped silently");
    }
}

/// Methods as goroutines, and goroutines of goroutines.
pub(crate) mod d31_deadlock_method_goroutine {
    use std::sync::Arc;

    use go::prelude::*;

    struct T {
        c: Chan<i32>,
    }

    impl T {
        async fn run(self: Arc<T>, _n: i32, _s: &str) {
            chan!(<-self.c);
        }
    }

    #[go::main]
    pub(crate) async fn main() {
        let t = Arc::new(T { c: chan!(i32) });
        go!(t.run(7, "x"));
        go! {
            go!(t.run(8, "nested"));
            <-t.c;
        }
        select! {}
    }
}

/// A wait of more than a minute.
pub(crate) mod d34_long_wait {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        go! { <-c; }
        time::sleep(61 * time::SECOND).await;
        panic!("x");
    }
}

/// The order of the goroutines in a report.
pub(crate) mod d35_goroutine_dump_dedup_order {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        for _ in 0..3 {
            go! {}
        }
        time::sleep(20 * time::MILLISECOND).await;
        for _ in 0..3 {
            go! { <-c; }
        }
        chan!(<-c);
    }
}

/// Workers that loop over a channel which nobody closes.
pub(crate) mod d39_wg_and_leaked_worker {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let jobs = chan!(i32);
        let wg = sync::WaitGroup::new();
        for _ in 0..2 {
            wg.add(1);
            go! {
                defer!(wg.done());
                while let Some(j) = jobs.recv().await {
                    let _ = j;
                }
            }
        }
        chan!(jobs <- 1);
        chan!(jobs <- 2);
        wg.wait().await;
    }
}
