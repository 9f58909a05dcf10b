//! Programs that ask for signals. Each prints `ready` when it may be sent some, and what it was told.

use go::prelude::*;
use go::{os, signal};

/// Sends this process a signal.
fn raise(signal: os::Signal) {
    signal_hook::low_level::raise(signal.number()).expect("there is such a signal");
}

/// Lets the system deliver what was raised, if it is to end the process.
async fn survives() {
    time::sleep(50 * time::MILLISECOND).await;
}

/// One channel for one kind of signal, another one for all.
pub(crate) mod notify {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        let (one, all) = (chan!(os::Signal, 1), chan!(os::Signal, 10));
        signal::notify(&one, [signal::SIGUSR1]);
        signal::notify(&all, []);
        for sent in [signal::SIGUSR1, signal::SIGUSR2, signal::SIGTERM, signal::SIGHUP, os::INTERRUPT] {
            raise(sent);
            println!("all: {}", chan!(<-all));
        }
        println!("one: {}, then {}", chan!(<-one), one.len());
        // A channel that asks again gets more kinds.
        signal::notify(&one, [signal::SIGUSR2]);
        for sent in [signal::SIGUSR1, signal::SIGUSR2] {
            raise(sent);
            chan!(<-all);
            println!("one: {:?}", chan!(<-one));
        }
    }
}

/// Nobody waits for a channel that is full, closed, or unbuffered.
pub(crate) mod full {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        let (full, unbuffered, closed) = (chan!(os::Signal, 1), chan!(os::Signal), chan!(os::Signal, 1));
        let last = chan!(os::Signal, 5);
        for c in [&full, &unbuffered, &closed, &last] {
            signal::notify(c, [signal::SIGUSR1]);
        }
        closed.close();
        for _ in 0..3 {
            raise(signal::SIGUSR1);
            chan!(<-last);
        }
        println!("{} {} {}", full.len(), unbuffered.len(), closed.len());
        // Somebody who waits gets it.
        go! {
            // Until main waits.
            time::sleep(20 * time::MILLISECOND).await;
            raise(signal::SIGUSR1);
        }
        println!("{}", chan!(<-unbuffered));
    }
}

/// Stopped channels get nothing, and the last one brings the usual effect back.
pub(crate) mod stop {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        let (a, b) = (chan!(os::Signal, 1), chan!(os::Signal, 1));
        signal::notify(&a, [signal::SIGTERM]);
        signal::notify(&b, [signal::SIGTERM]);
        signal::stop(&a);
        raise(signal::SIGTERM);
        println!("{} {}", chan!(<-b), a.len());
        signal::stop(&b);
        println!("stopped");
        raise(signal::SIGTERM);
        survives().await;
        println!("not reached");
    }
}

/// `SIGPIPE` was ignored before, and is again.
pub(crate) mod stop_ignored {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(os::Signal, 1);
        println!("{}", signal::ignored(signal::SIGPIPE));
        signal::notify(&c, [signal::SIGPIPE]);
        println!("{}", signal::ignored(signal::SIGPIPE));
        raise(signal::SIGPIPE);
        println!("{}", chan!(<-c));
        signal::stop(&c);
        raise(signal::SIGPIPE);
        survives().await;
        println!("{}", c.len());
    }
}

/// Ignored signals do nothing, until they are reset.
pub(crate) mod ignore {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(os::Signal, 1);
        signal::notify(&c, [signal::SIGTERM, signal::SIGUSR1]);
        signal::ignore([signal::SIGTERM, os::INTERRUPT, signal::SIGQUIT]);
        for sent in [signal::SIGTERM, os::INTERRUPT, signal::SIGQUIT] {
            raise(sent);
        }
        survives().await;
        println!("{} {}", signal::ignored(signal::SIGTERM), c.len());
        raise(signal::SIGUSR1);
        println!("{}", chan!(<-c));
        signal::reset([]);
        println!("{}", signal::ignored(signal::SIGTERM));
        raise(signal::SIGUSR1);
        survives().await;
        println!("not reached");
    }
}

/// A context that a signal cancels; the second signal comes after `stop`, if the argument says so.
pub(crate) mod context {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        let (ctx, stop) = signal::notify_context(&go::context::background(), [os::INTERRUPT, signal::SIGTERM]);
        println!("ready");
        chan!(<-ctx.done());
        println!("{}: {}", ctx.err().expect("it is done"), go::context::cause(&ctx).expect("it is done"));
        let second = std::env::args().nth(2).expect("what comes next");
        if second == "stopped" {
            stop();
        }
        raise(os::INTERRUPT);
        survives().await;
        println!("a signal before stop has no effect");
        stop();
        println!("{}", go::context::cause(&ctx).expect("it is done"));
    }
}

