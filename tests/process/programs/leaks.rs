//! Programs that ask which goroutines can never run again. Each prints the reasons of those that are named.

use go::prelude::*;

/// The brackets of the goroutines that are named.
pub(crate) async fn named() -> Vec<String> {
    let report = runtime::leaked().await;
    report.lines().filter_map(|line| line.split_once('[')?.1.strip_suffix("]:").map(str::to_owned)).collect()
}

/// As [`named`], once more as long as not everybody but main is named, for half a minute: a search misses those whose thread
/// gets no processor meanwhile.
pub(crate) async fn all_named() -> Vec<String> {
    let start = time::now();
    loop {
        let mut all = named().await;
        all.sort();
        if all.len() + 1 == runtime::num_goroutine() || time::since(start) > 30 * time::SECOND {
            return all;
        }
    }
}

/// Lets every goroutine begin to wait.
pub(crate) async fn settle() {
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
        let all = all_named().await;
        println!("{all:?}");
        // They stay where they are, and the program goes on.
        assert_eq!(runtime::num_goroutine(), 9);
        assert_eq!(all_named().await.len(), 8);
    }
}

/// Selects, locks, groups and conditions that are leaked for certain.
pub(crate) mod dead_otherwise {
    use go::select;

    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        // A worker that nobody gives anything to, and that nobody stops.
        let (jobs, quit) = (chan!(i32), chan!(()));
        for _ in 0..2 {
            go! {
                select! {
                case job := <-jobs: let _ = job;
                case <-quit:
                }
            }
        }
        drop((jobs, quit));
        // One is leaked only because the other one is: each has a way out through the other's channel.
        let (a, b) = (chan!(i32), chan!(i32));
        go! { select! { case <-a: case <-b: } }
        go! { select! { case v := <-b: let _ = v; case <-a: case <-Chan::<i32>::nil(): } }
        drop((a, b));
        // Sends and receives that nobody answers; nil is never ready.
        let (answer, more) = (chan!(i32), chan!(i32));
        go!(move answer, more { select! { case answer <- 1: case <-more: } });
        let nil = Chan::<i32>::nil();
        go!(move nil { select! { case <-nil: case nil <- 1: } });
        // As many cases as there are at run time.
        let channels: Vec<Chan<i32>> = (0..3).map(|_| chan!(i32)).collect();
        let channels: [Chan<i32>; 3] = channels.try_into().expect("there are three");
        go!(move channels {
            let mut cases: Vec<_> = channels.iter().map(select::recv).collect();
            select::cases(&mut cases).await;
        });
        // Locked twice.
        let mu = sync::RawMutex::new();
        go!(move mu { mu.lock().await; mu.lock().await; });
        // Whoever had the lock has forgotten to give it back.
        let mu = sync::RawMutex::new();
        mu.lock().await;
        for _ in 0..2 {
            go! { mu.lock().await; mu.unlock(); }
        }
        drop(mu);
        let rw = sync::RawRwMutex::new();
        rw.rlock().await;
        go! { rw.lock().await; rw.unlock(); }
        super::settle().await;
        go! { rw.rlock().await; rw.runlock(); }
        go! { rw.lock().await; rw.unlock(); }
        drop(rw);
        // Locks around data that lie in the goroutine itself.
        go! {
            let mu = sync::Mutex::new(1);
            let _guard = mu.lock().await;
            let _again = mu.lock().await;
        }
        go! {
            let rw = sync::RwMutex::new(1);
            let _guard = rw.rlock().await;
            let _again = rw.lock().await;
        }
        go! {
            let rw = sync::RwMutex::new(1);
            let _guard = rw.lock().await;
            let _again = rw.rlock().await;
        }
        // Nobody is left that could call `done`.
        let wg = sync::WaitGroup::new();
        wg.add(1);
        go! { wg.wait().await; }
        go!(move wg { wg.wait().await; });
        // Nobody is left that could signal.
        let cond = sync::Cond::new(sync::RawMutex::new());
        for _ in 0..2 {
            go! { cond.l.lock().await; cond.wait().await; }
        }
        drop(cond);
        // It has got its signal and finds the lock taken.
        let cond = sync::Cond::new(sync::RawMutex::new());
        go! { cond.l.lock().await; cond.wait().await; }
        super::settle().await;
        cond.l.lock().await;
        cond.signal();
        drop(cond);
        super::settle().await;
        let all = all_named().await;
        for reason in &all {
            println!("{reason}");
        }
        assert_eq!((runtime::num_goroutine(), all_named().await.len()), (all.len() + 1, all.len()));
    }
}

