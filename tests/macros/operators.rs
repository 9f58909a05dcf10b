//! Go's operators in every place where an expression or a statement can stand.

use std::future::ready;

use go::{Chan, Receiver, Sender, chan, go, select};

/// A channel that holds these values and is closed.
fn filled<T: Send + 'static>(values: impl IntoIterator<Item = T>) -> Chan<T> {
    let values: Vec<T> = values.into_iter().collect();
    let ch = chan!(T, values.len());
    for value in values {
        assert!(ch.try_send(value).is_ok());
    }
    ch.close();
    ch
}

/// Runs a block as a goroutine and waits for what it sends.
async fn result_of<T: Default>(ch: Chan<T>) -> T {
    chan!(<-ch)
}

static LIMIT: Chan<i32> = chan!(i32, 3);
static NESTED: chan!(chan chan!(chan i32)) = chan!(chan!(chan i32));

#[go::test]
async fn receives_bind_as_unary_operators() {
    let out = chan!(i32);
    let ch = filled([2, 3, 5, 7, 11, 13, 17]);
    go! {
        out <- <-ch + <-ch;
        out <- -<-ch * 2;
        out <- i32::from(!(<-ch == 8));
        out <- (<-ch as i64 - 1) as i32;
        out <- [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14][<-ch as usize];
    }
    assert_eq!(chan!(<-out), 5);
    assert_eq!(chan!(<-out), -10);
    assert_eq!(chan!(<-out), 1);
    assert_eq!(chan!(<-out), 10);
    assert_eq!(chan!(<-out), 14);
    assert_eq!(chan!(<-ch) + 1, 18);
    assert_eq!(chan!(<-ch), 0, "closed and drained");
}

#[go::test]
async fn a_receive_takes_the_whole_postfix_expression() {
    struct Inner {
        ch: Chan<i32>,
    }
    impl Inner {
        fn channel(&self) -> &Chan<i32> {
            &self.ch
        }
    }
    let inner = [Inner { ch: filled([1, 2, 3]) }];
    assert_eq!(chan!(<-inner[0].ch), 1);
    assert_eq!(chan!(<-inner[0].channel()), 2);
    let nested = filled([filled([9])]);
    assert_eq!(chan!(<- <-nested), 9);
    let boxed = Box::new(filled([4]));
    assert_eq!(chan!(<-boxed), 4);
    let mut owned = filled([5, 6]);
    let by_reference = &mut owned;
    assert_eq!(chan!(<-by_reference), 5);
    assert_eq!(chan!(<-*by_reference), 6);
}

#[go::test]
async fn a_send_binds_weakest() {
    let ch = chan!(bool, 2);
    let cc = chan!(chan chan i32, 1);
    let c = chan!(chan i32, 1);
    let inner = chan!(i32, 1);
    go! {
        ch <- false || true;
        ch <- 1 + 1 == 3 && true;
        cc <- c.clone();
        c <- inner;
        <- <-cc <- 2;
    }
    assert!(chan!(<-ch));
    assert!(!chan!(<-ch));
    assert_eq!(result_of(inner).await, 2);
}

#[go::test]
async fn definitions() {
    let out = chan!(String);
    go! {
        ch := filled([1, 2]);
        v := <-ch;
        w, ok := <-ch;
        x, still := <-ch;
        a, b := (v, w + 1);
        c, d := a + 1, b + 1;
        _, e := pair();
        n := 0;
        n += 1;
        _ := <-ch;
        mut last := 5;
        last += 1;
        out <- format!("{v} {w} {ok} {x} {still} {a} {b} {c} {d} {e} {n} {last}");
    }
    assert_eq!(chan!(<-out), "1 2 true 0 false 1 3 2 4 y 1 6");
}

/// Two values.
fn pair() -> (i32, char) {
    (1, 'y')
}

#[go::test]
async fn definitions_are_visible_after_chan() {
    let ch = filled(["a"]);
    chan!(v, ok := <-ch);
    assert_eq!((v, ok), ("a", true));
    chan!(v, ok := <-ch);
    assert_eq!((v, ok), ("", false));
    chan!(w := <-ready(4));
    w += 1;
    assert_eq!(w, 5);
    chan!(x, _ := <-ch);
    assert_eq!(x, "");
}

