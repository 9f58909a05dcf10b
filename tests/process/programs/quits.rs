//! Programs that are asked for the state of their goroutines.

/// One goroutine computes for ever on the only worker.
pub(crate) mod busy {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        go! { <-c; }
        while !runtime::stack_all().contains("[chan receive]") {
            runtime::gosched().await;
        }
        println!("ready");
        loop {
            std::hint::spin_loop();
        }
    }
}

/// The program leaves the signal alone.
pub(crate) mod opted_out {
    use go::prelude::*;

    pub(crate) fn main() {
        go::runtime::Builder::new().sigquit(false).run(async {
            println!("ready");
            time::sleep(time::HOUR).await;
        })
    }
}

/// A runtime of the user's own.
pub(crate) mod owned {
    use go::prelude::*;

    #[tokio::main]
    pub(crate) async fn main() {
        go! { println!("ready"); }
        tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
    }
}

/// A goroutine is woken and has not run yet; another one has just been started.
pub(crate) mod runnable {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32, 1);
        go! { <-c; }
        while !runtime::stack_all().contains("[chan receive]") {
            runtime::gosched().await;
        }
        chan!(c <- 1);
        go! {}
        print!("{}", runtime::stack_all());
    }
}

/// Every goroutine's state while the program runs.
pub(crate) mod stack_all {
    use go::prelude::*;
    use go::sync::atomic::Bool;

    static STOP: Bool = Bool::new(false);
    static WAITED: Bool = Bool::new(false);

    async fn worker(c: Chan<i32>) {
        chan!(<-c);
    }

    #[go::main]
    pub(crate) async fn main() {
        let c = chan!(i32);
        go!(worker(c));
        go! { tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port").accept().await.expect("a peer"); }
        go! { time::sleep(time::HOUR).await; }
        go! { select! {} }
        go! {
            time::sleep(time::MILLISECOND).await;
            WAITED.store(true);
            while !STOP.load() {
                runtime::gosched().await;
            }
        }
        // All wait but this one and the last one.
        while !WAITED.load() || runtime::stack_all().matches("[run").count() != 2 {
            time::sleep(time::MILLISECOND).await;
        }
        // The last one gives way all the time: between two polls it is about to run.
        print!("{}", runtime::stack_all());
        STOP.store(true);
    }
}
