//! Programs that ask which goroutines can never run again, of those that wait for contexts.

use go::prelude::*;

use super::leaks::{all_named, named, settle};

/// Goroutines that wait for contexts which nobody can cancel any more.
pub(crate) mod dead {
    use go::{errors, select};

    use super::*;

    /// A context below `parent` whose function is gone.
    fn lost(parent: &Context) -> Context {
        context::with_cancel(parent).0
    }

    #[go::main]
    pub(crate) async fn main() {
        // The function is gone, the context is main's too.
        let root = lost(&context::background());
        go! { <-root.done(); }
        // A way out through a channel that is everybody's who is leaked, and through a context.
        let jobs = chan!(i32);
        for _ in 0..2 {
            go! { select! { case <-jobs: case <-root.done(): } }
        }
        drop(jobs);
        // Contexts between that one and this.
        let below = lost(&context::with_value(&lost(&root), "key", 1));
        let value = context::with_value(&below, "key", 2);
        go! { select! { case <-value.done(): case <-Chan::<i32>::nil(): } }
        // More of them than anybody has.
        let mut deep = below.clone();
        for _ in 0..100 {
            deep = lost(&deep);
        }
        go!(move deep { chan!(<-deep.done()); });
        // Never done, whoever cancels above.
        let (alive, _cancel) = context::with_cancel(&context::background());
        let apart = context::without_cancel(&alive);
        go!(move apart { select! { case <-apart.done(): case <-context::todo().done(): } });
        let apart = lost(&context::with_value(&context::without_cancel(&alive), "key", 3));
        go!(move apart { chan!(<-apart.done()); });
        // With a cause, and with a function that waits for the end.
        let (caused, cancel) = context::with_cancel_cause::<errors::Error>(&root);
        let _stop = context::after_func(&caused, || println!("it is done"));
        go! { <-caused.done(); }
        drop(cancel);
        // Only the channel is left of the context.
        let done = lost(&root).done();
        go!(move done { chan!(<-done); });
        // As many cases as there are at run time; one of the channels is another goroutine's too.
        let channels = [root.done(), below.done(), caused.done()];
        go!(move channels {
            let mut cases: Vec<_> = channels.iter().map(select::recv).collect();
            select::cases(&mut cases).await;
        });
        // Whoever had the function has ended without calling it; the deadline of above had been there earlier.
        let (late, cancel) = context::with_timeout(&root, time::HOUR);
        cancel();
        let (early, cancel) = context::with_cancel(&root);
        go!(move cancel { drop(cancel); });
        go!(move early, late {
            chan!(<-late.done());
            let other = early.clone();
            select! { case <-early.done(): case <-other.done(): }
        });
        settle().await;
        let all = all_named().await;
        for reason in &all {
            println!("{reason}");
        }
        assert_eq!((runtime::num_goroutine(), all_named().await.len()), (all.len() + 1, all.len()), "{all:?}");
    }
}

/// Goroutines that wait for contexts which somebody may still cancel, or a deadline.
pub(crate) mod alive {
    use std::sync::{Arc, Mutex};

    use go::context::CancelFunc;
    use go::{errgroup, errors};

    use super::*;

    static FUNCTION: Mutex<Option<CancelFunc>> = Mutex::new(None);

    /// Starts a goroutine that waits for the end of `ctx` and for a channel of its own.
    fn wait_for(ctx: Context) {
        go! {
            let alone = chan!(i32);
            select! { case <-ctx.done(): case <-alone: }
        }
    }

    /// As [`wait_for`], by a plain receive, of a context below that nobody can cancel by itself.
    fn wait_below(ctx: &Context) {
        let below = context::with_cancel(&context::with_value(ctx, "key", 1)).0;
        go! { <-below.done(); }
    }

