//! Programs whose report, or whose idleness, has its price measured.

/// As many blocked goroutines as the second argument says; says when it gets stuck: nanoseconds since 1970.
pub(crate) mod blocked {
    use std::time::{SystemTime, UNIX_EPOCH};

    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let count: usize = std::env::args().nth(2).and_then(|text| text.parse().ok()).expect("a number");
        let ch = chan!(i32);
        for _ in 1..count {
            go! { <-ch; }
        }
        // Until all of them wait.
        time::sleep(200 * time::MILLISECOND).await;
        println!("{}", SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970").as_nanos());
        chan!(<-ch);
    }
}

/// As many goroutines as the second argument says that wait for timers, and a hundred for sockets; prints the processor
/// time in clock ticks that three seconds of that have cost.
pub(crate) mod idle {
    use go::prelude::*;

    /// The processor time that the process has used, in clock ticks.
    fn ticks() -> u64 {
        let stat = std::fs::read_to_string("/proc/self/stat").expect("there is such a file");
        // The name in parentheses may contain anything.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        [11, 12].iter().map(|at| fields[*at].parse::<u64>().expect("a number")).sum()
    }

    #[go::main]
    pub(crate) async fn main() {
        let count: u64 = std::env::args().nth(2).and_then(|text| text.parse().ok()).expect("a number");
        for n in 0..count {
            go! { time::sleep(time::Duration::from_secs(3600 + n % 1000)).await; }
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        for _ in 0..100 {
            let near = tokio::net::TcpStream::connect(address).await.expect("it listens");
            let (far, _) = listener.accept().await.expect("a connection");
            go!(move near, far {
                near.readable().await.expect("it can be waited for");
                drop(far);
            });
        }
        // Until all of them wait.
        time::sleep(time::SECOND).await;
        let before = ticks();
        time::sleep(3 * time::SECOND).await;
        println!("{} ticks for {} goroutines", ticks() - before, runtime::num_goroutine());
    }
}
