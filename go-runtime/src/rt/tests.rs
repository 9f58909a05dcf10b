//! Unit tests of the executor: real threads, tokio beside it, the events that end a test.

use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::entry::{self, TestOptions};
use super::{Name, go, num_goroutine};
use crate::chan::Chan;
use crate::func::{self, Frame};
use crate::time::{MILLISECOND, sleep};
use crate::{context, runtime};

/// Runs `body` as a goroutine on `workers` threads in real time.
#[track_caller]
fn run<F: Future<Output: Send + 'static> + Send + 'static>(workers: Option<usize>, body: F) -> F::Output {
    let options = TestOptions { real_time: true, workers, allow_leaks: true };
    entry::test_with("main.main", Location::caller(), options, body, drop)
}

/// Starts a goroutine.
#[track_caller]
fn start(body: impl Future<Output = ()> + Send + 'static) {
    go(Name::Anonymous, Location::caller(), body);
}

/// What `run` fails with.
#[track_caller]
fn failure<F: Future<Output: Send + 'static> + Send + 'static>(workers: Option<usize>, body: F) -> String {
    let payload = match catch_unwind(AssertUnwindSafe(|| run(workers, body))) {
        Ok(_) => panic!("the test should have failed"),
        Err(payload) => payload,
    };
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast_ref::<&'static str>().expect("a text")).to_owned(),
    }
}

/// Every number of workers that matters.
const WORKERS: [Option<usize>; 4] = [None, Some(1), Some(2), Some(4)];

#[test]
fn goroutines_meet() {
    for workers in WORKERS {
        let sum = run(workers, async {
            let (ask, answer) = (Chan::new(), Chan::new());
            {
                let (ask, answer) = (ask.clone(), answer.clone());
                start(async move {
                    while let Some(n) = ask.recv().await {
                        answer.send(n * 2).await;
                    }
                    answer.close();
                });
            }
            let mut sum = 0;
            for n in 0..2_000u64 {
                ask.send(n).await;
                sum += answer.recv().await.expect("an answer");
            }
            ask.close();
            assert_eq!(answer.recv().await, None);
            sum
        });
        assert_eq!(sum, 1_999 * 2_000);
    }
}

#[test]
fn many_goroutines_run_on_all_workers() {
    for workers in WORKERS {
        let done = run(workers, async {
            let results = Chan::buffered(16);
            for n in 0..20_000u64 {
                let results = results.clone();
                start(async move {
                    if n % 3 == 0 {
                        runtime::gosched().await;
                    }
                    results.send(n).await;
                });
            }
            let mut sum = 0;
            for _ in 0..20_000 {
                sum += results.recv().await.expect("the channel is open");
            }
            sum
        });
        assert_eq!(done, 19_999 * 20_000 / 2);
    }
}

#[test]
fn the_count_of_goroutines() {
    run(Some(2), async {
        assert_eq!(num_goroutine(), 1);
        let (stop, stopped) = (Chan::<()>::new(), Chan::new());
        for _ in 0..10 {
            let (stop, stopped) = (stop.clone(), stopped.clone());
            start(async move {
                stop.recv().await;
                stopped.send(()).await;
            });
        }
        assert_eq!(num_goroutine(), 11);
        stop.close();
        for _ in 0..10 {
            stopped.recv().await;
        }
        // The last steps of a goroutine come after its last send.
        while num_goroutine() > 1 {
            runtime::gosched().await;
        }
    });
}

#[test]
fn a_hog_does_not_keep_the_goroutine_that_it_woke() {
    // On one processor or many: the woken goroutine is in the hog's next slot, and another worker is idle.
    run(Some(2), async {
        static SEEN: AtomicBool = AtomicBool::new(false);
        start(async { SEEN.store(true, Ordering::SeqCst) });
        let since = Instant::now();
        while !SEEN.load(Ordering::SeqCst) {
            assert!(since.elapsed() < Duration::from_secs(60), "the goroutine never ran");
            std::hint::spin_loop();
        }
    });
}

