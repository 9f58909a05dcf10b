//! `#[go::test]`: what it passes on and what fails the test.

use std::time::{Duration, Instant};

use go::{chan, go};

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
#[ignore = "shows that the attribute is passed on"]
async fn ignored() {
    unreachable!("this test is ignored");
}

mod raw {
    #[go::test]
    async fn r#type() {}
}