/// Contexts that end in other ways: `stop`, the parent; the signals stay taken until `stop`.
pub(crate) mod context_otherwise {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        let (ctx, stop) = signal::notify_context(&go::context::background(), [signal::SIGUSR1]);
        stop();
        chan!(<-ctx.done());
        println!("{}", go::context::cause(&ctx).expect("it is done"));
        let (parent, cancel) = go::context::with_cancel_cause(&go::context::background());
        let (ctx, stop) = signal::notify_context(&parent, [signal::SIGUSR1]);
        cancel(errors::new("the parent's own"));
        chan!(<-ctx.done());
        println!("{}", go::context::cause(&ctx).expect("it is done"));
        raise(signal::SIGUSR1);
        survives().await;
        println!("still taken");
        stop();
        raise(signal::SIGUSR1);
        survives().await;
        println!("not reached");
    }
}

/// A handler keeps the program from being deadlocked, and only as long as it is there.
pub(crate) mod deadlock {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(os::Signal, 1);
        signal::notify(&c, [signal::SIGUSR1]);
        go! {
            time::sleep(300 * time::MILLISECOND).await;
            raise(signal::SIGUSR1);
        }
        println!("{}", chan!(<-c));
        go! {
            time::sleep(100 * time::MILLISECOND).await;
            signal::stop(&c);
            println!("over");
        }
        chan!(<-chan!(i32));
    }
}

/// The handler goes while everybody sleeps: a thread stops it.
pub(crate) mod deadlock_by_a_thread {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(os::Signal, 1);
        signal::notify(&c, [signal::SIGUSR1]);
        std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(200));
            println!("over");
            signal::stop(&c);
        });
        chan!(<-chan!(i32));
    }
}

/// `SIGQUIT` shows no goroutines while the program asks for it, and again afterwards.
pub(crate) mod quit {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(os::Signal, 1);
        signal::notify(&c, [signal::SIGQUIT]);
        raise(signal::SIGQUIT);
        println!("{}", chan!(<-c));
        // What the library's own thread does with it may take a moment.
        survives().await;
        signal::stop(&c);
        println!("stopped");
        raise(signal::SIGQUIT);
        time::sleep(10 * time::SECOND).await;
    }
}

/// On a runtime of the user's own, beside tokio's own handler.
pub(crate) mod owned {
    use super::*;

    #[tokio::main]
    pub(crate) async fn main() {
        let mut theirs =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::user_defined1()).expect("a handler");
        let (ctx, stop) = signal::notify_context(&go::context::background(), [signal::SIGUSR1]);
        raise(signal::SIGUSR1);
        chan!(<-ctx.done());
        theirs.recv().await;
        stop();
        raise(signal::SIGUSR1);
        theirs.recv().await;
        println!("both were told");
    }
}

/// Signals come all the time while channels and contexts come and go: nothing is lost to the one that stays.
pub(crate) mod churn {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        let stays = chan!(os::Signal, 1);
        signal::notify(&stays, [signal::SIGUSR1]);
        let over = std::sync::Arc::new(go::sync::atomic::Bool::new(false));
        for n in 0..4 {
            go! {
                while !over.load() {
                    if n % 2 == 0 {
                        let c = chan!(os::Signal, 1);
                        signal::notify(&c, [signal::SIGUSR1, signal::SIGUSR2]);
                        runtime::gosched().await;
                        signal::stop(&c);
                        let len = c.len();
                        runtime::gosched().await;
                        assert_eq!(c.len(), len, "it got something after stop");
                    } else {
                        let (ctx, stop) = signal::notify_context(&go::context::background(), [signal::SIGUSR1]);
                        select! {
                        case <-ctx.done():
                        case <-time::after(time::MILLISECOND):
                        }
                        stop();
                    }
                }
            }
        }
        for _ in 0..1000 {
            raise(signal::SIGUSR1);
            chan!(<-stays);
        }
        over.store(true);
        println!("1000 signals");
    }
}

/// A handler asked for on the nil channel.
pub(crate) mod nil {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        signal::notify(Chan::nil(), [os::INTERRUPT]);
    }
}
