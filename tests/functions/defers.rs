//! When deferred calls run, and what they see.

use std::sync::{Arc, Mutex};

use go::prelude::*;

/// What happened, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn note(&self, text: impl ToString) {
        self.0.lock().unwrap().push(text.to_string());
    }

    pub(crate) fn all(&self) -> String {
        self.0.lock().unwrap().join(" ")
    }
}

impl go::Share for Log {
    fn share(&self) -> Log {
        self.clone()
    }
}

#[go::func]
async fn nested_places(log: Log) {
    for i in 0..2 {
        defer!(log.note(format!("loop{i}")));
    }
    if log.all().is_empty() {
        defer!(log.note("if"));
    }
    match 1 {
        1 => defer!(log.note("arm")),
        _ => {}
    }
    {
        defer! { log.note("block"); }
    }
    let ch = chan!(i32, 1);
    chan!(ch <- 1);
    select! {
    case v := <-ch:
        defer!(log.note(format!("case{v}")));
    }
    tokio::select! {
        () = async {} => { defer!(log.note("foreign")); }
    }
    log.note("body");
}

#[go::test]
async fn the_function_is_the_scope() {
    let log = Log::default();
    nested_places(log.clone()).await;
    assert_eq!(log.all(), "body foreign case1 block arm if loop1 loop0");
}

#[go::func]
async fn ways_out(log: &Log, n: i32) -> Result<i32, String> {
    defer!(log.note(format!("d{n}")));
    if n == 0 {
        return Ok(7);
    }
    let half = if n % 2 == 0 { Ok(n / 2) } else { Err(format!("odd {n}")) }?;
    Ok(half)
}

#[go::test]
async fn return_question_mark_and_the_end() {
    let log = Log::default();
    assert_eq!(ways_out(&log, 0).await, Ok(7));
    assert_eq!(ways_out(&log, 3).await, Err("odd 3".to_owned()));
    assert_eq!(ways_out(&log, 4).await, Ok(2));
    assert_eq!(log.all(), "d0 d3 d4");
}

#[go::func]
async fn waits(ch: Chan<i32>, out: Sender<String>) {
    defer! {
        time::sleep(time::MILLISECOND).await;
        ch <- 1;
        out <- format!("sent, and got {}", <-ch);
    }
    defer!(relay(ch));
    chan!(out <- "body".to_owned());
}

async fn relay(ch: Chan<i32>) {
    chan!(v := <-ch);
    chan!(ch <- v * 10);
}

#[go::test]
async fn deferred_calls_wait() {
    let (ch, out) = (chan!(i32), chan!(String, 2));
    go! {
        ch <- 4;
        assert_eq!(<-ch, 40);
        assert_eq!(<-ch, 1);
        ch <- 2;
    }
    waits(ch.clone(), out.sender()).await;
    assert_eq!(chan!(<-out), "body");
    assert_eq!(chan!(<-out), "sent, and got 2");
}

#[go::test]
async fn goexit_runs_them() {
    let (log, done) = (Log::default(), chan!(()));
    go! {
        defer!(done.close());
        defer! {
            assert!(recover!().is_none());
            log.note("first deferred");
        }
        for i in 0..3 {
            defer!(log.note(i));
            if i == 1 {
                runtime::goexit();
            }
        }
    }
    chan!(<-done);
    assert_eq!(log.all(), "1 0 first deferred");
}

#[go::test]
async fn operands_are_evaluated_at_the_statement() {
    #[go::func]
    async fn run(log: Log, name: String) {
        let mut n = 1;
        defer!(log.note(n));
        defer!(log.note(&name));
        defer!(print(log, format!("n{}", n + 1)));
        let step = || log.note("argument");
        defer!(drop(step()));
        n += 10;
        log.note(n);
        defer!(move log.note(n));
    }
    fn print(log: Log, text: String) {
        log.note(text);
    }
    let log = Log::default();
    run(log.clone(), "name".to_owned()).await;
    assert_eq!(log.all(), "argument 11 11 n2 name 1");
}

