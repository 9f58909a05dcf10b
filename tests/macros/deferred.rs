//! `defer!` in an ordinary block: a guard.

use std::sync::{Arc, Mutex};

use go::{Chan, chan, defer, go};

/// What happened, in order.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn note(&self, text: impl ToString) {
        self.0.lock().unwrap().push(text.to_string());
    }

    fn all(&self) -> String {
        self.0.lock().unwrap().join(" ")
    }
}

#[test]
fn last_in_first_out_at_the_end_of_the_block() {
    let log = Log::default();
    {
        defer!(log.note("a"));
        defer! { log.note("b"); }
        defer!(log.note("c"));
        log.note("body");
    }
    assert_eq!(log.all(), "body c b a");
}

#[test]
fn operands_are_evaluated_now_and_the_call_runs_later() {
    let log = Log::default();
    let mut n = 1;
    {
        defer!(log.note(n));
        defer!(log.note(format!("n{}", n + 1)));
        let step = || log.note("argument");
        defer!(drop(step()));
        n += 10;
        log.note(n);
    }
    assert_eq!(log.all(), "argument 11 n2 1");
}

#[test]
fn a_block_sees_the_end() {
    let log = Log::default();
    {
        let n = std::cell::Cell::new(1);
        defer! { log.note(n.get()); }
        n.set(2);
    }
    assert_eq!(log.all(), "2");
}

#[test]
fn it_runs_on_every_way_out() {
    fn leave(log: &Log, early: bool) -> Option<i32> {
        defer!(log.note("deferred"));
        if early {
            return None;
        }
        let value = (!early).then_some(3)?;
        Some(value)
    }
    let log = Log::default();
    leave(&log, true);
    leave(&log, false);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        defer!(log.note("unwound"));
        std::panic::resume_unwind(Box::new(()));
    }));
    assert!(caught.is_err());
    assert_eq!(log.all(), "deferred deferred unwound");
}

#[test]
fn callees_of_all_kinds() {
    let log = Arc::new(Log::default());
    fn note(log: Arc<Log>, text: &str) {
        log.note(text);
    }
    {
        let cancel = {
            let log = log.clone();
            move || log.note("cancel")
        };
        let owned = "owned".to_owned();
        let given = "given".to_owned();
        fn take(log: Arc<Log>, text: String) {
            log.note(text);
        }
        defer!(note(log, "function"));
        defer!(cancel());
        defer!(note(log, &owned));
        defer!(take(log, move given));
        defer!(log.as_ref().note("method"));
        let once = {
            let log = log.clone();
            let text = "once".to_owned();
            move || log.note(text)
        };
        defer!(move once());
        cancel();
    }
    assert_eq!(log.all(), "cancel once method given owned cancel function");
}

static GATE: Chan<i32> = chan!(i32, 1);

#[go::test]
async fn in_goroutines_and_with_channels() {
    let (ch, out) = (chan!(i32), chan!(&'static str, 2));
    go! {
        defer!(ch.close());
        defer! { assert!(out.try_send("end").is_ok()); }
        defer!(GATE.close());
        out <- "body";
    }
    assert_eq!(chan!(<-out), "body");
    assert_eq!(chan!(<-out), "end");
    chan!(_, ok := <-ch);
    assert!(!ok);
    chan!(_, ok := <-GATE);
    assert!(!ok);
}

#[test]
fn the_arguments_of_a_macro_are_evaluated_now() {
    let text = Mutex::new(String::new());
    macro_rules! append {
        ($($arg:tt)*) => { text.lock().unwrap().push_str(&format!($($arg)*)) };
    }
    let mut n = 1;
    {
        defer!(assert_eq!(n + 1, 2));
        defer!(assert!(n == 1, "{n}"));
        n += 1;
        append!("{n}");
    }
    assert_eq!(*text.lock().unwrap(), "2");
}
