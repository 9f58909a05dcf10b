//! `context/*_test.go`: cancellation, deadlines, causes, values. What pins custom contexts waits for them.

use std::sync::Arc;

use go::context::{CANCELED, Cause, DEADLINE_EXCEEDED, background, todo};
use go::prelude::*;
use go::sync::atomic::Int32;
use go::time::{HOUR, MILLISECOND};

/// Whether the context is done, by its channel.
fn is_done(ctx: &Context) -> bool {
    ctx.done().try_recv() == Err(go::TryRecvError::Closed)
}

#[go::test]
async fn TestBackground() {
    let ctx = background();
    select! {
        case x := <-ctx.done(): panic!("<-ctx.done() was {x:?}")
        default: {}
    }
    assert!(ctx.done().is_nil() && ctx.err().is_none() && ctx.deadline().is_none());
    assert_eq!(ctx.to_string(), "context.Background");
}

#[go::test]
async fn TestTODO() {
    let ctx = todo();
    select! {
        case x := <-ctx.done(): panic!("<-ctx.done() was {x:?}")
        default: {}
    }
    assert!(ctx.done().is_nil() && ctx.err().is_none() && ctx.deadline().is_none());
    assert_eq!(ctx.to_string(), "context.TODO");
}

#[go::test]
async fn TestWithCancel() {
    let (c1, cancel) = context::with_cancel(&background());
    assert_eq!(c1.to_string(), "context.Background.WithCancel");
    let c2 = context::with_value(&c1, "key", 1);
    let (c3, _cancel) = context::with_cancel(&c2);
    let all = [&c1, &c2, &c3];
    for ctx in all {
        assert!(!ctx.done().is_nil() && ctx.err().is_none());
        select! {
            case x := <-ctx.done(): panic!("<-ctx.done() was {x:?}")
            default: {}
        }
    }
    cancel();
    for ctx in all {
        // No waiting: the cancellation has reached everybody.
        select! {
            case <-ctx.done(): {}
            default: panic!("<-ctx.done() would wait")
        }
        assert_eq!(ctx.err(), Some(CANCELED));
    }
}

/// Waits for the end of `ctx`, which must come from its deadline, and not before it.
async fn ends_by_deadline(ctx: &Context, name: &str) {
    let deadline = ctx.deadline().expect("there is a deadline");
    select! {
        case <-ctx.done(): {}
        case <-time::after(HOUR): panic!("{name}: it should be over")
    }
    assert_eq!(ctx.err(), Some(DEADLINE_EXCEEDED), "{name}");
    assert!(!time::now().before(deadline), "{name}: it was early");
}

#[go::test]
async fn TestDeadline() {
    let start = time::now();
    let (ctx, _cancel) = context::with_deadline(&background(), start + 30 * MILLISECOND);
    assert!(ctx.to_string().starts_with("context.Background.WithDeadline("));
    ends_by_deadline(&ctx, "with_deadline").await;
    assert_eq!(time::since(start), 30 * MILLISECOND);

    let start = time::now();
    let (ctx, _cancel) = context::with_deadline(&background(), start + 30 * MILLISECOND);
    let (ctx, _later) = context::with_deadline(&context::with_value(&ctx, "key", 1), start + HOUR);
    ends_by_deadline(&ctx, "with_deadline below an earlier one").await;
    assert_eq!(time::since(start), 30 * MILLISECOND);

    let (ctx, _cancel) = context::with_deadline(&background(), time::now() - MILLISECOND);
    assert!(is_done(&ctx), "a deadline that is past ends the context at once");
    ends_by_deadline(&ctx, "with_deadline in the past").await;
    let (ctx, _cancel) = context::with_deadline(&background(), time::now());
    assert!(is_done(&ctx), "so does one that is now");
    ends_by_deadline(&ctx, "with_deadline now").await;
}

#[go::test]
async fn TestTimeout() {
    let start = time::now();
    let (ctx, _cancel) = context::with_timeout(&background(), 40 * MILLISECOND);
    assert!(ctx.to_string().starts_with("context.Background.WithDeadline("));
    ends_by_deadline(&ctx, "with_timeout").await;
    assert_eq!(time::since(start), 40 * MILLISECOND);

    let start = time::now();
    let (ctx, _cancel) = context::with_timeout(&background(), 40 * MILLISECOND);
    let (ctx, _cancel) = context::with_cancel(&ctx);
    let (ctx, _later) = context::with_timeout(&ctx, HOUR);
    ends_by_deadline(&ctx, "with_timeout below a shorter one").await;
    assert_eq!(time::since(start), 40 * MILLISECOND);
}

#[go::test(real_time)]
async fn TestTimeoutRealTime() {
    let start = std::time::Instant::now();
    let (ctx, _cancel) = context::with_timeout(&background(), 20 * MILLISECOND);
    ends_by_deadline(&ctx, "with_timeout").await;
    assert!(start.elapsed() >= 20 * MILLISECOND);
}

