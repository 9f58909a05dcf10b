//! `select!`: operands, targets, values, and the ways out of a body.

use std::future::ready;
use std::sync::Mutex;

use go::{Chan, chan, go, select};

/// What happened, in order.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn note<T>(&self, text: &str, value: T) -> T {
        self.0.lock().unwrap().push(text.to_owned());
        value
    }

    fn all(&self) -> String {
        self.0.lock().unwrap().join(" ")
    }
}

/// A buffered channel with one value in it.
fn one<T>(value: T) -> Chan<T> {
    let ch = chan!(T, 1);
    assert!(ch.try_send(value).is_ok());
    ch
}

#[go::test]
async fn operands_are_evaluated_once_in_order() {
    let log = Log::default();
    let nil = Chan::<i32>::nil();
    select! {
        case <-log.note("a", &nil):
            unreachable!()
        case log.note("b", &nil) <- log.note("c", 1):
            unreachable!()
        case v := <-log.note("d", one(5)):
            log.note("body", ());
            assert_eq!(v, 5);
        case log.note("e", Chan::nil()) <- log.note("f", String::new()):
        case _ = <-log.note("g", std::future::pending::<()>()):
    }
    assert_eq!(log.all(), "a b c d e f g body");
    let log = Log::default();
    select! {
        case <-log.note("a", &nil):
        case log.note("b", &nil) <- log.note("c", 1):
        default: log.note("default", ())
    }
    assert_eq!(log.all(), "a b c default");
}

#[go::test]
async fn targets_are_evaluated_only_if_chosen_and_after_the_choice() {
    let log = Log::default();
    let mut slots = [0, 0];
    let (full, nil) = (one(7), Chan::<i32>::nil());
    select! {
        case slots[log.note("never", 0)] = <-nil: unreachable!()
        case slots[log.note("target", 1)] = <-log.note("operand", &full):
            log.note("body", ());
    }
    assert_eq!((slots, log.all().as_str()), ([0, 7], "operand target body"));
}

#[go::test]
async fn every_kind_of_target() {
    struct Slots {
        value: i32,
        ok: bool,
    }
    let mut slots = Slots { value: 0, ok: true };
    let closed = chan!(i32);
    closed.close();
    select! { case slots.value = <-one(1): }
    assert_eq!(slots.value, 1);
    let pointer = &mut slots;
    select! { case (*pointer).value, pointer.ok = <-closed: }
    assert!(slots.value == 0 && !slots.ok);
    let mut n = 5;
    assert_eq!(n, 5);
    select! { case n = <-one(6): assert_eq!(n, 6); }
    select! { case _, slots.ok = <-one(6): }
    assert!(slots.ok);
    select! { case _ = <-one(6): }
    select! { case _ := <-one(6): }
    select! { case v, _ := <-one(6): v += 1; assert_eq!(v, 7); }
    select! { case _, ok := <-closed: assert!(!ok); }
    assert_eq!(n, 6);
}

#[go::test]
async fn a_select_has_the_value_of_the_chosen_body() {
    let ch = one(3);
    let value: Result<i32, String> = select! {
        case v := <-ch => Ok(v * 2),
        default => Err("none".to_owned()),
    };
    assert_eq!(value, Ok(6));
    let text = select! {
        case v := <-ch: format!("{v}")
        case <-go::time::sleep(std::time::Duration::from_secs(1)):
            let unit = "s";
            format!("after 1 {unit}")
    };
    assert_eq!(text, "after 1 s");
    assert_eq!(1 + select! { default: 2 }, 3);
}

/// The names `case` and `default` are only special where a case can start.
#[go::test]
async fn contextual_words() {
    let case = one(1);
    let default = 2;
    let x = select! {
        case v := <-case:
            let case = v + default;
            let pair = (case, default);
            let n: i32 = Default::default();
            let _ = i32::default();
            case.max(pair.0) + n
        default:
            default + 1
    };
    assert_eq!(x, 3);
}

#[go::test]
async fn colons_in_clauses() {
    let functions: Chan<fn(i32) -> i32> = chan!(fn(i32) -> i32, 1);
    struct Boxed {
        ch: Chan<i32>,
    }
    select! {
        case functions <- |x: i32| x + 1:
            let f: fn(i32) -> i32 = functions.recv().await.unwrap();
            assert_eq!(f(1), 2);
    }
    select! { case v := <-Boxed { ch: one(2) }.ch: assert_eq!(v, 2); }
    select! { case v := <-Vec::<Chan<i32>>::from([one(3)])[0]: ::std::assert_eq!(v, 3); }
    select! { case v := <-std::convert::identity::<Chan<i32>>(one(4)): assert_eq!(v, 4); }
    select! { case v := <-(if true { one(5) } else { one(6) }): assert_eq!(v, 5); }
    select! { case v := <-one(7) => { assert_eq!(v, 7); } }
}