#[go::test]
async fn a_block_copies_now_if_it_says_so() {
    #[go::func]
    async fn run(log: Log) {
        let mut n = 1;
        let text = "text".to_owned();
        defer!(move n, text { n += 1; log.note(format!("{n} {text}")); });
        n += 10;
        log.note(n);
    }
    let log = Log::default();
    run(log.clone()).await;
    assert_eq!(log.all(), "11 2 text");
}

/// A connection of a program's own.
#[derive(Default)]
struct Connection {
    log: Log,
    open: std::sync::atomic::AtomicBool,
}

impl Connection {
    fn close(&self) {
        self.log.note("closed");
    }

    #[go::func]
    async fn ping(&self, n: i32) -> i32 {
        defer!(self.close());
        defer! { self.log.note(n); }
        self.open.store(true, std::sync::atomic::Ordering::Relaxed);
        n + 1
    }
}

#[go::func]
impl Connection {
    async fn serve(&mut self, jobs: Receiver<i32>) -> &Log {
        defer!(Connection::done(self.log));
        while let Some(job) = jobs.recv().await {
            self.log.note(job);
        }
        &self.log
    }

    fn done(log: Log) {
        log.note("done");
    }
}

/// A service.
trait Service {
    async fn call(&self, n: i32) -> Option<i32>;

    async fn twice(&self, n: i32) -> Option<i32> {
        self.call(self.call(n).await?).await
    }
}

#[go::func]
impl Service for Connection {
    async fn call(&self, n: i32) -> Option<i32> {
        defer!(self.close());
        if n < 3 { Some(n + 1) } else { None }
    }
}

#[go::test]
async fn methods_and_traits() {
    let mut connection = Connection::default();
    assert_eq!(connection.ping(1).await, 2);
    assert_eq!(connection.twice(1).await, Some(3));
    assert_eq!(connection.twice(2).await, None);
    let jobs = chan!(i32, 2);
    chan!(jobs <- 8);
    jobs.close();
    let log = connection.serve(jobs).await.clone();
    assert_eq!(log.all(), "1 closed closed closed closed closed 8 done");
}

#[go::func]
async fn worker(id: usize, jobs: chan!(<-chan usize), mut results: chan!(chan<- usize)) {
    defer!(results.close());
    while let Some(job) = jobs.recv().await {
        chan!(results <- job * 10 + id);
    }
    results = results.clone();
    drop(results);
}

#[go::func]
async fn generic<T, const N: usize>(values: [T; N], out: Sender<T>) -> usize
where
    T: Clone + Send + 'static,
{
    defer!(out.close());
    for value in values {
        chan!(out <- value);
    }
    N
}

#[go::test]
async fn directional_parameters_take_a_chan() {
    let (jobs, results) = (chan!(usize), chan!(usize));
    go!(worker(1, jobs, results));
    go! {
        for i in 0..3 { jobs <- i; }
        jobs.close();
    }
    let mut sum = 0;
    while let Some(result) = results.recv().await {
        sum += result;
    }
    assert_eq!(sum, 33);
    let out = chan!(&str, 2);
    assert_eq!(generic(["a", "b"], out.clone()).await, 2);
    assert_eq!(generic::<_, 0>([], chan!(&str).sender()).await, 0);
    assert_eq!(out.len(), 2);
    let receiver = chan!(usize).receiver();
    let _waiting = worker(2, receiver, Sender::default());
}

#[go::func]
async fn borrowed<'a>(text: &'a str, list: &'a mut Vec<String>) -> &'a str {
    defer!(drop(text.len()));
    list.push(text.to_owned());
    let first = list.first_mut().unwrap();
    first.push('!');
    first
}

#[go::func]
async fn opaque(log: Log) -> impl Iterator<Item = i32> + Send {
    defer!(log.note("opaque"));
    (0..3).filter(|n| n % 2 == 0)
}

