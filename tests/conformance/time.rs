//! `time/sleep_test.go`, `time/tick_test.go`: sleeps, timers, tickers. Most run on the virtual clock, where every moment
//! can be told exactly; what is about threads and real clocks runs in real time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use go::prelude::*;
use go::sync::atomic::Int32;
use go::time::{Duration, HOUR, MICROSECOND, MILLISECOND, SECOND, Time};

/// The text that `f` panics with.
fn panic_text<R>(f: impl FnOnce() -> R) -> String {
    let payload = match catch_unwind(AssertUnwindSafe(f)) {
        Ok(_) => panic!("it should panic"),
        Err(payload) => payload,
    };
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast_ref::<&'static str>().expect("a text")).to_owned(),
    }
}

// ---- sleep_test.go ----

#[go::test(real_time)]
async fn TestSleep() {
    let delay = 30 * MILLISECOND;
    let start = Instant::now();
    time::sleep(delay).await;
    assert!(start.elapsed() >= delay, "it woke early");
    // Sleeps below a millisecond are that short.
    let start = Instant::now();
    for _ in 0..10 {
        time::sleep(100 * MICROSECOND).await;
    }
    assert!(start.elapsed() >= MILLISECOND);
}

#[go::test]
async fn TestSleepVirtual() {
    let start = time::now();
    time::sleep(3 * HOUR).await;
    time::sleep(Duration::ZERO).await;
    assert_eq!(time::since(start), 3 * HOUR);
}

#[go::test(real_time)]
async fn TestAfter() {
    let delay = 30 * MILLISECOND;
    let (start, begun) = (time::now(), Instant::now());
    let end = chan!(<-time::after(delay));
    assert!(begun.elapsed() >= delay);
    assert!(!end.before(start + delay), "the value is the time when it fired");
}

#[go::test(real_time)]
async fn TestAfterFunc() {
    // The function arms the next timer itself.
    fn next(left: i32, done: Chan<bool>) {
        if left == 0 {
            go!(done.send(true));
            return;
        }
        time::after_func(Duration::ZERO, move || next(left - 1, done));
    }
    let done = chan!(bool);
    next(12, done.clone());
    assert!(chan!(<-done));
}

#[go::test]
async fn TestAfterTick() {
    const COUNT: u32 = 8;
    let delta = 100 * MILLISECOND;
    let start = time::now();
    for _ in 0..COUNT {
        chan!(<-time::after(delta));
    }
    assert_eq!(time::since(start), COUNT * delta);
}

#[go::test]
async fn TestAfterQueuing() {
    let slots = [5, 3, 6, 6, 6, 1, 1, 2, 7, 9, 4, 8, 0];
    let delta = 10 * MILLISECOND;
    let start = time::now();
    let result = chan!((u32, Time), slots.len());
    for slot in slots {
        go! {
            let at = <-time::after(slot * delta);
            result <- (slot, at);
        }
    }
    let (mut seen, mut last) = (Vec::new(), start);
    for _ in slots {
        let (slot, at) = chan!(<-result);
        assert!(!at.before(last), "timers fired out of order");
        assert_eq!(at.sub(start), slot * delta);
        (last, _) = (at, seen.push(slot));
    }
    let mut sorted = slots;
    sorted.sort_unstable();
    assert_eq!(seen, sorted);
}

#[go::test]
async fn TestAfterStop() {
    let calls = Arc::new(Int32::new(0));
    let (one, two) = (calls.clone(), calls.clone());
    let t0 = time::after_func(40 * MILLISECOND, move || {
        one.add(100);
    });
    let c1 = time::new_timer(60 * MILLISECOND);
    let fired = time::after_func(10 * MILLISECOND, move || {
        two.add(1);
    });
    time::sleep(20 * MILLISECOND).await;
    assert!(t0.stop(), "it was pending");
    assert!(!t0.stop(), "it is stopped");
    assert!(!fired.stop(), "it has run");
    assert!(c1.stop());
    select! {
        case <-c1.c: panic!("a stopped timer fired")
        case <-time::after(HOUR): {}
    }
    assert_eq!(calls.load(), 1, "a stopped function ran, or the other did not");
    assert!(!c1.stop() && !t0.stop());
}

/// Timers of all kinds stopped and let go while they fire.
async fn stress(rounds: usize) {
    let wg = sync::WaitGroup::new();
    for i in 0..rounds {
        wg.add(1);
        go! {
            let d = (i as u32 % 5) * 100 * MICROSECOND;
            let timer = time::after_func(d, || {});
            time::sleep(200 * MICROSECOND).await;
            timer.stop();
            let timer = time::new_timer(d);
            time::sleep(150 * MICROSECOND).await;
            if !timer.stop() {
                panic!("nobody has received, so it can be stopped");
            }
            assert!(timer.c.try_recv().is_err(), "a value after stop");
            wg.done();
        }
    }
    wg.wait().await;
}