#[go::test]
async fn TestCanceledTimeout() {
    let (ctx, _cancel) = context::with_timeout(&background(), HOUR);
    let (ctx, cancel) = context::with_timeout(&context::with_value(&ctx, "key", 1), 2 * HOUR);
    cancel();
    assert!(is_done(&ctx), "cancelling is synchronous");
    assert_eq!(ctx.err(), Some(CANCELED));
}

#[derive(PartialEq, Eq)]
struct Key1;
#[derive(PartialEq, Eq)]
struct Key2;

#[go::test]
async fn TestValues() {
    let check = |ctx: &Context, name: &str, v1: Option<&str>, v2: Option<&str>| {
        assert_eq!(ctx.value::<&str>(&Key1).copied(), v1, "{name}");
        assert_eq!(ctx.value::<&str>(&Key2).copied(), v2, "{name}");
    };
    let c0 = background();
    check(&c0, "c0", None, None);
    let c1 = context::with_value(&c0, Key1, "c1k1");
    check(&c1, "c1", Some("c1k1"), None);
    assert!(c1.to_string().starts_with("context.Background.WithValue(") && c1.to_string().ends_with(", c1k1)"));
    let c2 = context::with_value(&c1, Key2, "c2k2");
    check(&c2, "c2", Some("c1k1"), Some("c2k2"));
    let c3 = context::with_value(&c2, Key1, "c3k1");
    check(&c3, "c3", Some("c3k1"), Some("c2k2"));
    check(&c1, "c1 again", Some("c1k1"), None);
    assert_eq!(c3.value::<i32>(&Key1), None, "the value is of another type");
}

#[go::test(real_time)]
async fn TestSimultaneousCancels() {
    let (root, cancel) = context::with_cancel(&background());
    let mut all = vec![(root.clone(), cancel)];
    let mut queue = std::collections::VecDeque::from([root]);
    while all.len() < 120 {
        let ctx = queue.pop_front().expect("the tree grows");
        for _ in 0..4 {
            let (child, cancel) = context::with_cancel(&ctx);
            queue.push_back(child.clone());
            all.push((child, cancel));
        }
    }
    let wg = sync::WaitGroup::new();
    for (_, cancel) in &all {
        let cancel = cancel.clone();
        wg.add(1);
        go! {
            cancel();
            wg.done();
        }
    }
    for (ctx, _) in &all {
        select! {
            case <-ctx.done(): {}
            case <-time::after(10 * time::SECOND): panic!("a context was not cancelled")
        }
    }
    wg.wait().await;
}

/// A chain of contexts of random kinds, which one cancellation or one deadline ends.
async fn layers(seed: u64, by_timeout: bool) {
    let mut state = seed.wrapping_add(11);
    let mut below = move |bound: u64| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) % bound
    };
    let timeout = 200 * MILLISECOND;
    let (mut ctx, mut values, mut cancels, mut timers) = (background(), Vec::new(), Vec::new(), 0);
    let start = time::now();
    let mut layers = 0;
    while layers < 35 || cancels.is_empty() || values.is_empty() || timers == 0 {
        layers += 1;
        match below(3) {
            0 => {
                ctx = context::with_value(&ctx, layers, layers);
                values.push(layers);
            }
            1 => {
                let (child, cancel) = context::with_cancel(&ctx);
                ctx = child;
                cancels.push(cancel);
            }
            _ => {
                let (child, cancel) = context::with_timeout(&ctx, if by_timeout { timeout } else { HOUR });
                ctx = child;
                cancels.push(cancel);
                timers += 1;
            }
        }
    }
    let check = |name: &str| {
        for key in &values {
            assert_eq!(ctx.value::<i32>(key), Some(key), "{name}, seed {seed}: {ctx}");
        }
    };
    assert!(!is_done(&ctx) && ctx.err().is_none(), "seed {seed}: {ctx}");
    assert!(ctx.to_string().starts_with("context.Background."));
    check("before");
    if by_timeout {
        chan!(<-ctx.done());
        assert_eq!(time::since(start), timeout, "seed {seed}");
        assert_eq!(ctx.err(), Some(DEADLINE_EXCEEDED), "seed {seed}");
    } else {
        let chosen = below(cancels.len() as u64) as usize;
        cancels[chosen]();
        assert!(is_done(&ctx), "seed {seed}: {ctx}");
        assert_eq!(ctx.err(), Some(CANCELED), "seed {seed}: {ctx}");
    }
    check("after");
}

#[go::test]
async fn TestLayersCancel() {
    for seed in 0..40 {
        layers(seed, false).await;
    }
}

#[go::test]
async fn TestLayersTimeout() {
    for seed in 0..40 {
        layers(seed, true).await;
    }
}