#[go::test]
async fn assignments() {
    #[derive(Default)]
    struct Slots {
        value: i32,
        list: [i32; 3],
    }
    let out = chan!(String);
    go! {
        ch := filled([1, 2, 3, 4, 5]);
        slots := Slots::default();
        ok := false;
        assert!(!ok);
        slots.value, ok = <-ch;
        slots.list[1] = <-ch;
        slots.list[0], slots.list[2] = slots.list[1], <-ch + 10;
        _ = <-ch;
        _, ok = <-ch, ok;
        slots.list[0], slots.list[2] = slots.list[2], slots.list[0];
        out <- format!("{} {:?} {}", slots.value, slots.list, ok);
    }
    assert_eq!(chan!(<-out), "1 [13, 2, 2] true");
    let ch = filled([7]);
    let (mut v, mut ok) = (0, true);
    assert_eq!((v, ok), (0, true));
    chan!(v, ok = <-ch);
    assert_eq!((v, ok), (7, true));
    chan!(v = <-ch);
    assert_eq!(v, 0);
    chan!(_ = <-ch);
}

/// A value without a zero value.
#[derive(Debug, PartialEq)]
struct NoZero(i32);

#[go::test]
async fn a_discarded_value_needs_no_zero_value() {
    let ch = filled([NoZero(1), NoZero(2), NoZero(3), NoZero(4)]);
    let done = chan!(bool);
    go! {
        <-ch;
        _ = <-ch;
        let _ = <-ch;
        go::select! { case <-ch: default: }
        done <- <-ready(true);
    }
    assert!(chan!(<-done));
    assert_eq!(ch.recv().await, None);
}

#[go::test]
async fn any_future_can_be_received_from() {
    /// Turns into a future.
    struct Request(i32);
    impl IntoFuture for Request {
        type Output = i32;
        type IntoFuture = std::future::Ready<i32>;
        fn into_future(self) -> Self::IntoFuture {
            ready(self.0)
        }
    }
    assert_eq!(chan!(<-Request(3)), 3);
    assert_eq!(chan!(<-async { NoZero(1) }), NoZero(1));
    let mut unpin = ready(5);
    assert_eq!(chan!(<-&mut unpin), 5);
    let mut pinned = Box::pin(async { 6 });
    assert_eq!(chan!(<-pinned.as_mut()), 6);
}

#[go::test]
async fn operators_in_every_statement() {
    let out = chan!(i32, 64);
    let ch = filled(1..100);
    go! {
        if <-ch == 1 {
            out <- <-ch;
        } else {
            out <- -1;
        }
        while <-ch < 5 {
            out <- 0;
        }
        for _ in 0..<-ch - 4 {
            out <- 1;
        }
        match <-ch {
            7 => out <- 7,
            8 if <-ch == 8 => {}
            _ => { out <- -1; }
        }
        let x = { let y = <-ch; y + <-ch };
        out <- x;
        let list = vec![<-ch, <-ch];
        let repeated = vec![<-ch; 2];
        let tuple = (<-ch, [<-ch], &<-ch);
        out <- list[0] + list[1] + repeated[1] + tuple.0 + tuple.1[0] + tuple.2;
        let closure = async |n: i32| { out <- n + <-ch; <-ch };
        out <- closure(100).await;
        let value = async { <-ch }.await;
        let other = 'block: { if value > 0 { break 'block <-ch; } 0 };
        out <- value + other;
        let Some(z) = Some(<-ch) else { return };
        out <- z;
        unsafe_free(|| async { out <- <-ch; }).await;
        loop { out <- <-ch; break; }
        out <- if true { <-ch } else { 0 };
        return;
    }
    let mut got = Vec::new();
    for _ in 0..15 {
        got.push(chan!(<-out));
    }
    assert_eq!(got, [2, 0, 0, 1, 1, 7, 8 + 9, 10 + 11 + 12 + 13 + 14 + 15, 116, 17, 18 + 19, 20, 21, 22, 23]);
}

/// Calls what returns a future.
async fn unsafe_free<F: Future<Output = ()>>(f: impl FnOnce() -> F) {
    f().await;
}

#[go::test]
async fn operators_in_the_arguments_of_macros() {
    let out = chan!(String);
    let ch = filled(1..100);
    go! {
        out <- format!("{} {x} {y:>w$}", <-ch, x = <-ch, y = <-ch, w = 3);
        assert!(<-ch == 4, "not {}", 4);
        assert_eq!(<-ch, 5);
        assert!(matches!(<-ch, 6 | 7));
        let text = { use std::fmt::Write as _; let mut text = String::new(); write!(text, "{}", <-ch + <-ch).unwrap(); text };
        out <- text;
        println!("{}", <-ch);
        let joined = tokio::join!(async { <-ch }, async { <-ch });
        out <- format!("{joined:?} {}", vec![<-ch].len());
    }
    assert_eq!(chan!(<-out), "1 2   3");
    assert_eq!(chan!(<-out), "15");
    assert_eq!(chan!(<-out), "(10, 11) 1");
}