#[go::test(real_time)]
async fn TestTimerStopStress() {
    stress(300).await;
}

#[go::test(real_time)]
async fn TestTickerStress() {
    let done = chan!(bool);
    go! {
        let ticker = time::new_ticker(200 * MICROSECOND);
        for _ in 0..20 {
            <-ticker.c;
            ticker.reset(100 * MICROSECOND);
            ticker.reset(300 * MICROSECOND);
        }
        ticker.stop();
        assert!(ticker.c.try_recv().is_err());
        done <- true;
    }
    chan!(<-done);
}

#[go::test(real_time)]
async fn TestTickerConcurrentStress() {
    let ticker = time::new_ticker(50 * MICROSECOND);
    let wg = sync::WaitGroup::new();
    for _ in 0..6 {
        wg.add(1);
        go! {
            for _ in 0..10 {
                <-ticker.c;
            }
            wg.done();
        }
    }
    wg.wait().await;
    ticker.stop();
}

#[go::test(real_time, workers = 1)]
async fn TestAfterFuncStarvation() {
    // Two functions that arm each other again and again leave room for the others.
    let stop = Arc::new(go::sync::atomic::Bool::new(false));
    let runs = Arc::new(Int32::new(0));
    fn again(stop: Arc<go::sync::atomic::Bool>, runs: Arc<Int32>) {
        runs.add(1);
        if !stop.load() {
            time::after_func(Duration::ZERO, move || again(stop, runs));
        }
    }
    again(stop.clone(), runs.clone());
    again(stop.clone(), runs.clone());
    time::sleep(5 * MILLISECOND).await;
    stop.store(true);
    assert!(runs.load() > 2);
}

#[go::test(real_time)]
async fn TestSleepZeroDeadlock() {
    let sum = chan!(i32);
    for _ in 0..4 {
        go! {
            for _ in 0..50 {
                time::sleep(Duration::ZERO).await;
                let timer = time::new_timer(MICROSECOND);
                time::sleep(Duration::ZERO).await;
                timer.stop();
            }
            sum <- 1;
        }
    }
    for _ in 0..4 {
        chan!(<-sum);
    }
}

#[go::test]
async fn TestReset() {
    let d = 25 * MILLISECOND;
    let timer = time::new_timer(2 * d);
    time::sleep(d).await;
    assert!(timer.reset(3 * d), "it was pending");
    time::sleep(2 * d).await;
    select! {
        case <-timer.c: panic!("it fired early")
        default: {}
    }
    time::sleep(2 * d).await;
    select! {
        case <-timer.c: {}
        default: panic!("it should have fired")
    }
    assert!(!timer.reset(50 * MILLISECOND), "it had fired and was received");
    assert!(timer.stop());
}

#[go::test]
async fn TestIssue5745() {
    let ticker = time::new_ticker(100 * MILLISECOND);
    let panicking = {
        let ticker = ticker.clone();
        move || {
            defer! { ticker.stop() }
            panic!("while a ticker runs");
        }
    };
    assert_eq!(panic_text(panicking), "while a ticker runs");
    select! {
        case <-ticker.c: panic!("it was stopped")
        case <-time::after(SECOND): {}
    }
}

#[go::test]
async fn TestZeroTimerResetPanics() {
    let timer = time::Timer::default();
    assert_eq!(panic_text(|| timer.reset(SECOND)), "time: Reset called on uninitialized Timer");
}

#[go::test]
async fn TestZeroTimerStopPanics() {
    let timer = time::Timer::default();
    assert_eq!(panic_text(|| timer.stop()), "time: Stop called on uninitialized Timer");
}

#[go::test]
async fn TestMultiWakeupTicker() {
    let ticker = time::new_ticker(MICROSECOND);
    let done = chan!(bool);
    for _ in 0..8 {
        go! {
            for _ in 0..100 {
                <-ticker.c;
            }
            done <- true;
        }
    }
    for _ in 0..8 {
        chan!(<-done);
    }
}

#[go::test]
async fn TestMultiWakeupTimer() {
    let timer = time::new_timer(20 * MICROSECOND);
    let done = chan!(bool);
    for _ in 0..8 {
        go! {
            for _ in 0..20 {
                select! {
                    case <-timer.c: timer.reset(20 * MICROSECOND);
                    case <-time::after(30 * MICROSECOND): {}
                }
            }
            done <- true;
        }
    }
    for _ in 0..8 {
        chan!(<-done);
    }
}

