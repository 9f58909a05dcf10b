//! Programs that ask which goroutines can never run again. Each prints the reasons of those that are named.

use go::prelude::*;

/// The brackets of the goroutines that are named.
async fn named() -> Vec<String> {
    let report = runtime::leaked().await;
    report.lines().filter_map(|line| line.split_once('[')?.1.strip_suffix("]:").map(str::to_owned)).collect()
}

/// Lets every goroutine begin to wait.
async fn settle() {
    for _ in 0..100 {
        runtime::gosched().await;
    }
    time::sleep(5 * time::MILLISECOND).await;
}

/// What is leaked for certain.
pub(crate) mod dead {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        // Nobody receives the answer.
        let answer = chan!(i32);
        go! { answer <- 42; }
        drop(answer);
        // Nobody closes the channel of the workers.
        let jobs = chan!(i32);
        for _ in 0..3 {
            go! { while let Some(job) = jobs.recv().await { let _ = job; } }
        }
        drop(jobs);
        // Two that would wake each other if either could run: each owns the channel that it waits on only.
        let (a, b) = (chan!(i32), chan!(i32));
        go!(move a { chan!(<-a); });
        go!(move b { chan!(b <- 1); });
        go! { select! {} }
        go! { <-Chan::<i32>::nil(); }
        super::settle().await;
        let mut all = named().await;
        all.sort();
        println!("{all:?}");
        // They stay where they are, and the program goes on.
        assert_eq!(runtime::num_goroutine(), 9);
        assert_eq!(named().await.len(), 8);
    }
}

/// What only looks so.
pub(crate) mod alive {
    use std::sync::Arc;

    use super::*;

    static FOREVER: Chan<i32> = chan!(i32);

    struct Shared {
        ch: Chan<i32>,
    }

    async fn waits(ch: Chan<i32>) {
        chan!(<-ch);
    }

    #[go::main]
    pub(crate) async fn main() {
        // A static may be used by anybody.
        go! { <-FOREVER; }
        // Main still holds the channel.
        let held = chan!(i32);
        go! { <-held; }
        // The one handle lies where another goroutine sees it too.
        let shared = Arc::new(Shared { ch: chan!(i32) });
        let other = shared.clone();
        go! { <-shared.ch; }
        go! {
            time::sleep(20 * time::MILLISECOND).await;
            other.ch <- 1;
        }
        drop(shared);
        // A thread holds the channel.
        let (threads, (stop, wait)) = (chan!(i32), std::sync::mpsc::channel::<()>());
        let sender = threads.sender();
        std::thread::spawn(move || {
            // Until the other end is dropped.
            let _ = wait.recv();
            sender.send_blocking(1);
        });
        go!(waits(threads));
        drop(threads);
        // A timer sends to it.
        let timer = time::after(20 * time::MILLISECOND);
        go!(move timer { chan!(<-timer); });
        // A second way out.
        let alone = chan!(i32);
        go!(move alone {
            tokio::select! {
                _ = alone.recv() => {}
                () = tokio::time::sleep(std::time::Duration::from_millis(20)) => {}
            }
        });
        // A task of tokio's holds the channel.
        let tasks = chan!(i32);
        let sender = tasks.sender();
        tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            sender.send(1).await;
        });
        go!(move tasks { chan!(<-tasks); });
        // A value in a channel holds the channel.
        let (mail, letter) = (Chan::<Chan<i32>>::buffered(1), chan!(i32));
        mail.send(letter.clone()).await;
        go!(move letter { chan!(<-letter); });
        // It computes, or gives way for ever.
        let over = Arc::new(go::sync::atomic::Bool::new(false));
        go! { while !over.load() { runtime::gosched().await; } }
        super::settle().await;
        for _ in 0..20 {
            assert_eq!(named().await, Vec::<String>::new());
        }
        over.store(true);
        drop(stop);
        time::sleep(200 * time::MILLISECOND).await;
        // Those on the static, on what main holds, and on what the letter names are left.
        println!("{}", runtime::num_goroutine());
        chan!(<-mail).send(1).await;
        chan!(held <- 1);
        chan!(FOREVER <- 1);
        super::settle().await;
        println!("{}", runtime::num_goroutine());
    }
}

/// Goroutines come and go, all of them served sooner or later, while somebody asks all the time.
pub(crate) mod churn {
    use super::*;

    async fn pass_on(from: Chan<u64>, to: Chan<u64>) {
        chan!(v := <-from);
        chan!(to <- v + 1);
    }

    #[go::main]
    pub(crate) async fn main() {
        let rounds: u64 = std::env::args().nth(2).and_then(|text| text.parse().ok()).expect("a number");
        let over = std::sync::Arc::new(go::sync::atomic::Bool::new(false));
        let asked = chan!(u64, 1);
        go! {
            let mut times = 0;
            while !over.load() {
                assert_eq!(named().await, Vec::<String>::new());
                times += 1;
            }
            asked <- times;
        }
        for round in 0..rounds {
            let first = chan!(u64);
            let mut last = first.clone();
            for _ in 0..round % 7 {
                let (from, to) = (std::mem::take(&mut last), chan!(u64));
                go!(pass_on(move from, to));
                last = to;
            }
            let done = chan!(u64);
            go!(pass_on(move last, done));
            // The only handle wanders to a thread or another task, and back to a goroutine.
            match round % 3 {
                0 => go!(move first { chan!(first <- 1); }),
                1 => drop(tokio::spawn(async move { first.send(1).await })),
                _ => drop(tokio::task::spawn_blocking(move || first.send_blocking(1))),
            }
            assert_eq!(chan!(<-done), 2 + round % 7);
        }
        over.store(true);
        println!("asked at least once: {}", chan!(<-asked) > 0);
    }
}
