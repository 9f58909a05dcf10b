//! Programs that wait for something outside the goroutines, for 300 ms, say so, and are stuck only then.

/// An ordinary thread may send.
pub(crate) mod thread {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let ch = chan!(());
        let sender = ch.sender();
        std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(300));
            sender.send_blocking(());
        });
        chan!(<-ch);
        println!("over");
        chan!(<-ch);
    }
}

/// A closure on tokio's blocking threads may send.
pub(crate) mod blocking {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let ch = chan!(());
        let sender = ch.sender();
        tokio::task::spawn_blocking(move || {
            std::thread::sleep(std::time::Duration::from_millis(300));
            sender.send_blocking(());
        });
        chan!(<-ch);
        println!("over");
        chan!(<-ch);
    }
}

/// A task of tokio's may send.
pub(crate) mod task {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let ch = chan!(());
        let sender = ch.sender();
        tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            sender.send(()).await;
        });
        chan!(<-ch);
        println!("over");
        chan!(<-ch);
    }
}

/// A timer may start something.
pub(crate) mod timer {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let ch = chan!(());
        go! {
            time::sleep(100 * time::MILLISECOND).await;
            time::after_func(200 * time::MILLISECOND, || println!("over"));
        }
        chan!(<-ch);
    }
}

/// A goroutine waits for tokio's I/O: for the end of another process.
pub(crate) mod io {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let ch = chan!(());
        go! {
            let mut sleeper = tokio::process::Command::new("sleep").arg("0.3").spawn().expect("`sleep` exists");
            assert!(sleeper.wait().await.expect("it can be waited for").success());
            println!("over");
        }
        chan!(<-ch);
    }
}
