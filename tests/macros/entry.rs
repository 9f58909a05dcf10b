//! `#[go::test]`: what it passes on and what fails the test.

use std::time::{Duration, Instant};

use go::{chan, go, select};

#[go::test]
async fn time_is_virtual() {
    let start = Instant::now();
    chan!(<-go::time::sleep(Duration::from_secs(3600)));
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[go::test(real_time)]
async fn unless_it_is_real() {
    let start = Instant::now();
    chan!(<-go::time::sleep(Duration::from_millis(20)));
    assert!(start.elapsed() >= Duration::from_millis(20));
}

#[go::test(real_time, workers = 2)]
async fn a_result_may_be_returned() -> Result<(), std::num::ParseIntError> {
    let n: i32 = "4".parse()?;
    assert_eq!(n, 4);
    Ok(())
}

#[go::test]
#[should_panic(expected = "all goroutines are asleep - deadlock!")]
async fn a_deadlock_fails_the_test() {
    let ch = chan!(i32);
    chan!(ch <- 1);
}

#[go::test]
#[should_panic(expected = "from a goroutine")]
async fn a_panic_in_a_goroutine_fails_the_test() {
    go! { panic!("from a goroutine"); }
    let ch = chan!(i32);
    chan!(<-ch);
}

#[go::test]
#[should_panic(expected = "goroutine 2 [chan send]:")]
async fn a_goroutine_that_stays_blocked_fails_the_test() {
    let ch = chan!(i32);
    go! { ch <- 1; }
}

#[go::test]
#[should_panic(expected = "goroutine 2 [sleep]:")]
async fn the_clock_stands_still_when_a_test_has_returned() {
    go! { go::time::sleep(Duration::from_secs(3600)).await; }
    go::runtime::gosched().await;
}

#[go::test(workers = 2)]
#[should_panic(expected = "goroutines are still blocked")]
async fn a_blocked_goroutine_is_found_on_any_worker() {
    go! { select! {} }
}

#[go::test]
#[should_panic(expected = "goroutine 2 [IO wait]:")]
async fn a_goroutine_that_waits_for_another_library_is_blocked() {
    go! { std::future::pending::<()>().await; }
}

#[go::test(allow_leaks)]
async fn unless_that_is_allowed() {
    let ch = chan!(i32);
    go! { ch <- 1; }
}

#[go::test]
async fn goroutines_may_end_after_the_test() {
    let ch = chan!(i32);
    for _ in 0..100 {
        let ch = ch.clone();
        go! { ch <- <-ch + 1; }
    }
    chan!(ch <- 0);
    go! {
        while let Some(n) = ch.recv().await {
            if n == 100 {
                return;
            }
            ch <- n;
        }
    }
}

#[go::test(real_time, workers = 2)]
async fn goroutines_may_end_after_the_test_on_any_worker() {
    for _ in 0..10 {
        go! { go::time::sleep(Duration::from_millis(20)).await; }
    }
}

#[go::test]
#[should_panic(expected = "late")]
async fn a_panic_after_the_test_fails_it() {
    go! { panic!("late"); }
}

#[go::test]
#[ignore = "shows that the attribute is passed on"]
async fn ignored() {
    unreachable!("this test is ignored");
}

mod raw {
    #[go::test]
    async fn r#type() {}
}
