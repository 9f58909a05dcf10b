//! Unit tests of frames, polled by hand: what is deferred, what is recovered, what the reports say.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use super::catch::{Caught, Panic, caught};
use super::{Frame, PanicValue};
use crate::chan::Chan;

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Notes something.
    fn add(&self, what: impl Into<String>) {
        self.0.lock().expect("no panic meanwhile").push(what.into());
    }
    /// Everything so far, on one line.
    fn all(&self) -> String {
        self.0.lock().expect("no panic meanwhile").join(" ")
    }
}

/// The output of a future that needs no waiting.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("should not have had to wait"),
    }
}

/// The panic that leaves `future`.
fn panic_of<F: Future>(future: F) -> Panic {
    match catch_unwind(AssertUnwindSafe(|| now(future))) {
        Ok(_) => panic!("no panic"),
        Err(payload) => match caught(payload) {
            Caught::Panic(panic) => *panic,
            Caught::Exit(_) => panic!("an exit"),
        },
    }
}

/// The zero value of a result.
fn zero<R: Default>() -> Option<R> {
    Some(R::default())
}

#[test]
fn deferred_calls_run_last_first_after_the_body() {
    let log = Log::default();
    let frame = Frame::new();
    let result = now(frame.run(
        async {
            for i in 0..3 {
                let log = log.clone();
                frame.defer(move |_| async move { log.add(format!("d{i}")) });
            }
            log.add("body");
            7
        },
        zero,
    ));
    assert_eq!((result, log.all().as_str()), (7, "body d2 d1 d0"));
}

#[test]
fn a_deferred_call_may_wait() {
    let (ch, log) = (Chan::new(), Log::default());
    let frame = Frame::new();
    let mut run = Box::pin(frame.run(
        async {
            let (ch, log) = (ch.clone(), log.clone());
            frame.defer(move |_| async move {
                let got: Option<i32> = ch.recv().await;
                log.add(format!("{got:?}"));
            });
        },
        zero,
    ));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(run.as_mut().poll(&mut cx).is_pending());
    assert_eq!(ch.try_send(5), Ok(()));
    assert!(run.as_mut().poll(&mut cx).is_ready());
    assert_eq!(log.all(), "Some(5)");
}

#[test]
fn a_panic_runs_the_deferred_calls_and_goes_on() {
    let log = Log::default();
    let frame = Frame::<()>::new();
    let panic = panic_of(frame.run(
        async {
            let log = log.clone();
            frame.defer(move |_| async move { log.add("deferred") });
            panic!("boom");
        },
        zero,
    ));
    assert_eq!((panic.value.to_string().as_str(), log.all().as_str()), ("boom", "deferred"));
}

#[test]
fn a_recovered_function_returns_its_zero_value() {
    let log = Log::default();
    let frame = Frame::<i32>::new();
    let result = now(frame.run(
        async {
            let log = log.clone();
            frame.defer(move |deferred| async move {
                log.add(format!("{:?}", deferred.recover().map(|value| value.to_string())));
                log.add(format!("{:?}", deferred.recover().map(|value| value.to_string())));
            });
            panic!("boom {}", 1);
        },
        zero,
    ));
    assert_eq!((result, log.all().as_str()), (0, "Some(\"boom 1\") None"));
}

#[test]
fn the_named_result_survives_a_panic_and_may_be_changed() {
    let frame = Frame::<i32>::new();
    let result = now(async {
        let named = frame.named(0);
        frame
            .run(
                async {
                    let shared = crate::Share::share(&named);
                    frame.defer(move |deferred| async move {
                        assert!(deferred.recover().is_some());
                        shared.update(|value| *value += 1);
                    });
                    named.set(41);
                    panic!("boom");
                },
                || None,
            )
            .await
    });
    assert_eq!(result, 42);

    let frame = Frame::<i32>::new();
    let result = now(async {
        let named = frame.named(0);
        frame
            .run(
                async {
                    let shared = crate::Share::share(&named);
                    frame.defer(move |_| async move { shared.set(shared.get() * 2) });
                    10
                },
                || None,
            )
            .await
    });
    assert_eq!(result, 20);
}

#[test]
fn a_function_without_a_zero_value_says_so() {
    let frame = Frame::<std::num::NonZeroU8>::new();
    let panic = panic_of(frame.run(
        async {
            frame.defer(|deferred| async move { drop(deferred.recover()) });
            panic!("boom");
        },
        || None,
    ));
    assert!(panic.value.to_string().contains("has no zero value"), "{}", panic.value);
}