#[go::func]
async fn boxed(
    log: Log,
    n: u32,
) -> Result<Box<dyn std::fmt::Display + Send>, Box<dyn std::error::Error + Send + Sync>> {
    defer!(log.note(n));
    if n == 0 {
        return Ok(Box::new("zero"));
    }
    if n > 2 {
        Err("too many")?;
    }
    let _: i32 = "5".parse()?;
    Ok(Box::new(n))
}

#[go::func]
async fn recursive(log: Log, n: u32) -> u32 {
    defer!(log.note(n));
    if n == 0 { 0 } else { n + Box::pin(recursive(log.clone(), n - 1)).await }
}

#[go::test]
async fn results_of_all_kinds() {
    let log = Log::default();
    let mut list = vec!["a".to_owned()];
    assert_eq!(borrowed("b", &mut list).await, "a!");
    assert_eq!(opaque(log.clone()).await.collect::<Vec<_>>(), [0, 2]);
    assert_eq!(boxed(log.clone(), 0).await.unwrap().to_string(), "zero");
    assert_eq!(boxed(log.clone(), 2).await.unwrap().to_string(), "2");
    assert_eq!(boxed(log.clone(), 3).await.err().unwrap().to_string(), "too many");
    assert_eq!(recursive(log.clone(), 3).await, 6);
    assert_eq!(log.all(), "opaque 0 2 3 0 1 2 3");
}

#[go::test]
async fn closures_in_a_go_function() {
    let log = Log::default();
    let twice = #[go::func]
    async |n: i32| {
        defer!(log.note(n));
        log.note("closure");
        n * 2
    };
    assert_eq!(twice(4).await, 8);
    let plain = |n: i32| {
        defer!(log.note(n));
        log.note("plain");
    };
    plain(5);
    assert_eq!(log.all(), "closure 4 plain 5");
}

#[go::test]
async fn a_deferred_block_is_a_function_of_its_own() {
    let (log, done) = (Log::default(), chan!(()));
    go! {
        defer!(done.close());
        defer! {
            defer!(log.note("inner"));
            if log.all() == "body" {
                return;
            }
            log.note("not reached");
        }
        log.note("body");
    }
    chan!(<-done);
    assert_eq!(log.all(), "body inner");
}

/// A point, which is `Copy` and has methods that change it.
#[derive(Clone, Copy, Debug)]
struct Point {
    /// Its place.
    x: i32,
}

impl Point {
    /// Moves it.
    fn shift(&mut self, by: i32) {
        self.x += by;
    }
}

#[go::func]
async fn deferred_further_in(log: Log, mut start: Point, list: Vec<Point>) {
    start.shift(1);
    let handle = log.clone();
    for mut point in list {
        point.shift(10);
        if point.x > 11 {
            match point.x {
                12 => {
                    defer! { log.note(format!("twelve {}", point.x)); }
                }
                x => defer! { log.note(format!("other {x}")); },
            }
            // The variable may be read, and another one of its name changed.
            log.note(point.x);
            let mut point = point;
            point.shift(1);
        }
        let Point { mut x } = point;
        if let Some(y) = Some(x) {
            defer! { log.note(y); }
        }
        x += 1;
        log.note(x);
    }
    // A handle is the same thing wherever it is.
    if start.x > 0 {
        defer! { handle.note(start.x); }
        log.note("end");
    }
}

golang! {
    fn deferred_in_rounds(log: Log) {
        for i := 0; i < 2; i++ {
            let mut p = Point { x: i };
            p.shift(5);
            if i < 5 {
                defer { log.note(format!("{i} {p:?}")); }
            }
        }
    }
}

#[go::test]
async fn the_copy_of_a_block_further_in() {
    let log = Log::default();
    deferred_further_in(log.clone(), Point { x: 0 }, vec![Point { x: 2 }, Point { x: 3 }]).await;
    assert_eq!(log.all(), "12 13 13 14 end 1 13 other 13 12 twelve 12");
    let log = Log::default();
    deferred_in_rounds(log.clone()).await;
    assert_eq!(log.all(), "1 Point { x: 6 } 0 Point { x: 5 }");
}
