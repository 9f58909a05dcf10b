//! `go!`: what is evaluated when, what is shared, what is handed over.

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex};

use go::{Chan, chan, go};

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl go::Share for Log {
    fn share(&self) -> Log {
        self.clone()
    }
}

impl Log {
    /// Notes something and passes a value on.
    fn note<T>(&self, text: &str, value: T) -> T {
        self.0.lock().unwrap().push(text.to_owned());
        value
    }

    /// What was noted.
    fn all(&self) -> String {
        self.0.lock().unwrap().join(" ")
    }
}

/// A server with methods that wait and methods that do not.
#[derive(Clone)]
struct Server {
    out: Chan<i32>,
    base: i32,
}

impl go::Share for Server {
    fn share(&self) -> Server {
        self.clone()
    }
}

impl Server {
    async fn run(&self, n: i32) {
        chan!(self.out <- self.base + n);
    }

    fn run_at_once(&self, n: i32) -> i32 {
        assert!(self.out.try_send(self.base - n).is_ok());
        n
    }

    async fn consume(mut self) {
        self.base += 1;
        chan!(self.out <- self.base);
    }

    async fn change(&mut self, n: i32) {
        self.base += n;
        chan!(self.out <- self.base);
    }

    async fn generic<T: Into<i32>>(&self, n: T) {
        chan!(self.out <- n.into());
    }

    fn start(&self) {
        go!(self.run(1));
        go!(self.out_of());
    }

    async fn out_of(&self) {
        chan!(self.out <- -1);
    }
}

async fn send<T: Send + 'static>(value: T, out: Chan<T>) {
    chan!(out <- value);
}

fn send_at_once(value: i32, out: Chan<i32>) -> bool {
    out.try_send(value).is_ok()
}

#[go::test]
async fn callee_and_arguments_are_evaluated_in_the_caller() {
    let log = Log::default();
    let out = chan!(i32, 1);
    fn pick(log: &Log) -> fn(i32, Chan<i32>) -> bool {
        log.note("callee", send_at_once)
    }
    go!(pick(&log)(log.note("first", 3), log.note("second", out.clone())));
    log.note("after", ());
    assert_eq!(log.all(), "callee first second after");
    assert_eq!(chan!(<-out), 3);
}

#[go::test]
async fn a_receiver_is_evaluated_in_the_caller() {
    let log = Log::default();
    let server = Server { out: chan!(i32, 1), base: 10 };
    go!(log.note("receiver", server.clone()).run(log.note("argument", 5)));
    log.note("after", ());
    assert_eq!(log.all(), "receiver argument after");
    assert_eq!(chan!(<-server.out), 15);
}

#[go::test]
async fn a_receive_in_an_argument_is_the_callers() {
    let (values, out) = (chan!(i32, 1), chan!(i32));
    chan!(values <- 4);
    go!(send(<-values, out));
    assert_eq!(values.len(), 0, "it was received before the goroutine ran");
    assert_eq!(chan!(<-out), 4);
}

#[go::test]
async fn every_kind_of_call() {
    let out = chan!(i32, 1);
    go!(send(1, out));
    assert_eq!(chan!(<-out), 1);
    go!(send::<i32>(2, out));
    assert_eq!(chan!(<-out), 2);
    go!(self::send(3, out));
    assert_eq!(chan!(<-out), 3);
    go!(send_at_once(4, out));
    assert_eq!(chan!(<-out), 4);
    let server = Server { out: out.clone(), base: 100 };
    go!(server.run(5));
    assert_eq!(chan!(<-out), 105);
    go!(server.run_at_once(6));
    assert_eq!(chan!(<-out), 94);
    go!(server.generic::<u8>(7));
    assert_eq!(chan!(<-out), 7);
    go!(Server::consume(Server { out: out.clone(), base: 7 }));
    assert_eq!(chan!(<-out), 8);
    go!(Server { out: out.clone(), base: 9 }.consume());
    assert_eq!(chan!(<-out), 10);
    go!(move server.change(11));
    assert_eq!(chan!(<-out), 111);
    let closure = {
        let out = out.clone();
        move |n: i32| {
            let out = out.clone();
            async move { out.send(n).await }
        }
    };
    for n in 12..14 {
        go!(closure(n));
        assert_eq!(chan!(<-out), n);
    }
    let shared: Arc<dyn Fn(i32) -> bool + Send + Sync> = {
        let out = out.clone();
        Arc::new(move |n| out.try_send(n).is_ok())
    };
    go!(shared(14));
    assert_eq!(chan!(<-out), 14);
    struct Handlers {
        handle: Arc<dyn Fn(i32) -> bool + Send + Sync>,
    }
    let handlers = Handlers { handle: shared.clone() };
    go!((handlers.handle)(15));
    assert_eq!(chan!(<-out), 15);
}

