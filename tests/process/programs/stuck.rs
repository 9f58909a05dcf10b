//! Programs in which nothing can happen any more.

/// A goroutine for each thing that one can wait for.
pub(crate) mod everywhere {
    use std::sync::Arc;

    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let (a, b, nil) = (chan!(i32), chan!(i32, 1), Chan::<i32>::nil());
        let (wg, mu) = (sync::WaitGroup::new(), sync::RawMutex::new());
        let (read, written) = (Arc::new(sync::RwMutex::new(0)), Arc::new(sync::RwMutex::new(0)));
        wg.add(1);
        mu.lock().await;
        let (_reading, _writing) = (read.rlock().await, written.lock().await);
        chan!(b <- 1);
        go! { <-a; }
        go! { b <- 2; }
        go! { <-nil; }
        go! { nil <- 1; }
        go! {
            select! {
                case <-a:
                case b <- 2:
            }
        }
        go! { select! {} }
        go! { wg.wait().await; }
        go! { mu.lock().await; }
        go! { drop(read.lock().await); }
        go! { drop(written.rlock().await); }
        a.recv().await;
    }
}

/// Says when it gets stuck: nanoseconds since 1970.
pub(crate) mod since {
    use std::time::{SystemTime, UNIX_EPOCH};

    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let (ping, pong) = (chan!(i32), chan!(i32));
        go! {
            while let Some(n) = ping.recv().await {
                pong <- n;
            }
        }
        for n in 0..100 {
            chan!(ping <- n);
            chan!(<-pong);
        }
        println!("{}", SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970").as_nanos());
        chan!(<-pong);
    }
}

/// The threads and tasks that tokio and this library keep do not count.
pub(crate) mod beside_a_service {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        // The thread of the timers has been started, and a blocking thread of tokio's has come and will go.
        time::sleep(time::MILLISECOND).await;
        tokio::task::spawn_blocking(|| {}).await.expect("the closure returns");
        let (wake, timer) = (chan!(()), time::Timer::new(time::HOUR));
        timer.stop();
        select! {
            case <-wake:
            case <-timer.c:
        }
    }
}
