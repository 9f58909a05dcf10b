//! The probes `t…`, and those of the `d…` that are about timers and outside events. One module a program of Go's.

/// A ticker without an interval.
pub(crate) mod t01_newticker_zero {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let _ = time::new_ticker(time::Duration::ZERO);
    }
}

/// `tick` without an interval is the nil channel.
pub(crate) mod t02_tick_zero {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = time::tick(time::Duration::ZERO);
        eprintln!("{}", c.is_nil());
        chan!(<-c);
    }
}

/// A ticker set to no interval: a negative duration cannot be written, so it is zero here.
pub(crate) mod t03_ticker_reset_neg {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let t = time::new_ticker(time::SECOND);
        t.reset(time::Duration::ZERO);
    }
}

/// A timer that was never started is stopped.
pub(crate) mod t06_timer_uninit_stop {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let t = time::Timer::default();
        t.stop();
    }
}

/// A timer that was never started is set.
pub(crate) mod t06b_timer_uninit_reset {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let t = time::Timer::default();
        t.reset(time::NANOSECOND);
    }
}

/// A ticker that was never started is set.
pub(crate) mod t06c_ticker_uninit_reset {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let t = time::Ticker::default();
        t.reset(time::NANOSECOND);
    }
}

/// A panic in the function of a timer.
pub(crate) mod t07_afterfunc_panic {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        time::after_func(10 * time::MILLISECOND, || panic!("in AfterFunc"));
        time::sleep(time::SECOND).await;
    }
}

/// A goroutine that sleeps keeps the program alive until it ends.
pub(crate) mod d20b_sleeping_goroutine_delays {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        go! {
            time::sleep(200 * time::MILLISECOND).await;
            eprintln!("sleeper ends");
        }
        chan!(<-chan!(i32));
    }
}

/// A wait for a timer that was stopped.
pub(crate) mod d21_stopped_timer {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let t = time::new_timer(time::HOUR);
        t.stop();
        chan!(<-t.c);
    }
}

/// A ticker that nobody listens to.
pub(crate) mod d21b_ticker_keeps_alive {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let _t = time::new_ticker(100 * time::MILLISECOND);
        chan!(<-chan!(i32));
    }
}

/// A timer that nobody listens to.
pub(crate) mod d21c_timer_hour_unreferenced {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let _t = time::new_timer(time::HOUR);
        chan!(<-chan!(i32));
    }
}

/// A function that a timer will call in an hour.
pub(crate) mod d21d_afterfunc_hour {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        time::after_func(time::HOUR, || {});
        chan!(<-chan!(i32));
    }
}

/// A function that a context would call which nobody cancels.
pub(crate) mod d37_ctx_afterfunc_no_keepalive {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let (ctx, _cancel) = context::with_cancel(&context::background());
        context::after_func(&ctx, || {});
        chan!(<-chan!(i32));
    }
}

/// A context with a time limit that nobody waits for.
pub(crate) mod d38_ctx_timeout_keeps_alive {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let (_ctx, _cancel) = context::with_timeout(&context::background(), 300 * time::MILLISECOND);
        chan!(<-chan!(i32));
    }
}

/// Signals are listened for.
pub(crate) mod d22_signal_notify_hides {
    use go::prelude::*;
    use go::{os, signal};

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(os::Signal, 1);
        signal::notify(&c, [os::INTERRUPT]);
        chan!(<-chan!(i32));
    }
}

/// A goroutine accepts connections.
pub(crate) mod d22b_listener_hides {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        go!(move listener { listener.accept().await.expect("a connection"); });
        chan!(<-chan!(i32));
    }
}

/// A goroutine reads from stdin.
pub(crate) mod d22d_stdin_read_hides {
    use go::prelude::*;
    use tokio::io::AsyncReadExt as _;

    #[go::main]
    pub(crate) async fn main() {
        go! {
            let mut buf = [0; 1];
            let _read = tokio::io::stdin().read(&mut buf).await.expect("stdin can be read");
        }
        chan!(<-chan!(i32));
    }
}

/// Nothing but the module of signals is used.
pub(crate) mod d22e_import_os_signal_only {
    use go::prelude::*;
    #[allow(unused_imports, reason = "the probe is about the import")]
    use go::signal;

    #[go::main]
    pub(crate) async fn main() {
        chan!(<-chan!(i32));
    }
}
