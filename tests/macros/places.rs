//! Errors at run time name the line of the operator, as Go's do, also deep inside a macro.

use std::panic::Location;

use go::{Chan, chan, go, select};

/// The line of the channel error that ends a future.
async fn line_of(body: impl Future<Output = ()> + Send + 'static) -> u32 {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    let mut body = Box::pin(body);
    let caught =
        std::future::poll_fn(|cx| std::task::Poll::Ready(catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(cx)))))
            .await;
    let Err(panic) = caught else { panic!("it did not panic") };
    panic.downcast_ref::<go::runtime::Error>().expect("a run-time error").location().line()
}

/// The line of the caller.
#[track_caller]
fn here() -> u32 {
    Location::caller().line()
}

fn closed() -> Chan<i32> {
    let ch = chan!(i32);
    ch.close();
    ch
}

#[go::test]
async fn a_send_statement() {
    let ch = closed();
    let line = here() + 2;
    let body = async move {
        chan!(ch <- 1);
    };
    assert_eq!(line_of(body).await, line);
}

#[go::test]
async fn a_case() {
    let ch = closed();
    let line = here() + 4;
    let body = async move {
        select! {
            case _ = <-Chan::<i32>::nil():
            case ch <- 1:
        }
    };
    assert_eq!(line_of(body).await, line);
}

#[go::test]
async fn a_statement_inside_a_goroutine() {
    let lines = chan!(u32);
    go! {
        let ch = closed();
        let line = here() + 3;
        let inner = async move {
            let _ = 1;
            ch <- 2;
        };
        lines <- line;
        lines <- <-line_of(inner);
    }
    assert_eq!(chan!(<-lines), chan!(<-lines));
}