#[go::test]
async fn TestWithCancelCanceledParent() {
    let (parent, cancel) = context::with_cancel_cause(&background());
    let because = errors::new("because");
    cancel(because.clone());
    let (ctx, _cancel) = context::with_cancel(&parent);
    assert!(is_done(&ctx));
    assert_eq!(ctx.err(), Some(CANCELED));
    assert!(errors::is(&*context::cause(&ctx).expect("it is done"), &because));
}

#[go::test]
async fn TestDeadlineExceededSupportsTimeout() {
    assert!(DEADLINE_EXCEEDED.timeout());
    assert!(!CANCELED.timeout());
}

/// Compares a context's error and cause.
#[track_caller]
fn check(ctx: &Context, err: Option<context::Error>, cause: Option<&Cause>) {
    assert_eq!(ctx.err(), err);
    assert_eq!(context::cause(ctx).as_ref(), cause);
}

#[go::test]
async fn TestCause() {
    let (parent_cause, child_cause) = (Cause::from(errors::new("parent")), Cause::from(errors::new("child")));
    let (too_slow, finished) = (Cause::from(errors::new("too slow")), Cause::from(errors::new("finished early")));
    let (canceled, exceeded) = (Cause::from(CANCELED), Cause::from(DEADLINE_EXCEEDED));

    check(&background(), None, None);
    check(&todo(), None, None);

    // WithCancel
    let (ctx, cancel) = context::with_cancel(&background());
    check(&ctx, None, None);
    cancel();
    check(&ctx, Some(CANCELED), Some(&canceled));

    // WithCancelCause
    let (ctx, cancel) = context::with_cancel_cause(&background());
    cancel(parent_cause.clone());
    check(&ctx, Some(CANCELED), Some(&parent_cause));

    // WithCancelCause, cancelled with nil
    let (ctx, cancel) = context::with_cancel_cause(&background());
    cancel(CANCELED);
    check(&ctx, Some(CANCELED), Some(&canceled));

    // WithCancelCause, parent before child
    let (parent, cancel_parent) = context::with_cancel_cause(&background());
    let (child, cancel_child) = context::with_cancel_cause(&parent);
    cancel_parent(parent_cause.clone());
    cancel_child(child_cause.clone());
    check(&parent, Some(CANCELED), Some(&parent_cause));
    check(&child, Some(CANCELED), Some(&parent_cause));

    // WithCancelCause, child before parent
    let (parent, cancel_parent) = context::with_cancel_cause(&background());
    let (child, cancel_child) = context::with_cancel_cause(&parent);
    cancel_child(child_cause.clone());
    cancel_parent(parent_cause.clone());
    check(&parent, Some(CANCELED), Some(&parent_cause));
    check(&child, Some(CANCELED), Some(&child_cause));

    // WithTimeout
    let (ctx, _cancel) = context::with_timeout(&background(), time::Duration::ZERO);
    check(&ctx, Some(DEADLINE_EXCEEDED), Some(&exceeded));
    let (ctx, cancel) = context::with_timeout(&background(), HOUR);
    cancel();
    check(&ctx, Some(CANCELED), Some(&canceled));

    // WithTimeoutCause
    let (ctx, cancel) = context::with_timeout_cause(&background(), time::Duration::ZERO, too_slow.clone());
    cancel();
    check(&ctx, Some(DEADLINE_EXCEEDED), Some(&too_slow));
    let (ctx, cancel) = context::with_timeout_cause(&background(), HOUR, too_slow.clone());
    cancel();
    check(&ctx, Some(CANCELED), Some(&canceled));
    let (ctx, _cancel) = context::with_timeout_cause(&background(), MILLISECOND, too_slow.clone());
    chan!(<-ctx.done());
    check(&ctx, Some(DEADLINE_EXCEEDED), Some(&too_slow));

    // WithTimeout below WithCancelCause
    let (parent, cancel) = context::with_cancel_cause(&background());
    let (child, _cancel) = context::with_timeout(&parent, HOUR);
    cancel(finished.clone());
    check(&child, Some(CANCELED), Some(&finished));

    // WithDeadlineCause below an earlier deadline: the cause of above
    let (parent, _cancel) = context::with_timeout_cause(&background(), MILLISECOND, too_slow.clone());
    let (child, _cancel) = context::with_timeout_cause(&parent, HOUR, finished.clone());
    chan!(<-child.done());
    check(&child, Some(DEADLINE_EXCEEDED), Some(&too_slow));

    // WithoutCancel
    let (parent, cancel) = context::with_cancel_cause(&background());
    let apart = context::without_cancel(&parent);
    let (below, cancel_below) = context::with_cancel_cause(&apart);
    cancel(parent_cause);
    check(&apart, None, None);
    check(&below, None, None);
    cancel_below(child_cause.clone());
    check(&below, Some(CANCELED), Some(&child_cause));
}