#[go::test]
async fn futures_are_cases() {
    let nil = Chan::<()>::nil();
    let mut slow = Box::pin(go::time::sleep(std::time::Duration::from_secs(9)));
    for _ in 0..3 {
        select! {
            case <-&mut slow: unreachable!()
            case <-nil: unreachable!()
            case <-go::time::sleep(std::time::Duration::from_secs(1)):
        }
    }
    select! {
        case r := <-async { Err::<(), _>("no zero value needed") }: assert!(r.is_err());
        case <-nil:
    }
}

#[go::test]
async fn a_bare_break_leaves_the_select_only() {
    let mut passes = 0;
    for n in 0..4 {
        select! {
            case v := <-one(n):
                if v % 2 == 0 {
                    break;
                }
                passes += 10;
        }
        passes += 1;
    }
    assert_eq!(passes, 24);
    let value = select! {
        default:
            if passes == 24 { break 5; }
            6
    };
    assert_eq!(value, 5);
}

#[go::test]
async fn continue_goes_to_the_loop_around() {
    let mut passes = 0;
    for n in 0..4 {
        select! {
            case v := <-one(n):
                if v == 0 { continue; }
                if v == 1 { break; }
                passes += 10;
        }
        passes += 1;
    }
    assert_eq!(passes, 23);
    passes = 0;
    for n in 0..4 {
        select! { case v := <-one(n): if v < 3 { continue } }
        passes += 1;
    }
    assert_eq!(passes, 1);
}

#[go::test]
async fn nested_selects_and_loops() {
    let mut trace = Vec::new();
    'outer: for n in 0..6 {
        select! {
            case v := <-one(n):
                loop {
                    select! {
                        default:
                            if v == 1 { break; }
                            if v == 2 { continue 'outer; }
                            if v == 4 { break 'outer; }
                    }
                    break;
                }
                select! {
                    default:
                        if v == 3 { continue; }
                        break;
                }
                select! {
                    default =>
                        select! { default: if v == 0 { trace.push("inner"); continue; } },
                }
                trace.push("body");
                for _ in 0..2 { break; }
                if v == 1 { break; }
                trace.push("end");
        }
        trace.push("after");
    }
    assert_eq!(trace, ["inner", "body", "after"]);
}

#[go::test]
async fn return_and_question_mark_go_through() {
    async fn first(ch: &Chan<Result<i32, String>>) -> Result<i32, String> {
        select! {
            case r := <-ch.recv():
                let n = r.unwrap()?;
                if n > 10 {
                    return Ok(10);
                }
                Ok(n)
        }
    }
    let ch = chan!(Result<i32, String>, 3);
    chan!(ch <- Ok(1));
    chan!(ch <- Ok(11));
    chan!(ch <- Err("bad".to_owned()));
    assert_eq!(first(&ch).await, Ok(1));
    assert_eq!(first(&ch).await, Ok(10));
    assert_eq!(first(&ch).await, Err("bad".to_owned()));
}

#[go::test]
async fn temporaries_live_while_the_select_waits_and_no_longer() {
    /// Tells when it goes.
    struct Temporary<'a>(&'a Log, Chan<i32>);
    impl Temporary<'_> {
        fn channel(&self) -> &Chan<i32> {
            &self.1
        }
    }
    impl Drop for Temporary<'_> {
        fn drop(&mut self) {
            self.0.note("dropped", ());
        }
    }
    let log = Log::default();
    let ch = chan!(i32);
    go! { ch <- 1; }
    select! {
        case v := <-Temporary(&log, ch.clone()).channel():
            log.note(&v.to_string(), ());
    }
    assert_eq!(log.all(), "dropped 1");
}

#[go::test]
async fn a_body_may_change_what_the_operands_named() {
    let mut input = one(1);
    let mut queue = vec![2, 3];
    let mut out = chan!(i32, 1);
    for _ in 0..2 {
        select! {
            case v := <-input:
                queue.push(v);
                input = Chan::nil();
            case out <- queue[0]:
                queue.remove(0);
                out = Chan::nil();
        }
    }
    assert_eq!(queue, [3, 1]);
    assert!(input.is_nil() && out.is_nil());
}

#[go::test(allow_leaks)]
async fn an_empty_select_fits_every_type() {
    async fn never() -> String {
        select! {}
    }
    go! { select! {} }
    select! {
        case <-never(): unreachable!()
        case <-ready(()):
    }
}

#[go::test]
async fn a_send_of_what_cannot_be_cloned_is_not_lost() {
    let (ch, nil) = (chan!(Box<i32>, 1), Chan::<Box<i32>>::nil());
    select! {
        case nil <- Box::new(1): unreachable!()
        case ch <- Box::new(2):
    }
    assert_eq!(*chan!(<-ch), 2);
}

macro_rules! many {
    ($($n:literal)*) => {
        select! {
            $(case v := <-if $n == 77 { one($n) } else { Chan::nil() }: v)*
        }
    };
}

#[go::test]
async fn more_cases_than_sixty_four() {
    let chosen = many!(
        0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
        40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76
        77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99
    );
    assert_eq!(chosen, 77);
}
