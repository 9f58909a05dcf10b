//! What `recover!()` recovers, and what the function returns then.

use go::prelude::*;
use go::{Named, PanicValue};

use super::defers::Log;

/// The text of a recovered value.
fn text(value: Option<PanicValue>) -> String {
    value.map_or_else(|| "nil".to_owned(), |value| value.to_string())
}

#[go::func]
async fn divide(a: i32, b: i32) -> i32 {
    defer! { recover!(); }
    a / b
}

#[go::func]
async fn parse(text: &str) -> Result<i32, std::num::ParseIntError> {
    defer! { recover!(); }
    if text.is_empty() {
        panic!("empty");
    }
    text.parse()
}

#[go::test]
async fn the_zero_value() {
    assert_eq!(divide(6, 3).await, 2);
    assert_eq!(divide(1, 0).await, 0);
    assert_eq!(parse("5").await, Ok(5));
    assert_eq!(parse("").await, Ok(0));
    assert!(parse("x").await.is_err());
}

#[go::func(result = err)]
async fn guarded(n: i32) -> Result<i32, String> {
    defer! {
        if let Some(r) = recover!() {
            err.set(Err(format!("recovered: {r}")));
        }
    }
    defer! { err.update(|value| if let Ok(value) = value { *value += 1 }); }
    err.set(Ok(100));
    match n {
        0 => panic!("zero"),
        1 => return Ok(1),
        2 => return,
        3 => return Err("three".to_owned()),
        _ => {}
    };
}

#[go::func(result = n)]
async fn counted() -> usize {
    for i in 0..4 {
        defer! { n.set(n.get() * 10 + i); }
    }
    5
}

#[go::test]
async fn a_named_result() {
    assert_eq!(guarded(0).await, Err("recovered: zero".to_owned()));
    assert_eq!(guarded(1).await, Ok(2));
    assert_eq!(guarded(2).await, Ok(101));
    assert_eq!(guarded(3).await, Err("three".to_owned()));
    assert_eq!(guarded(4).await, Ok(101));
    assert_eq!(counted().await, 53210);
}

#[go::func]
async fn direct(log: Log) {
    log.note(text(recover!()));
    log.note(text(recover!()));
}

#[go::func]
async fn indirect(log: Log) {
    direct(log.clone()).await;
}

async fn plain(log: Log) {
    time::sleep(time::NANOSECOND).await;
    direct(log).await;
}

/// A type with a method that recovers.
#[derive(Clone)]
struct Guard(Log);

impl Guard {
    #[go::func]
    async fn check(self) {
        self.0.note(text(recover!()));
    }
}

#[go::func]
async fn generic<T: Send + Clone + ToString>(log: Log, what: T) {
    runtime::gosched().await;
    log.note(format!("{} {}", what.to_string(), text(recover!())));
}

#[go::test]
async fn a_helper_recovers_only_if_it_is_deferred_itself() {
    #[go::func]
    async fn run(log: Log, way: u32) {
        defer! { log.note(text(recover!())); }
        match way {
            0 => defer!(direct(log)),
            1 => defer!(indirect(log)),
            2 => defer!(plain(log)),
            3 => defer! { direct(log.clone()).await; },
            4 => defer!(Guard(log).check()),
            5 => defer!(generic(log, "generic")),
            _ => direct(log.clone()).await,
        }
        panic!("p{way}");
    }
    for (way, expected) in
        ["p0 nil nil", "nil nil p1", "nil nil p2", "nil nil p3", "p4 nil", "generic p5 nil", "nil nil p6"]
            .into_iter()
            .enumerate()
    {
        let log = Log::default();
        run(log.clone(), u32::try_from(way).unwrap()).await;
        assert_eq!(log.all(), expected);
    }
}

#[go::test]
async fn once_and_in_the_right_call() {
    #[go::func]
    async fn run(log: Log) {
        defer! { log.note(format!("last {}", text(recover!()))); }
        defer! {
            if true {
                let r = recover!();
                log.note(format!("first {} {}", text(r), text(recover!())));
            }
        }
        defer! {
            defer! { log.note(format!("inner {}", text(recover!()))); }
        }
        defer! {
            defer! { log.note(format!("own {}", text(recover!()))); }
            panic!("own");
        }
        panic!("outer");
    }
    let log = Log::default();
    run(log.clone()).await;
    assert_eq!(log.all(), "own own inner nil first outer nil last nil");
}

#[go::test]
async fn a_goroutine_recovers() {
    let out = chan!(String, 1);
    go! {
        defer! { out <- text(recover!()); }
        let list: Vec<i32> = Vec::new();
        let _ = list[list.len() + 3];
    }
    assert_eq!(chan!(<-out), "index out of bounds: the len is 0 but the index is 3");
}

#[go::func]
async fn never(log: Log) -> ! {
    defer!(log.note("deferred"));
    loop {
        runtime::gosched().await;
        if log.all() == "go" {
            runtime::goexit();
        }
    }
}

#[go::test]
async fn a_function_that_does_not_return() {
    let (log, done) = (Log::default(), chan!(()));
    log.note("go");
    go! {
        defer!(done.close());
        never(log.clone()).await;
    }
    chan!(<-done);
    assert_eq!(log.all(), "go deferred");
}

#[go::test]
async fn a_closure_without_a_result_recovers() {
    let log = Log::default();
    let run = #[go::func]
    async |n: i32| {
        defer! { log.note(text(recover!())); }
        panic!("closure {n}");
    };
    run(3).await;
    assert_eq!(log.all(), "closure 3");
}

#[go::test]
async fn a_result_is_a_handle() {
    #[go::func(result = total)]
    async fn run() -> i32 {
        defer!(add(total, 1));
        total.set(4);
        return total.get() + 10;
    }
    fn add(total: Named<i32>, n: i32) {
        total.update(|value| *value += n);
    }
    assert_eq!(run().await, 15);
}