#[go::test(real_time)]
async fn TestCauseRace() {
    for _ in 0..50 {
        let cause = Cause::from(errors::new("the cause"));
        let (ctx, cancel) = context::with_cancel_cause(&background());
        {
            let cause = cause.clone();
            go!(move cause { cancel(cause); });
        }
        loop {
            // No look at done or err.
            if let Some(seen) = context::cause(&ctx) {
                assert_eq!(seen, cause);
                break;
            }
            runtime::gosched().await;
        }
    }
}

#[go::test]
async fn TestWithoutCancel() {
    let (ctx, cancel) = context::with_cancel(&context::with_value(&background(), "key", "value"));
    let apart = context::without_cancel(&ctx);
    cancel();
    assert!(apart.done().is_nil() && apart.err().is_none() && apart.deadline().is_none());
    assert_eq!(apart.value::<&str>(&"key"), Some(&"value"));
    let (timed, _cancel) = context::with_timeout(&background(), HOUR);
    assert!(context::without_cancel(&timed).deadline().is_none());
}

#[go::test]
async fn TestAfterFuncCalledAfterCancel() {
    let (ctx, cancel) = context::with_cancel(&background());
    let called = chan!(bool);
    let ch = called.clone();
    let stop = context::after_func(&ctx, move || async move { ch.close() });
    select! {
        case <-called: panic!("called too early")
        case <-time::after(10 * MILLISECOND): {}
    }
    cancel();
    select! {
        case <-called: {}
        case <-time::after(HOUR): panic!("not called")
    }
    assert!(!stop(), "it has run");
}

#[go::test]
async fn TestAfterFuncCalledAfterTimeout() {
    let start = time::now();
    let (ctx, _cancel) = context::with_timeout(&background(), 10 * MILLISECOND);
    let called = chan!(bool);
    let ch = called.clone();
    context::after_func(&ctx, move || ch.close());
    chan!(<-called);
    assert_eq!(time::since(start), 10 * MILLISECOND);
}

#[go::test]
async fn a_context_above_ends_what_is_left_of_one_that_is_gone() {
    let (root, cancel) = context::with_cancel(&background());
    let called = chan!(bool);
    let ch = called.clone();
    let done = {
        let ctx = context::with_cancel(&context::with_value(&root, "key", 1)).0;
        context::after_func(&ctx, move || ch.close());
        ctx.done()
    };
    cancel();
    chan!(<-done);
    chan!(<-called);
}

#[go::test]
async fn TestAfterFuncCalledImmediately() {
    let (ctx, cancel) = context::with_cancel(&background());
    cancel();
    let called = chan!(bool);
    let ch = called.clone();
    // If it ran in this goroutine, its send would wait for ever.
    let stop = context::after_func(&ctx, move || async move { ch.send(true).await });
    assert!(chan!(<-called));
    assert!(!stop());
}

#[go::test]
async fn TestAfterFuncNotCalledAfterStop() {
    let (ctx, cancel) = context::with_cancel(&background());
    let calls = Arc::new(Int32::new(0));
    let (stopped, kept) = (calls.clone(), calls.clone());
    let stop = context::after_func(&ctx, move || {
        stopped.add(100);
    });
    // Several may be registered with one context.
    context::after_func(&ctx, move || {
        kept.add(1);
    });
    assert!(stop(), "it was stopped");
    cancel();
    time::sleep(10 * MILLISECOND).await;
    assert_eq!(calls.load(), 1);
    assert!(!stop(), "it cannot be stopped twice");
}

#[go::test]
async fn TestParentFinishesChild() {
    let (parent, cancel) = context::with_cancel(&background());
    let (cancelable, stop_child) = context::with_cancel(&parent);
    let value = context::with_value(&parent, "key", "value");
    let (timed, stop_timed) = context::with_timeout(&value, HOUR);
    for ctx in [&parent, &cancelable, &value, &timed] {
        assert!(!is_done(ctx));
    }
    cancel();
    for ctx in [&parent, &cancelable, &value, &timed] {
        assert!(is_done(ctx));
        assert_eq!(ctx.err(), Some(CANCELED));
    }
    let (late, _cancel) = context::with_cancel(&context::with_value(&parent, "late", 1));
    assert!(is_done(&late));
    stop_child();
    stop_timed();
}

#[go::test]
async fn TestChildFinishesFirst() {
    let (cancelable, _stop) = context::with_cancel(&background());
    for parent in [background(), cancelable] {
        let (child, cancel) = context::with_cancel(&parent);
        assert!(!is_done(&child));
        cancel();
        assert!(is_done(&child));
        assert_eq!(child.err(), Some(CANCELED));
        assert!(!is_done(&parent) && parent.err().is_none());
    }
}