#[test]
fn panics_of_deferred_calls_form_a_chain() {
    let frame = Frame::<()>::new();
    let panic = panic_of(frame.run(
        async {
            frame.defer(|_| async { panic!("third") });
            frame.defer(|_| async { panic!("second") });
            panic!("first");
        },
        zero,
    ));
    let before: Vec<_> = panic.before.iter().map(|link| (link.text.as_str(), link.recovered)).collect();
    assert_eq!(before, [("first", false), ("second", false)]);
    assert_eq!((panic.value.to_string().as_str(), panic.repanicked), ("third", false));
}

#[test]
fn a_recovered_value_thrown_again_is_the_same_panic() {
    let frame = Frame::<()>::new();
    let panic = panic_of(frame.run(
        async {
            frame.defer(|deferred| async move { deferred.recover().expect("a panic").repanic() });
            panic!("again");
        },
        zero,
    ));
    assert!(panic.before.is_empty());
    assert_eq!((panic.value.to_string().as_str(), panic.repanicked), ("again", true));
}

#[test]
fn another_panic_after_a_recovery_names_both() {
    let frame = Frame::<()>::new();
    let panic = panic_of(frame.run(
        async {
            frame.defer(|deferred| async move { panic!("wrapped: {}", deferred.recover().expect("a panic")) });
            panic!("orig");
        },
        zero,
    ));
    let before: Vec<_> = panic.before.iter().map(|link| (link.text.as_str(), link.recovered)).collect();
    assert_eq!(before, [("orig", true)]);
    assert_eq!(panic.value.to_string(), "wrapped: orig");
}

#[test]
fn the_history_goes_with_the_panic_from_frame_to_frame() {
    let outer = Frame::<()>::new();
    let panic = panic_of(outer.run(
        async {
            outer.defer(|_| async { panic!("outer") });
            let inner = Frame::<()>::new();
            inner
                .run(
                    async {
                        inner.defer(|_| async { panic!("inner second") });
                        panic!("inner first");
                    },
                    zero,
                )
                .await;
        },
        zero,
    ));
    let before: Vec<_> = panic.before.iter().map(|link| link.text.as_str()).collect();
    assert_eq!(before, ["inner first", "inner second"]);
    assert_eq!(panic.value.to_string(), "outer");
}

#[test]
fn a_panic_recovered_inside_a_deferred_call_leaves_the_first_one() {
    let log = Log::default();
    let outer = Frame::<()>::new();
    let panic = panic_of(outer.run(
        async {
            let log = log.clone();
            outer.defer(move |_| async move {
                let inner = Frame::<()>::new();
                inner
                    .run(
                        async {
                            let log = log.clone();
                            inner.defer(move |deferred| async move {
                                log.add(deferred.recover().expect("a panic").to_string());
                            });
                            panic!("second");
                        },
                        zero,
                    )
                    .await;
            });
            panic!("first");
        },
        zero,
    ));
    assert_eq!((panic.value.to_string().as_str(), log.all().as_str()), ("first", "second"));
    assert!(panic.before.is_empty());
}

#[test]
fn a_dropped_function_runs_what_it_deferred() {
    let log = Log::default();
    {
        let never = Chan::<()>::new();
        let frame = Frame::<()>::new();
        let mut run = Box::pin(frame.run(
            async {
                let (log, waits) = (log.clone(), never.clone());
                frame.defer(move |_| async move {
                    log.add("begun");
                    waits.recv().await;
                    log.add("never");
                });
                never.recv().await;
            },
            zero,
        ));
        assert!(run.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(log.all(), "");
    }
    assert_eq!(log.all(), "begun");
}

#[test]
fn values_are_asked_for_their_type() {
    let payload = catch_unwind(|| std::panic::panic_any(42_i32)).expect_err("a panic");
    let value = PanicValue::from_payload(payload);
    assert_eq!((value.to_string().as_str(), value.with(|n: &i32| *n)), ("42", Some(42)));
    assert!(!value.is::<u32>());
    let ch = Chan::<()>::nil();
    let payload = catch_unwind(AssertUnwindSafe(|| ch.close())).expect_err("a panic");
    let value = PanicValue::from_payload(payload);
    assert_eq!(value.go_type_name(), "runtime.plainError");
    assert_eq!(value.to_string(), "close of nil channel");
}
