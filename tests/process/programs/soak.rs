//! Programs that are idle very often, each time because something outside is still to come.

/// As many waits as the second argument says, each for another kind of event; then a deadlock.
pub(crate) mod waits {
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use go::prelude::*;
    use tokio::io::AsyncReadExt as _;

    /// What the helping thread is asked for.
    enum Request {
        /// Send to a channel.
        Send(Sender<u64>),
        /// Complete another library's future.
        Complete(tokio::sync::oneshot::Sender<u64>),
        /// Break another library's future.
        Break(tokio::sync::oneshot::Sender<u64>),
        /// Write a byte.
        Write,
    }

    /// xorshift64
    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % bound
        }

        /// Mostly microseconds, so that events meet the moment at which the last goroutine begins to wait.
        fn delay(&mut self) -> Duration {
            match self.below(8) {
                0 => Duration::ZERO,
                1 => Duration::from_micros(self.below(1500)),
                _ => Duration::from_nanos(self.below(60_000)),
            }
        }
    }

    fn spin(delay: Duration) {
        let start = Instant::now();
        while start.elapsed() < delay {
            std::hint::spin_loop();
        }
    }

    /// The helping thread.
    fn help(requests: &mpsc::Receiver<(Duration, Request)>, mut pipe: UnixStream) {
        for (delay, request) in requests {
            spin(delay);
            match request {
                Request::Send(ch) => ch.send_blocking(1),
                Request::Complete(future) => future.send(1).expect("somebody waits"),
                Request::Break(future) => drop(future),
                Request::Write => pipe.write_all(&[1]).expect("the pipe is open"),
            }
        }
    }

    #[go::main]
    pub(crate) async fn main() {
        let rounds: u64 = std::env::args().nth(2).and_then(|text| text.parse().ok()).expect("the number of waits");
        let seed = std::env::args().nth(3).and_then(|text| text.parse().ok()).expect("a seed");
        let mut random = Random(seed);
        let (ask, requests) = mpsc::channel();
        let (near, far) = UnixStream::pair().expect("a pair of sockets");
        near.set_nonblocking(true).expect("a socket can be made so");
        let mut near = tokio::net::UnixStream::from_std(near).expect("tokio takes it");
        let helper = std::thread::spawn(move || help(&requests, far));
        let request = |delay, request| ask.send((delay, request)).expect("the thread listens");

        let mut got = 0;
        while got < rounds {
            let (delay, ch) = (random.delay(), chan!(u64));
            got += match random.below(16) {
                0 => {
                    time::sleep(delay).await;
                    1
                }
                1 => {
                    chan!(<-time::after(delay));
                    1
                }
                2 => {
                    let sender = ch.sender();
                    time::after_func(delay, move || async move { sender.send(1).await });
                    chan!(<-ch)
                }
                3 => {
                    request(delay, Request::Send(ch.sender()));
                    chan!(<-ch)
                }
                4 => {
                    let sender = ch.sender();
                    std::thread::spawn(move || {
                        spin(delay);
                        sender.send_blocking(1);
                    });
                    chan!(<-ch)
                }
                5 => {
                    let sender = ch.sender();
                    tokio::task::spawn_blocking(move || {
                        spin(delay);
                        sender.send_blocking(1);
                    });
                    chan!(<-ch)
                }
                6 => {
                    let (sender, yields) = (ch.sender(), random.below(4));
                    tokio::spawn(async move {
                        for _ in 0..yields {
                            tokio::task::yield_now().await;
                        }
                        sender.send(1).await;
                    });
                    chan!(<-ch)
                }
                7 => {
                    let (future, wait) = tokio::sync::oneshot::channel();
                    request(delay, Request::Complete(future));
                    wait.await.expect("the thread completes it")
                }
                8 => {
                    let (future, wait) = tokio::sync::oneshot::channel();
                    request(delay, Request::Break(future));
                    wait.await.map_or(1, |_| 0)
                }
                9 => {
                    request(delay, Request::Write);
                    let mut byte = [0];
                    near.read_exact(&mut byte).await.expect("the thread writes it");
                    1
                }
                10 => tokio::task::spawn_blocking(move || spin(delay)).await.map_or(0, |()| 1),
                11 => {
                    let (ctx, _cancel) = context::with_timeout(&context::background(), delay);
                    chan!(<-ctx.done());
                    1
                }
                12 => {
                    let timer = time::new_timer(delay);
                    timer.reset(random.delay());
                    chan!(<-timer.c);
                    1
                }
                13 => {
                    // A chain, at whose end somebody sleeps.
                    let mut last = ch.receiver();
                    for _ in 0..random.below(6) {
                        let (from, to) = (last, chan!(u64));
                        last = to.receiver();
                        go! {
                            v := <-from;
                            to <- v;
                        }
                    }
                    go! {
                        time::sleep(delay).await;
                        ch <- 1;
                    }
                    chan!(<-last)
                }
                14 => {
                    // Two ways, of which the other one is given up.
                    request(delay, Request::Send(ch.sender()));
                    select! {
                        case v := <-ch => v,
                        case <-time::after(time::HOUR) => 0,
                    }
                }
                _ => {
                    let done = sync::WaitGroup::new();
                    for _ in 0..3 {
                        done.add(1);
                        let (done, delay) = (done.clone(), random.delay());
                        tokio::spawn(async move {
                            tokio::task::spawn_blocking(move || spin(delay)).await.expect("it does not panic");
                            done.done();
                        });
                    }
                    done.wait().await;
                    1
                }
            };
        }
        println!("{got} waits");
        drop(ask);
        tokio::task::spawn_blocking(|| helper.join()).await.expect("it can be waited for").expect("the thread ends");
        drop(near);
        chan!(<-chan!(i32));
    }
}

/// A deadlock after some work, another one for each seed.
pub(crate) mod deadlocks {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let seed: u64 = std::env::args().nth(2).and_then(|text| text.parse().ok()).expect("a seed");
        let (ch, mu, wg) = (chan!(u64), sync::RawMutex::new(), sync::WaitGroup::new());
        wg.add(1);
        mu.lock().await;
        let workers = seed % 7;
        for n in 0..workers {
            go! {
                for i in 0..n * 10 {
                    if (i + seed).is_multiple_of(5) { runtime::gosched().await; }
                    ch <- i;
                }
                match (seed + n) % 4 {
                    0 => mu.lock().await,
                    1 => wg.wait().await,
                    2 => { select! {} }
                    _ => _ = <-Chan::<u64>::nil(),
                }
            }
        }
        let sent: u64 = (0..workers).map(|n| n * 10).sum();
        for _ in 0..sent {
            chan!(<-ch);
        }
        match seed % 5 {
            0 => time::sleep(time::Duration::from_micros(seed % 300)).await,
            1 => tokio::task::spawn_blocking(|| {}).await.expect("it does not panic"),
            2 => tokio::task::yield_now().await,
            3 => {
                let sender = ch.sender();
                std::thread::spawn(move || sender.send_blocking(1));
                chan!(<-ch);
            }
            _ => {}
        }
        match seed % 3 {
            0 => _ = chan!(<-ch),
            1 => wg.wait().await,
            _ => runtime::goexit(),
        }
    }
}