/// While wakes for a surplus are held back, a goroutine that is queued behind one that computes is run all the same.
#[test]
fn a_hog_does_not_keep_what_it_started_while_no_wake_is_likely_to_pay() {
    run(Some(2), async {
        for _ in 0..20 {
            // Goroutines that end at once: the worker that is woken for them finds out that it does not pay.
            for _ in 0..20 {
                let met = Arc::new(AtomicUsize::new(0));
                for _ in 0..50 {
                    let met = Arc::clone(&met);
                    start(async move {
                        met.fetch_add(1, Ordering::Relaxed);
                    });
                }
                while met.load(Ordering::Relaxed) < 50 {
                    runtime::gosched().await;
                }
            }
            let ran = Arc::new(AtomicUsize::new(0));
            for _ in 0..3 {
                let ran = Arc::clone(&ran);
                start(async move {
                    ran.fetch_add(1, Ordering::Relaxed);
                });
            }
            // Computes, and does not give way, until all of them have run elsewhere.
            let begun = Instant::now();
            while ran.load(Ordering::Relaxed) < 3 {
                assert!(begun.elapsed() < Duration::from_secs(60), "{ran:?} of 3 ran");
                std::hint::spin_loop();
            }
        }
    });
}

#[test]
fn a_pair_that_always_has_something_to_do_does_not_starve_others() {
    run(Some(1), async {
        let (a, b) = (Chan::<u32>::new(), Chan::<u32>::new());
        for (from, to) in [(a.clone(), b.clone()), (b.clone(), a.clone())] {
            start(async move {
                while let Some(n) = from.recv().await {
                    to.send(n).await;
                }
            });
        }
        a.send(0).await;
        // The pair never blocks for long; these have to get their turns all the same.
        for _ in 0..200 {
            runtime::gosched().await;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    });
}

#[test]
fn tokio_sleeps_and_io_work_inside_a_goroutine() {
    for workers in WORKERS {
        run(workers, async {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let address = listener.local_addr().expect("an address");
            start(async move {
                let (mut conn, _) = listener.accept().await.expect("a connection");
                let mut buffer = [0; 5];
                conn.read_exact(&mut buffer).await.expect("five bytes");
                conn.write_all(&buffer).await.expect("the peer reads");
            });
            let mut conn = tokio::net::TcpStream::connect(address).await.expect("a listener");
            tokio::time::sleep(Duration::from_millis(2)).await;
            conn.write_all(b"hello").await.expect("the peer reads");
            let mut buffer = [0; 5];
            conn.read_exact(&mut buffer).await.expect("five bytes");
            assert_eq!(&buffer, b"hello");
        });
    }
}

#[test]
fn tokio_stays_responsive_beside_goroutines_that_never_rest() {
    for workers in [Some(1), Some(2)] {
        let worst = run(workers, async move {
            let pairs = 4;
            for _ in 0..pairs {
                let ch = Chan::<u32>::new();
                let other = ch.clone();
                start(async move { while other.recv().await.is_some() {} });
                start(async move {
                    loop {
                        ch.send(1).await;
                    }
                });
            }
            let sleeper = tokio::spawn(async {
                let mut worst = Duration::ZERO;
                for _ in 0..50 {
                    let since = Instant::now();
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    worst = worst.max(since.elapsed());
                }
                worst
            });
            sleeper.await.expect("the task ends")
        });
        // Generous: the machine may be busy. What it guards against is a sleep that never ends.
        assert!(worst < Duration::from_secs(5), "a sleep of 2 ms took {worst:?}");
    }
}

#[test]
fn a_deadlock_fails_the_test_with_gos_report() {
    for workers in [None, Some(2)] {
        let report = failure(workers, async {
            let ch = Chan::<()>::new();
            start({
                let ch = ch.clone();
                async move { ch.send(()).await }
            });
            ch.recv().await;
            ch.recv().await;
        });
        let mut lines = report.lines();
        assert_eq!(lines.next(), Some("fatal error: all goroutines are asleep - deadlock!"));
        assert_eq!(lines.next(), Some(""));
        assert_eq!(lines.next(), Some("goroutine 1 [chan receive]:"));
        assert_eq!(lines.next(), Some("main.main()"));
        assert!(lines.next().is_some_and(|line| line.starts_with('\t') && line.contains("tests.rs:")), "{report}");
    }
}

#[test]
fn a_panic_in_any_goroutine_fails_the_test() {
    let text = failure(Some(2), async {
        start(async { panic!("boom {}", 7) });
        Chan::<()>::new().recv().await;
    });
    assert_eq!(text, "boom 7");
}

/// Main's return gives way to it there too, and it is told apart from one that the program has caught.
#[test]
fn a_panic_between_two_functions_is_under_way() {
    /// Looks when it is dropped.
    struct Look<'a>(&'a AtomicBool);
    impl Drop for Look<'_> {
        fn drop(&mut self) {
            self.0.store(func::is_panicking(), Ordering::Relaxed);
        }
    }
    for workers in WORKERS {
        let under_way = run(workers, async {
            let under_way = AtomicBool::new(false);
            let (outer, inner) = (Frame::new(), Frame::<()>::new());
            let body = async {
                outer.defer(|deferred| async move { assert!(deferred.recover().is_some()) });
                let _look = Look(&under_way);
                inner.run(async { panic!("boom") }, || None).await;
            };
            outer.run(body, || Some(())).await;
            under_way.into_inner()
        });
        assert!(under_way, "with {workers:?} workers");
    }
}

