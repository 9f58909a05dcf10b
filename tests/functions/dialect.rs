//! `golang!`: Go's statements, calls that wait by themselves, and everything that Rust's items have.

use std::collections::BTreeMap;
use std::fmt;

use go::prelude::*;

use super::defers::Log;

/// A module whose functions are imported.
mod elsewhere {
    use go::Chan;

    /// Waits for a value.
    pub(super) async fn take(ch: &Chan<i32>) -> i32 {
        ch.recv().await.unwrap_or(-1)
    }

    /// A client.
    #[derive(Clone, Default)]
    pub(super) struct Client;

    impl Client {
        /// Answers.
        pub(super) async fn ask(&self, n: i32) -> Result<i32, String> {
            if n > 0 { Ok(n * 2) } else { Err(format!("{n} is not positive")) }
        }
    }
}

use elsewhere::Client;

golang! {
    import elsewhere::take;
    import elsewhere::Client::ask;

    /// How many are made.
    static MADE: sync::atomic::Int64 = sync::atomic::Int64::new(0);

    const ROUNDS: usize = 3;

    /// Two of them.
    pub(crate) static LEFT, RIGHT: sync::atomic::Int64 = sync::atomic::Int64::new(1);

    fn produce(n: i32, out: Sender<i32>) {
        defer out.close();
        for i := range n {
            MADE.add(1);
            out <- i;
        }
    }

    fn square(jobs: Receiver<i32>) -> Receiver<i32> {
        out := chan!(i32);
        go {
            defer out.close();
            for v := range jobs {
                out <- v * v;
            }
        }
        out.receiver()
    }

    #[test]
    fn a_pipeline() {
        ch := chan!(i32);
        go produce(4, ch);
        let mut sum = 0;
        for v := range square(&ch) {
            sum += v;
        }
        assert_eq!(sum, 14);
        assert_eq!(MADE.load(), 4);
    }

    #[test]
    fn loops() {
        let log = Log::default();
        for i := range ROUNDS { log.note(i); }
        for i := range 2 { log.note(i); }
        for range 2 { log.note("r"); }
        for range ROUNDS { log.note("R"); }
        list := vec!["a".to_owned(), "b".to_owned()];
        for i := range list { log.note(&list[i]); }
        for i, v := range list { log.note(format!("{i}{v}")); }
        for _, v := range [7, 8] { log.note(v); }
        let map = BTreeMap::from([(1, 'x'), (2, 'y')]);
        for k := range map { log.note(k); }
        for k, v := range &map { log.note(format!("{k}{v}")); }
        let mut n = 0;
        for n < 2 { n += 1; }
        'outer: for {
            for i := range 10 {
                n += 1;
                if i == 1 { continue; }
                if i == 3 { break 'outer; }
            }
        }
        'values: for v := range square_of(3) {
            for range 2 { if v > 1 { continue 'values; } }
            n += 100;
        }
        log.note(n);
        for _, c := range "hé" { log.note(c); }
        assert_eq!(log.all(), "0 1 2 0 1 r r R R R a b 0a 1b 7 8 1 2 1x 2y 206 h é");
    }

    #[test]
    fn three_clauses() {
        let log = Log::default();
        for i := 0; i < 3; i++ { log.note(i); }
        for i := 9; i > 0; i -= 3 {
            if i == 6 { continue; }
            log.note(i);
        }
        'outer: for i, j := 0, 10; i < j; i, j = i + 1, j - 2 {
            for k := 0; ; k++ {
                if k == 2 { continue 'outer; }
                if i == 2 { break 'outer; }
                log.note(i * 10 + k);
            }
        }
        ch := chan!(i32, 8);
        for ; ch.len() < 3; ch <- 5 {}
        n := 5;
        n--;
        for ; n > 0; { n -= 1; }
        if n == 0 { n-- }
        log.note(n);
        // The variable is one for each round, as Go's is.
        got := chan!(i32, 3);
        for i := 0; i < 3; i++ {
            go { got <- i; }
        }
        sum := 0;
        for range 3 { sum += <-got; }
        log.note(sum);
        assert_eq!(log.all(), "0 1 2 9 3 0 1 10 11 -1 3");
    }

    fn square_of(n: i32) -> Receiver<i32> {
        ch := chan!(i32);
        go {
            defer ch.close();
            for i := 0; i < n; i++ { ch <- i; }
        }
        square(&ch)
    }

    #[test]
    fn imports_and_the_librarys_calls() {
        ch := chan!(i32, 2);
        ch.send(5);
        assert_eq!(take(&ch), 5);
        client := Client;
        assert_eq!(client.ask(4), Ok(8));
        assert_eq!(client.ask(4).await, Ok(8));
        mu := sync::RawMutex::new();
        mu.lock();
        go {
            time::sleep(time::MILLISECOND);
            mu.unlock();
        }
        mu.lock();
        wg := sync::WaitGroup::new();
        for i := range 3 {
            wg.add(1);
            go move i {
                defer wg.done();
                runtime::gosched();
                RIGHT.add(i);
            }
        }
        wg.wait();
        // Names that wait elsewhere and do not here.
        let (sender, receiver) = std::sync::mpsc::channel();
        sender.send(3).unwrap();
        assert_eq!(receiver.recv(), Ok(3));
        let std = std::sync::Mutex::new(3);
        assert_eq!(*std::sync::Mutex::lock(&std).unwrap(), 3);
        let data = std::sync::Arc::new(sync::Mutex::new(vec![1]));
        data.lock().push(2);
        assert_eq!(data.lock().len(), 2);
        let (a, b) = tokio::join!(take(&ch), async { ch.send(9); });
        assert_eq!((a, b), (9, ()));
        let twice = async |n: i32| client.ask(n).map(|n| n * 2);
        assert_eq!(twice(1).await, Ok(4));
    }

    /// A tree.
    #[derive(Debug)]
    struct Tree {
        left: Option<std::sync::Arc<Tree>>,
        value: i32,
        right: Option<std::sync::Arc<Tree>>,
    }

    impl Tree {
        fn new(from: i32, to: i32) -> Option<std::sync::Arc<Tree>> {
            if from >= to { return None; }
            let value = (from + to) / 2;
            Some(std::sync::Arc::new(Tree { left: Tree::new(from, value), value, right: Self::new(value + 1, to) }))
        }

        fn walk(&self, ch: &Chan<i32>) {
            if let Some(left) = &self.left { left.walk(ch); }
            ch <- self.value;
            if let Some(right) = &self.right { right.walk(ch); }
        }

        const fn value(&self) -> i32 { self.value }
    }

    fn count(tree: std::sync::Arc<Tree>, out: Chan<i32>) {
        done := chan!(());
        let mut children = 0;
        for child in [&tree.left, &tree.right].into_iter().flatten() {
            children += 1;
            let child = child.clone();
            go { count(child.clone(), out.clone()); done <- (); }
        }
        for range children { <-done; }
        out <- tree.value();
    }

    #[test]
    fn recursion() {
        let tree = Tree::new(0, 20).unwrap();
        ch := chan!(i32);
        go { tree.walk(&ch); ch.close(); }
        let mut all = Vec::new();
        for v := range ch { all.push(v); }
        assert_eq!(all, (0..20).collect::<Vec<_>>());
        out := chan!(i32, 20);
        count(tree.clone(), out.clone());
        assert_eq!(out.len(), 20);
        assert!(is_even(10) && !is_even(7));
    }

    fn is_even(n: u32) -> bool { if n == 0 { true } else { is_odd(n - 1) } }

    fn is_odd(n: u32) -> bool { if n == 0 { false } else { is_even(n - 1) } }

    /// A shape.
    trait Shape {
        fn area(&self) -> f64;
        fn twice(&self) -> f64 { self.area() * 2.0 }
    }

    struct Square(f64);

    impl Shape for Square {
        fn area(&self) -> f64 {
            defer drop(self.0);
            runtime::gosched();
            self.0 * self.0
        }
    }

    impl fmt::Display for Square {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "square {}", self.0)
        }
    }

    #[test]
    fn traits() {
        let square = Square(3.0);
        assert_eq!(square.twice(), 18.0);
        assert_eq!(square.to_string(), "square 3");
    }

    fn largest<'a, T>(list: &'a [T]) -> Option<&'a T>
    where
        T: PartialOrd + Sync,
    {
        let mut best = list.first()?;
        for v in list {
            if v > best { best = v; }
        }
        Some(best)
    }

    fn evens(n: u32) -> impl Iterator<Item = u32> { (0..n).step_by(2) }

    pub(crate) fn first<T: Clone + Send + Sync, const N: usize>(list: [T; N]) -> T { largest(&[0]); list[0].clone() }

    #[cfg(any())]
    fn not_here() -> Nonsense { nonsense }

    #[test]
    fn signatures() {
        assert_eq!(largest(&[1, 5, 2]), Some(&5));
        assert_eq!(evens(5).sum::<u32>(), 6);
        assert_eq!(first::<_, 2>(["a", "b"]), "a");
    }

    #[go::func(result = err)]
    fn guarded(n: i32) -> Result<i32, String> {
        defer {
            if let Some(r) = recover() {
                err.set(Err(format!("recovered: {r}")));
            }
        }
        if n == 0 { panic!("zero"); }
        err.set(Ok(10 / n));
        return;
    }

    fn helper(log: Log) {
        if let Some(r) = recover() { log.note(r); }
    }

    fn faulty(log: Log) {
        defer log.note("end");
        defer helper(log);
        panic!("faulty");
    }

    #[test]
    fn defers_and_recovers() {
        assert_eq!(guarded(0), Err("recovered: zero".to_owned()));
        assert_eq!(guarded(5), Ok(2));
        let log = Log::default();
        faulty(log.clone());
        assert_eq!(log.all(), "faulty end");
    }

    #[test]
    fn the_name_of_a_waiting_method_on_what_does_not_wait() {
        // The guard of std's lock must stay on its thread, the goroutine need not.
        let total = std::sync::Arc::new(std::sync::Mutex::new(0));
        done := chan!(bool, 3);
        for i := range 3 {
            go {
                *total.lock().unwrap() += i;
                {
                    let mut held = total.lock().unwrap();
                    *held += 10;
                }
                if let Ok(mut held) = total.lock() { *held += 100; }
                done <- true;
            }
        }
        for range 3 { <-done; }
        assert_eq!(*total.lock().expect("nobody panics"), 333);
        let (tx, rx) = std::sync::mpsc::channel();
        tx.send(std::rc::Rc::new(7)).unwrap();
        assert_eq!(*rx.recv().unwrap(), 7);
        let (first, second) = (std::sync::Mutex::new(1), std::sync::Mutex::new(2));
        let (first, second) = (first.lock().unwrap(), second.lock().unwrap());
        assert_eq!((*first, *second), (1, 2));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        assert!(child.wait().unwrap().success());
    }

    #[test]
    fn several_statics() {
        LEFT.add(1);
        assert!(LEFT.load() == 2 && RIGHT.load() > 0);
    }

    #[test]
    fn selects() {
        a, b := chan!(i32), chan!(&'static str, 1);
        go { a <- 3; }
        let mut got = 0;
        for got < 3 {
            select {
            case v := <-a:
                got = v;
            case b <- "x":
                <-b;
            case <-time::after(time::SECOND):
                panic!("too slow");
            }
        }
        let word = select { case v, ok := <-b: if ok { v } else { "closed" } default: "empty" };
        assert_eq!(word, "empty");
        match got {
            3 => select { case <-b: default: },
            _ => unreachable!(),
        }
    }

    mod inner {
        use super::*;

        pub(super) fn double(n: i32) -> i32 { runtime::gosched(); n * 2 }

        #[test]
        fn in_a_module() { assert_eq!(double(4), 8); }
    }

    #[test]
    #[should_panic(expected = "as it should")]
    fn attributes() { panic!("as it should"); }

    #[go::test(real_time)]
    fn options() { time::sleep(time::MICROSECOND); assert_eq!(inner::double(2).await, 4); }
}