    #[go::main]
    pub(crate) async fn main() {
        const SOON: time::Duration = time::Duration::from_millis(20);
        let background = context::background();
        // Main has the function, of the context or of one above.
        let (ctx, cancel) = context::with_cancel(&background);
        wait_for(ctx.clone());
        wait_below(&ctx);
        // With a cause, as any other closure, and where a value of a channel has it.
        let (ctx, cause) = context::with_cancel_cause::<errors::Error>(&background);
        wait_for(ctx);
        let (ctx, inner) = context::with_cancel(&background);
        let closure = CancelFunc::from(move || {
            inner();
        });
        wait_for(ctx);
        let (ctx, letter) = context::with_cancel(&background);
        let mail = chan!(CancelFunc, 1);
        mail.send(letter).await;
        wait_below(&ctx);
        // A goroutine that gives way for ever has it, one that sleeps, a static, a thread, a task of tokio's.
        let over = Arc::new(go::sync::atomic::Bool::new(false));
        let (ctx, runs) = context::with_cancel(&background);
        go!(move runs {
            while !over.load() {
                runtime::gosched().await;
            }
            runs();
        });
        wait_for(ctx);
        let (ctx, sleeps) = context::with_cancel(&background);
        go!(move sleeps { time::sleep(SOON).await; sleeps(); });
        wait_below(&ctx);
        let (ctx, function) = context::with_cancel(&background);
        *FUNCTION.lock().expect("nobody panicked") = Some(function);
        wait_for(ctx);
        let (ctx, theirs) = context::with_cancel(&background);
        let (stop, wait) = std::sync::mpsc::channel::<()>();
        std::thread::spawn(move || {
            // Until the other end is dropped.
            let _ = wait.recv();
            theirs();
        });
        wait_below(&ctx);
        let (ctx, theirs) = context::with_cancel(&background);
        tokio::spawn(async move {
            tokio::time::sleep(SOON).await;
            theirs();
        });
        wait_for(ctx);
        // A deadline, the context's own, that of one above, and one that comes later than that.
        let ctx = context::with_timeout(&background, SOON).0;
        wait_for(ctx.clone());
        wait_below(&ctx);
        wait_for(context::with_timeout(&ctx, time::HOUR).0);
        wait_for(context::with_deadline(&background, time::now() + SOON).0);
        // The end of another context, which main may cancel, cancels it.
        let (other, cancel_other) = context::with_cancel(&background);
        let (ctx, theirs) = context::with_cancel(&background);
        context::after_func(&other, move || {
            theirs();
        });
        wait_for(ctx);
        // A group, whose end or whose first error cancels it.
        let (group, ctx) = errgroup::with_context(&background);
        wait_for(ctx);
        // A way out that nobody knows of, though nobody can cancel the context.
        let dead = context::with_cancel(&background).0;
        let (sender, receiver) = tokio::sync::oneshot::channel::<i32>();
        go!(move dead, receiver { select! { case <-dead.done(): case _ = <-receiver: } });
        let dead = context::with_cancel(&background).0;
        go!(move dead { select! { case <-dead.done(): case <-time::after(SOON): } });
        let (dead, held) = (context::with_cancel(&background).0, chan!(i32));
        go!(move dead { select! { case <-dead.done(): case <-held: } });
        // It looks and goes on.
        let dead = context::with_cancel(&background).0;
        go! {
            while !over.load() {
                select! {
                case <-dead.done():
                default: runtime::gosched().await;
                }
            }
        }
        settle().await;
        for _ in 0..20 {
            assert_eq!(named().await, Vec::<String>::new());
        }
        // All of them can go on, and do.
        over.store(true);
        cancel();
        cause(errors::new("enough"));
        closure();
        mail.recv().await.expect("it is there")();
        let function = FUNCTION.lock().expect("nobody panicked").take();
        function.expect("it is there")();
        drop(stop);
        cancel_other();
        assert!(group.wait().await.is_ok());
        let _ = sender.send(1);
        chan!(held <- 1);
        let start = time::now();
        while runtime::num_goroutine() > 1 {
            assert!(time::since(start) < 30 * time::SECOND, "{}", runtime::stack_all());
            time::sleep(time::MILLISECOND).await;
        }
        println!("everybody went on");
    }
}

/// What is leaked, but cannot be told from what is not.
pub(crate) mod unknown {
    use std::sync::Arc;

    use super::*;

    #[go::main]
    pub(crate) async fn main() {
        // It has the function itself, where only its own code could find it.
        go! {
            let (ctx, cancel) = context::with_cancel(&context::background());
            defer! { cancel(); }
            chan!(<-ctx.done());
        }
        // Two that have each other's.
        let ((a, cancel_a), (b, cancel_b)) =
            (context::with_cancel(&context::background()), context::with_cancel(&context::background()));
        go!(move a, cancel_b { chan!(<-a.done()); cancel_b(); });
        go!(move b, cancel_a { chan!(<-b.done()); cancel_a(); });
        // A function that is on the heap, though only its own goroutine can go there.
        let (ctx, cancel) = context::with_cancel(&context::background());
        let shared = Arc::new(cancel);
        go!(move ctx, shared { chan!(<-ctx.done()); shared(); });
        settle().await;
        assert_eq!(named().await, Vec::<String>::new());
        println!("{}", runtime::num_goroutine());
    }
}