#[go::test]
async fn the_select_of_another_library_stays_what_it_is() {
    let out = chan!(i32, 2);
    let ch = filled([3]);
    go! {
        tokio::select! {
            v = async { <-ch } => { out <- v; }
        }
        out <- tokio::select! { v = ready(4) => v };
    }
    assert_eq!(chan!(<-out), 3);
    assert_eq!(chan!(<-out), 4);
}

#[go::test]
async fn a_static_channel() {
    go! { LIMIT <- 1; NESTED <- chan!(i32, 1); }
    assert_eq!(chan!(<-LIMIT), 1);
    assert_eq!(LIMIT.cap(), 3);
    let nested = NESTED.recv().await.unwrap();
    assert_eq!(nested.cap(), 1);
}

#[test]
fn types() {
    let both: chan!(chan i32) = chan!(i32);
    let receiver: chan!(<-chan i32) = both.receiver();
    let sender: chan!(chan<- i32) = both.sender();
    let _: (&Receiver<i32>, &Sender<i32>) = (&receiver, &sender);
    let _: Chan<Receiver<Vec<i32>>> = chan!(<-chan Vec<i32>, 1);
    let _: chan!(chan<- <-chan i32) = chan!(Receiver<i32>).sender();
    let _: chan!(chan (<-chan i32)) = chan!(Receiver<i32>);
    let _: chan!(<-chan chan<- (i32, i32)) = Chan::<Sender<(i32, i32)>>::nil().receiver();
    let _: Chan<std::collections::HashMap<i32, i32>> = chan!(std::collections::HashMap<i32, i32>, 2);
    let _: Chan<fn(i32) -> i32> = chan!(fn(i32) -> i32);
    let n: u8 = 4;
    assert_eq!(chan!(i32, n).cap(), 4);
    assert_eq!(chan!(i32, usize::from(n) + 1).cap(), 5);
    assert_eq!(chan!([u8; 2], 6,).cap(), 6);
    assert_eq!(chan!(i32, 0).cap(), 0);
}

#[test]
fn a_capacity_that_is_negative_or_absurd() {
    fn message(make: impl FnOnce() -> Chan<u64> + std::panic::UnwindSafe) -> String {
        let panic = std::panic::catch_unwind(make).unwrap_err();
        panic.downcast_ref::<&str>().map_or_else(|| "another panic".to_owned(), ToString::to_string)
    }
    let n = -1_i64;
    assert_eq!(message(move || chan!(u64, n)), "makechan: size out of range");
    assert_eq!(message(|| chan!(u64, -3)), "makechan: size out of range");
    assert_eq!(message(|| chan!(u64, usize::MAX)), "makechan: size out of range");
    assert_eq!(message(|| chan!(u64, 1i64 << 45)), "makechan: size out of range");
}

#[go::test]
async fn a_value_is_coerced_to_what_the_channel_carries() {
    let functions: Chan<Box<dyn Fn() -> i32 + Send + Sync>> = chan!(Box<dyn Fn() -> i32 + Send + Sync>, 1);
    chan!(functions <- Box::new(|| 3));
    assert_eq!(functions.recv().await.unwrap()(), 3);
    let texts = chan!(&'static str, 1);
    let owned: &'static String = Box::leak(Box::new("a".to_owned()));
    chan!(texts <- owned);
    assert_eq!(chan!(<-texts), "a");
    let numbers = chan!(u8, 1);
    chan!(numbers <- 200);
    assert_eq!(chan!(<-numbers), 200);
}

#[go::test]
async fn comparisons_with_negative_numbers_still_compare() {
    let done = chan!(bool, 1);
    go! {
        let x = -5;
        done <- x < -3 && -3 > x;
    }
    assert!(chan!(<-done));
}

#[go::test]
async fn a_receive_from_a_channel_that_is_made_there() {
    let never = async { chan!(<-chan!(i32, 1)) };
    select! {
        case v := <-never: unreachable!("nobody sends {v}")
        default:
    }
}