#[go::test]
async fn a_method_can_start_methods_of_its_receiver() {
    let server = Server { out: chan!(i32), base: 1 };
    server.start();
    assert_eq!(chan!(<-server.out) + chan!(<-server.out), 1);
}

/// The number of handles of an `Arc` that a test made.
static COUNT: AtomicI32 = AtomicI32::new(0);

#[go::test]
async fn variables_are_shared_by_the_rule() {
    let out = chan!(String);
    let shared = Arc::new(5);
    let (number, text) = (7, "copied");
    let reference = &shared;
    go! {
        COUNT.fetch_add(1, Ordering::SeqCst);
        out <- format!("{shared} {number} {} {reference:?}", text.len());
    }
    assert_eq!(chan!(<-out), "5 7 6 5");
    assert_eq!((number, text, COUNT.load(Ordering::SeqCst)), (7, "copied", 1));
    assert_eq!(Arc::strong_count(&shared), 1, "the goroutine's handles are gone with it");
}

#[go::test]
async fn what_is_handed_over_is_the_goroutines() {
    let out = chan!(String);
    let (name, mut list, number) = ("a".to_owned(), vec![1], 3);
    list.push(2);
    go!(move name, list {
        list.push(number);
        out <- format!("{name} {list:?}");
    });
    assert_eq!(chan!(<-out), "a [1, 2, 3]");
    let owned = "b".to_owned();
    let tx = out.clone();
    go!(move { tx <- owned; });
    assert_eq!(chan!(<-out), "b");
    async fn join(a: String, b: &'static str, out: Chan<String>) {
        chan!(out <- a + b);
    }
    let a = "c".to_owned();
    go!(join(move a, "d", out));
    assert_eq!(chan!(<-out), "cd");
    let (a, b) = ("e".to_owned(), "f");
    let tx = out.clone();
    go!(move join(a, b, tx));
    assert_eq!(chan!(<-out), "ef");
}

#[go::test]
async fn a_variable_that_is_handed_over_lives_as_long_as_the_goroutine() {
    struct Dropped(Chan<&'static str>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            assert!(self.0.try_send("dropped").is_ok());
        }
    }
    let (out, gate) = (chan!(&'static str, 2), chan!(()));
    let guard = Dropped(out.clone());
    go!(move guard {
        <-gate;
        out <- "ran";
    });
    chan!(gate <- ());
    assert_eq!(chan!(<-out), "ran");
    assert_eq!(chan!(<-out), "dropped");
}

#[go::test]
async fn the_loop_variable_is_fresh() {
    let out = chan!(usize, 3);
    for i in 0..3 {
        go! { out <- i; }
    }
    let mut got = [chan!(<-out), chan!(<-out), chan!(<-out)];
    got.sort_unstable();
    assert_eq!(got, [0, 1, 2]);
}

#[go::test]
async fn scopes_are_rusts() {
    let out = chan!(String);
    let (a, b, c, d) = (1, 2, 3, 4);
    struct Point {
        x: i32,
        y: i32,
    }
    let x = 5;
    // Names that exist nowhere outside must not be captured.
    go! {
        let before = a;
        let a = 10;
        let sum = |b: i32| a + b;
        let matched = match Some(c) {
            Some(found) if found == c => found,
            Some(other) => other,
            None => 0,
        };
        let point = Point { x, y: d };
        let Point { x: left, y } = point;
        let mut total = 0;
        for (index, item) in [b, c].into_iter().enumerate() {
            total += item + index as i32;
        }
        while let Some(popped) = (total > 100).then_some(total) {
            total -= popped;
        }
        if let Some(inner) = Some(total) && inner > 0 {
            total = inner;
        }
        fn helper(argument: i32) -> i32 { argument }
        const LOCAL: i32 = 3;
        let nested = { let deep = LOCAL; helper(deep) };
        'label: loop { break 'label; }
        let [first, .., last] = [1, 2, 3];
        let ref_pattern @ &whole = &4;
        out <- format!("{before} {a} {} {matched} {left} {y} {total} {nested} {first} {last} {whole} {ref_pattern}", sum(b));
    }
    assert_eq!(chan!(<-out), "1 10 12 3 5 4 6 3 1 3 4 4");
}

