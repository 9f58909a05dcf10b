//! How long others wait beside goroutines that never wait: `cargo bench -p go-runtime --bench latency`.
//!
//! The load is as many pairs as there are workers, each of which passes values through an unbuffered channel, so that
//! there is always a goroutine to run. Beside it are measured tokio's sleep and TCP, as tokio tasks, and this crate's
//! sleep, receive and mutex, as goroutines. Idle and loaded, the time beyond what was asked for:
//!
//! ```text
//! what                        load      p50       p99       max
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use go::prelude::*;
use go::runtime::Builder;
use go::sync::atomic::Bool;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How many workers run goroutines.
const WORKERS: usize = 2;
/// How often each thing is measured.
const TIMES: usize = 1_000;
/// What is slept.
const PAUSE: Duration = Duration::from_millis(1);

/// The times that something took too long.
struct Lateness {
    /// What it was.
    what: &'static str,
    /// The times.
    times: Vec<Duration>,
}

impl Lateness {
    /// Nothing was measured yet.
    fn of(what: &'static str) -> Lateness {
        Lateness { what, times: Vec::with_capacity(TIMES) }
    }

    /// It took from `start` until now, of which `wanted` is right.
    fn add(&mut self, start: Instant, wanted: Duration) {
        self.times.push(start.elapsed().saturating_sub(wanted));
    }

    /// Prints the line.
    fn print(mut self, load: &str) {
        self.times.sort_unstable();
        let at = |share: f64| self.times[((self.times.len() - 1) as f64 * share) as usize];
        println!("{:28} {load:8} {:>9.1?} {:>9.1?} {:>9.1?}", self.what, at(0.5), at(0.99), at(1.0));
    }
}

/// A tokio task that sleeps.
async fn tokio_sleep() -> Lateness {
    let mut lateness = Lateness::of("tokio sleep of 1 ms");
    for _ in 0..TIMES {
        let start = Instant::now();
        tokio::time::sleep(PAUSE).await;
        lateness.add(start, PAUSE);
    }
    lateness
}

/// A tokio task that connects to another one's listener and waits for a byte.
async fn tokio_tcp() -> Lateness {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move {
        while let Ok((mut peer, _)) = listener.accept().await {
            tokio::spawn(async move { peer.write_all(b"x").await });
        }
    });
    let mut lateness = Lateness::of("tokio connect and read");
    for _ in 0..TIMES {
        let start = Instant::now();
        let mut stream = TcpStream::connect(address).await.expect("the server listens");
        stream.read_exact(&mut [0]).await.expect("the server writes");
        lateness.add(start, Duration::ZERO);
    }
    server.abort();
    lateness
}

/// A goroutine that sleeps.
async fn go_sleep() -> Lateness {
    let mut lateness = Lateness::of("goroutine sleep of 1 ms");
    for _ in 0..TIMES {
        let start = Instant::now();
        time::sleep(PAUSE).await;
        lateness.add(start, PAUSE);
    }
    lateness
}

/// A goroutine that another one wakes through a channel, now and then.
async fn go_receive() -> Lateness {
    let ch = chan!(Instant);
    go! {
        for _ in 0..TIMES {
            time::sleep(PAUSE).await;
            ch <- Instant::now();
        }
        ch.close();
    }
    let mut lateness = Lateness::of("receive, from send");
    while let Some(start) = ch.recv().await {
        lateness.add(start, Duration::ZERO);
    }
    lateness
}

/// A goroutine that wants a lock which another one always takes again at once.
async fn go_mutex() -> Lateness {
    let (lock, over) = (Arc::new(sync::Mutex::new(0_u64)), Arc::new(Bool::new(false)));
    go! {
        while !over.load() {
            *lock.lock().await += 1;
        }
    }
    let mut lateness = Lateness::of("lock beside a hog");
    for _ in 0..TIMES {
        let start = Instant::now();
        *lock.lock().await += 1;
        lateness.add(start, Duration::ZERO);
        time::sleep(PAUSE).await;
    }
    over.store(true);
    lateness
}

/// Measures everything, one after the other.
async fn all(load: &str) {
    tokio::spawn(tokio_sleep()).await.expect("it does not panic").print(load);
    tokio::spawn(tokio_tcp()).await.expect("it does not panic").print(load);
    go_sleep().await.print(load);
    go_receive().await.print(load);
    go_mutex().await.print(load);
}

fn main() {
    Builder::new().workers(WORKERS).run(async {
        println!("{:28} {:8} {:>9} {:>9} {:>9}", "what", "load", "p50", "p99", "max");
        all("idle").await;
        let ch = chan!(u64);
        for _ in 0..WORKERS {
            go! {
                loop {
                    ch <- 1;
                }
            }
            go! {
                while ch.recv().await.is_some() {}
            }
        }
        all("storm").await;
    })
}