#[test]
fn waiting_for_a_thread_is_not_a_deadlock() {
    for workers in [None, Some(2)] {
        let got = run(workers, async {
            let ch = Chan::new();
            let tx = ch.sender();
            let thread = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(100));
                tx.send_blocking(3);
            });
            let got = ch.recv().await;
            thread.join().expect("the thread ends");
            let blocking = tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(50)));
            blocking.await.expect("the closure returns");
            got
        });
        assert_eq!(got, Some(3));
    }
}

#[test]
fn waiting_for_a_foreign_task_is_not_a_deadlock() {
    for workers in [None, Some(2)] {
        let got = run(workers, async {
            let ch = Chan::new();
            let tx = ch.sender();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                tx.send(4).await;
            });
            ch.recv().await
        });
        assert_eq!(got, Some(4));
    }
}

#[test]
fn goroutines_on_a_runtime_of_the_users() {
    for workers in [1, 2] {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(workers)
            .enable_all()
            .build()
            .expect("a runtime");
        let sum = runtime.block_on(async {
            let ch = Chan::new();
            for n in 0..100u64 {
                let ch = ch.clone();
                start(async move { ch.send(n).await });
            }
            let mut sum = 0;
            for _ in 0..100 {
                sum += ch.recv().await.expect("the channel is open");
            }
            sum
        });
        assert_eq!(sum, 4_950);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let got = runtime.block_on(async {
        let ch = Chan::new();
        let tx = ch.clone();
        start(async move { tx.send("here").await });
        ch.recv().await
    });
    assert_eq!(got, Some("here"));
}

#[test]
fn without_a_runtime_a_goroutine_is_an_error_that_says_so() {
    let payload = catch_unwind(|| start(async {})).expect_err("there is no runtime");
    let text = payload.downcast_ref::<String>().expect("a text");
    assert!(text.contains("no runtime to start a goroutine on at") && text.contains("tests.rs"), "{text}");
}

#[test]
fn a_runtime_that_is_dropped_drops_what_was_queued() {
    let token = Arc::new(AtomicUsize::new(0));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        for _ in 0..10 {
            let token = Arc::clone(&token);
            start(async move {
                token.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    drop(runtime);
    assert_eq!(Arc::strong_count(&token), 1, "ran {}", token.load(Ordering::Relaxed));
}

#[test]
fn a_seed_repeats_the_choices_of_a_select() {
    let choices = |seed| {
        run(None, async move {
            crate::goroutine::set_seed(seed);
            let (a, b) = (Chan::buffered(100), Chan::buffered(100));
            let mut chosen = Vec::new();
            for n in 0..100 {
                assert!(a.try_send(n).is_ok() && b.try_send(n).is_ok());
            }
            for _ in 0..60 {
                let mut cases = [crate::select::recv(&a), crate::select::recv(&b)];
                chosen.push(crate::select::cases(&mut cases).await);
            }
            chosen
        })
    };
    assert_eq!(choices(7), choices(7));
    assert_ne!(choices(7), choices(8));
}

#[test]
fn handles_that_are_asked_for_again_are_given_up_when_the_goroutine_waits() {
    run(Some(1), async {
        let (ctx, _cancel) = context::with_cancel(&context::background());
        let done = ctx.done();
        let handles = || done.lazy().handles();
        assert_eq!(handles(), Some(2), "the context's and this one");
        for _ in 0..10 {
            assert!(ctx.done() == done && ctx.done().clone() == done);
        }
        assert!(handles() > Some(2), "the thread keeps what it was given back");
        sleep(MILLISECOND).await;
        assert_eq!(handles(), Some(2));
    });
}