#[go::test]
async fn TestLongAdjustTimers() {
    // Very many short sleeps beside a queue that a select drives.
    let (wg, queue) = (sync::WaitGroup::new(), chan!(i32, 1));
    let sum = Arc::new(Int32::new(0));
    for i in 0..5_000u32 {
        wg.add(1);
        go! {
            time::sleep((i % 17) * MICROSECOND).await;
            sum.add(1);
            wg.done();
        }
    }
    go! {
        for i in 0..50 {
            select! {
                case queue <- i: {}
                case <-time::after(MICROSECOND): {}
            }
        }
        queue.close();
    }
    while queue.recv().await.is_some() {
        time::sleep(2 * MICROSECOND).await;
    }
    wg.wait().await;
    assert_eq!(sum.load(), 5_000);
}

// ---- tick_test.go ----

#[go::test]
async fn TestTicker() {
    for (count, delta) in [(5, 20 * MILLISECOND), (8, 2 * SECOND)] {
        let start = time::now();
        let ticker = time::new_ticker(delta);
        for i in 1..=count {
            let tick = chan!(<-ticker.c);
            assert_eq!(tick.sub(start), i * delta);
        }
        ticker.reset(2 * delta);
        let begun = time::now();
        for i in 1..=count {
            let tick = chan!(<-ticker.c);
            assert_eq!(tick.sub(begun), 2 * i * delta);
        }
        ticker.stop();
        time::sleep(5 * delta).await;
        select! {
            case <-ticker.c: panic!("a tick after stop")
            default: {}
        }
    }
}

#[go::test]
async fn TestTickerSlowReceiver() {
    // A slow receiver finds one tick, with the time when it fired; the rhythm goes on (probe t10).
    let start = time::now();
    let ticker = time::new_ticker(10 * MILLISECOND);
    time::sleep(35 * MILLISECOND).await;
    assert_eq!(chan!(<-ticker.c).sub(start), 10 * MILLISECOND);
    assert!(ticker.c.try_recv().is_err(), "the second and the third tick were dropped");
    assert_eq!(chan!(<-ticker.c).sub(start), 40 * MILLISECOND);
}

#[go::test]
async fn TestTeardown() {
    for _ in 0..3 {
        let ticker = time::new_ticker(100 * MILLISECOND);
        chan!(<-ticker.c);
        ticker.stop();
    }
}

#[go::test]
async fn TestTick() {
    assert!(time::tick(Duration::ZERO).is_nil());
    let start = time::now();
    let ticks = time::tick(10 * MILLISECOND);
    assert_eq!(chan!(<-ticks).sub(start), 10 * MILLISECOND);
    assert_eq!(chan!(<-ticks).sub(start), 20 * MILLISECOND);
}

#[go::test]
async fn TestNewTickerLtZeroDuration() {
    // A duration cannot be negative; zero is the other one that is refused.
    assert_eq!(panic_text(|| time::new_ticker(Duration::ZERO)), "non-positive interval for NewTicker");
}

#[go::test]
async fn TestTickerResetLtZeroDuration() {
    let ticker = time::new_ticker(HOUR);
    assert_eq!(panic_text(|| ticker.reset(Duration::ZERO)), "non-positive interval for Ticker.Reset");
}

#[go::test]
async fn TestManualTicker() {
    let ticker = time::Ticker::default();
    ticker.stop();
    assert_eq!(panic_text(|| ticker.reset(SECOND)), "time: Reset called on uninitialized Ticker");
}

#[go::test]
async fn TestChan() {
    // A timer's channel is synchronous as the program sees it.
    let timer = time::new_timer(10 * MILLISECOND);
    assert_eq!((timer.c.len(), timer.c.cap()), (0, 0));
    time::sleep(20 * MILLISECOND).await;
    assert_eq!((timer.c.len(), timer.c.cap()), (0, 0));
    // It has fired, but nobody has received: reset and stop take the value back.
    assert!(timer.reset(10 * MILLISECOND));
    assert!(timer.c.try_recv().is_err(), "a stale value after reset");
    time::sleep(20 * MILLISECOND).await;
    assert!(timer.stop());
    assert!(timer.c.try_recv().is_err(), "a stale value after stop");
    assert!(!timer.stop());
    assert!(!timer.reset(10 * MILLISECOND));
    time::sleep(20 * MILLISECOND).await;
    assert!(timer.c.try_recv().is_ok());
    assert!(!timer.stop(), "its value was received");
}