#[go::test]
async fn goroutines_start_goroutines() {
    let out = chan!(String);
    let (shared, text) = (Arc::new(2), "t");
    go! {
        let inner = 3;
        go! {
            go::defer!(drop(move shared));
            go!(send(format!("{text} {inner} {}", 4), out));
        }
    }
    assert_eq!(chan!(<-out), "t 3 4");
    assert_eq!(*shared, 2);
}

#[go::test]
async fn a_value_at_the_end_is_dropped() {
    let out = chan!(i32, 2);
    go! {
        out <- 1;
        std::convert::identity(3)
    }
    go! { <-out }
    let _: () = go! { 5 };
}

#[go::test]
async fn formats_and_macros_of_others() {
    let out = chan!(i32, 4);
    let (width, value, x, y) = (5, 1.25, 3, 3);
    go!(println!("{value:width$.2} {x}", x = 1));
    go! {
        let text = format!("{{not_a_variable}} {value:>width$} {0:x$}", 1);
        out <- i32::try_from(text.len()).unwrap();
    }
    assert_eq!(chan!(<-out), 26);
    macro_rules! twice {
        ($e:expr) => {
            $e * 2
        };
    }
    go! { out <- twice!(y); }
    assert_eq!(chan!(<-out), 6);
    macro_rules! start {
        ($ch:ident, $value:expr) => {
            go! { $ch <- $value; }
        };
    }
    start!(out, y + 1);
    assert_eq!(chan!(<-out), 4);
}

#[go::test]
async fn names_that_other_macros_define() {
    let (out, ready) = (chan!(i32), std::future::ready(3));
    go! {
        tokio::pin! { let pinned = ready; }
        out <- <-pinned;
        let shown = std::future::ready(4);
        tokio::pin!(shown);
        out <- <-shown;
    }
    assert_eq!(chan!(<-out) + chan!(<-out), 7);
}

#[go::test]
async fn functions_as_values() {
    fn double<T: std::ops::Add<Output = T> + Copy>(n: T) -> T {
        n + n
    }
    async fn apply(f: fn(i32) -> i32, n: i32, out: Chan<i32>) {
        chan!(out <- f(n));
    }
    let out = chan!(i32);
    go! {
        for n in [1, 2].into_iter().map(double) {
            out <- n;
        }
    }
    assert_eq!(chan!(<-out) + chan!(<-out), 6);
    go!(apply(double, 4, out));
    assert_eq!(chan!(<-out), 8);
}

#[go::test]
async fn reports_name_the_function() {
    let gate = chan!(());
    let server = Server { out: chan!(i32), base: 0 };
    go!(server.run(1));
    go!(send(1, server.out));
    go! { <-gate; }
    go::runtime::gosched().await;
    let report = go::runtime::stack_all();
    for name in
        ["main.goroutines.Server.run()", "main.goroutines.send()", "main.goroutines.reports_name_the_function.func1()"]
    {
        assert!(report.contains(name), "{name} is not in\n{report}");
    }
    gate.close();
    chan!(<-server.out);
    chan!(<-server.out);
}