/// Selects, locks, groups and conditions that somebody may still use.
pub(crate) mod alive_otherwise {
    use std::sync::Arc;

    use super::*;

    static MUTEX: sync::RawMutex = sync::RawMutex::new();
    static DATA: sync::Mutex<i32> = sync::Mutex::new(0);
    static GROUP: sync::WaitGroup = sync::WaitGroup::new();
    static STATIC: Chan<i32> = chan!(i32);

    /// A channel that nobody else has.
    async fn alone() -> Chan<i32> {
        chan!(i32)
    }

    #[go::main]
    pub(crate) async fn main() {
        const SOON: time::Duration = time::Duration::from_millis(20);
        // A way out through a timer, through a foreign future, through a context with a deadline or without.
        go! {
            let ch = alone().await;
            select! { case <-ch: case <-time::after(SOON): }
        }
        let (sender, receiver) = tokio::sync::oneshot::channel::<i32>();
        go!(move receiver {
            let ch = alone().await;
            select! { case <-ch: case _ = <-receiver: }
        });
        let (ctx, _cancel) = context::with_timeout(&context::background(), SOON);
        go!(move ctx {
            let ch = alone().await;
            select! { case <-ch: case <-ctx.done(): }
        });
        let (ctx, cancel) = context::with_cancel(&context::background());
        go!(move ctx {
            let ch = alone().await;
            select! { case <-ch: case <-ctx.done(): }
        });
        // One of the channels is a static, main's, a thread's, a task's, or a sleeper's.
        go! {
            let ch = alone().await;
            select! { case <-ch: case <-STATIC: }
        }
        let held = chan!(i32);
        go! {
            let ch = alone().await;
            select! { case ch <- 1: case <-held: }
        }
        let (threads, (stop, wait)) = (chan!(i32), std::sync::mpsc::channel::<()>());
        let theirs = threads.sender();
        std::thread::spawn(move || {
            // Until the other end is dropped.
            let _ = wait.recv();
            theirs.send_blocking(1);
        });
        go!(move threads { select! { case <-threads: case <-Chan::<i32>::nil(): } });
        let tasks = chan!(i32);
        let theirs = tasks.sender();
        tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            theirs.send(1).await;
        });
        go!(move tasks { select! { case <-tasks: case <-Chan::<i32>::nil(): } });
        let sleepers = chan!(i32);
        go! { time::sleep(SOON).await; sleepers <- 1; }
        go!(move sleepers { select! { case <-sleepers: case <-Chan::<i32>::nil(): } });
        // Locks that are given back later, by a sleeper, by a thread, by main.
        let mu = sync::RawMutex::new();
        mu.lock().await;
        go! { time::sleep(SOON).await; mu.unlock(); }
        go! { mu.lock().await; mu.unlock(); }
        drop(mu);
        MUTEX.lock().await;
        go! { MUTEX.lock().await; MUTEX.unlock(); }
        let rw = sync::RawRwMutex::new();
        rw.rlock().await;
        let reader = rw.clone();
        let (give_back, wait) = std::sync::mpsc::channel::<()>();
        std::thread::spawn(move || {
            let _ = wait.recv();
            reader.runlock();
        });
        go!(move rw { rw.lock().await; rw.unlock(); });
        let data = Arc::new(sync::Mutex::new(0));
        let guard = data.clone().lock_owned().await;
        go! { *data.lock().await += 1; }
        drop(data);
        let statics = DATA.lock().await;
        go! { *DATA.lock().await += 1; }
        let table = Arc::new(sync::RwMutex::new(0));
        let reading = table.rlock().await;
        let shared = table.clone();
        go! { *shared.lock().await += 1; }
        // Groups whose members sleep, and a condition that a sleeper signals.
        let wg = sync::WaitGroup::new();
        wg.go(async { time::sleep(SOON).await });
        go!(move wg { wg.wait().await; });
        GROUP.add(1);
        go! { GROUP.wait().await; }
        let cond = sync::Cond::new(sync::RawMutex::new());
        go! { cond.l.lock().await; cond.wait().await; cond.l.unlock(); }
        go! { time::sleep(SOON).await; cond.broadcast(); }
        drop(cond);
        // A goroutine that waits for two things at once.
        let (one, two) = (chan!(i32), chan!(i32));
        go!(move one, two {
            tokio::select! {
                _ = one.recv() => {}
                () = async { select! { case <-two: case <-time::after(SOON): } } => {}
            }
        });
        super::settle().await;
        for _ in 0..20 {
            assert_eq!(named().await, Vec::<String>::new());
        }
        // All of them can go on, and do.
        let _ = sender.send(1);
        cancel();
        chan!(STATIC <- 1);
        chan!(held <- 1);
        drop((stop, give_back, guard, statics, reading));
        MUTEX.unlock();
        GROUP.done();
        let start = time::now();
        while runtime::num_goroutine() > 1 {
            assert!(time::since(start) < 30 * time::SECOND, "{}", runtime::stack_all());
            time::sleep(time::MILLISECOND).await;
        }
        println!("everybody went on");
    }
}

/// One that has been leaked for more than a minute, and one that has not.
pub(crate) mod long {
    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        go!(move { select! {} });
        settle().await;
        assert_eq!(all_named().await, ["select (no cases) (leaked)"]);
        go! { <-Chan::<i32>::nil(); }
        time::sleep(61 * time::SECOND).await;
        go! { <-context::background().done(); }
        settle().await;
        println!("{:?}", all_named().await);
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

    /// The same by selects.
    async fn select_on(from: Chan<u64>, to: Chan<u64>) {
        let never = chan!(u64);
        let v = select! {
        case v := <-from: v
        case v := <-never: v
        };
        select! {
        case to <- v + 1:
        case <-never:
        }
    }

    /// A round of what is not channels: a lock, a group and a condition, each with one handle too many for a moment.
    async fn meet(round: u64) {
        let (mu, wg) = (sync::RawRwMutex::new(), sync::WaitGroup::new());
        let cond = sync::Cond::new(sync::RawMutex::new());
        cond.l.lock().await;
        mu.lock().await;
        wg.add(3);
        for reads in [round.is_multiple_of(2), true] {
            go! {
                if reads {
                    mu.rlock().await;
                    mu.runlock();
                } else {
                    mu.lock().await;
                    mu.unlock();
                }
                wg.done();
            }
        }
        go! {
            cond.l.lock().await;
            cond.l.unlock();
            cond.signal();
            wg.done();
        }
        // The last handle but those that wait goes to a thread, or stays.
        if round.is_multiple_of(3) {
            drop(tokio::task::spawn_blocking(move || mu.unlock()));
        } else {
            mu.unlock();
        }
        cond.wait().await;
        cond.l.unlock();
        wg.wait().await;
    }

    /// Has a thread call it.
    fn call_later(cancel: context::CancelFunc) {
        drop(tokio::task::spawn_blocking(move || {
            cancel();
        }));
    }

    /// A round of contexts, each with one function too many for a moment.
    async fn cancelled(round: u64) {
        let (root, cancel_root) = context::with_cancel(&context::background());
        let (ctx, cancel) = if round.is_multiple_of(2) {
            context::with_cancel(&context::with_value(&root, "round", round))
        } else {
            context::with_timeout(&root, time::HOUR)
        };
        let wg = sync::WaitGroup::new();
        for ctx in [root.clone(), ctx] {
            let never = chan!(u64);
            wg.go(async move {
                select! {
                case <-ctx.done():
                case <-never:
                }
            });
        }
        // The last function goes to another goroutine, a thread or a task, and the one that is not called stays or goes.
        match round % 3 {
            0 => go!(move cancel { cancel(); }),
            1 => call_later(cancel),
            _ => drop(cancel),
        }
        match round % 4 {
            0 => go!(move cancel_root { cancel_root(); }),
            1 => call_later(cancel_root),
            2 => drop(tokio::spawn(async move { cancel_root() })),
            _ => cancel_root(),
        }
        wg.wait().await;
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
                if round.is_multiple_of(2) {
                    go!(pass_on(move from, to));
                } else {
                    go!(select_on(move from, to));
                }
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
            meet(round).await;
            cancelled(round).await;
        }
        over.store(true);
        println!("asked at least once: {}", chan!(<-asked) > 0);
    }
}
