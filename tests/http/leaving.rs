//! Clients that vanish in the middle of a body, many of them: contexts are cancelled, handlers end by themselves, no
//! goroutine is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use go::http::{Request, ResponseWriter, httptest};
use go::prelude::*;

use crate::wire::{LONG, Wire, get};

/// How many clients vanish.
const CLIENTS: usize = 200;

/// What handlers have come to.
#[derive(Default)]
struct Count {
    started: AtomicUsize,
    failed: AtomicUsize,
    canceled: AtomicUsize,
    ended: AtomicUsize,
}

/// Counts one more.
fn one(counter: &AtomicUsize) {
    counter.fetch_add(1, Ordering::SeqCst);
}

/// Waits until a number is there.
async fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let start = time::now();
    while !reached() {
        assert!(time::since(start) < LONG, "{what}:\n{}", runtime::stack_all());
        time::sleep(2 * time::MILLISECOND).await;
    }
}

/// Every client has vanished: every handler has failed to go on, was cancelled and came to its own end, and nothing is
/// left.
async fn all_ended(what: &str, count: &Count, server: httptest::Server, before: usize) {
    until("handlers are left", || count.ended.load(Ordering::SeqCst) == CLIENTS).await;
    let number = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
    let numbers = (number(&count.started), number(&count.failed), number(&count.canceled));
    assert_eq!(numbers, (CLIENTS, CLIENTS, CLIENTS), "{what}");
    // The server's own goroutine is still there.
    until("connections are left", || runtime::num_goroutine() <= before + 1).await;
    assert_eq!(Wire::connect(server.addr()).await.ask("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").await.status, 200);
    server.close().await;
    until("goroutines are left", || runtime::num_goroutine() == before).await;
    eprintln!(
        "{what}: {CLIENTS} clients vanished, {CLIENTS} contexts cancelled, {CLIENTS} handlers ended by themselves"
    );
}

#[go::test(real_time)]
async fn clients_that_vanish_while_they_send() {
    let before = runtime::num_goroutine();
    let count = Arc::new(Count::default());
    let counts = count.clone();
    let server = httptest::Server::start(move |_: ResponseWriter, mut r: Request| {
        let counts = counts.clone();
        async move {
            if r.method == "HEAD" {
                return;
            }
            one(&counts.started);
            let ctx = r.context().clone();
            let mut bytes = Vec::new();
            if let Err(error) = r.body.read_to_end(&mut bytes).await {
                // A reset says so; whatever it is, what came before it was read.
                let known = error.to_string();
                assert!(known == "unexpected EOF" || known.contains("connection reset by peer"), "{known}");
                one(&counts.failed);
            }
            if ctx.done().recv().await.is_none() && ctx.err() == Some(context::CANCELED) {
                one(&counts.canceled);
            }
            // It goes on: the client's leaving has dropped nothing.
            time::sleep(time::MILLISECOND).await;
            one(&counts.ended);
        }
    });
    let addr = server.addr();
    for client in 0..CLIENTS {
        go! {
            let mut wire = Wire::connect(addr).await;
            if client.is_multiple_of(2) {
                wire.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n").await;
            } else {
                wire.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n").await;
            }
            let block = format!("3e8\r\n{}\r\n", "x".repeat(1000));
            for _ in 0..client % 30 {
                wire.send(&block).await;
            }
            time::sleep(time::Duration::from_millis(client as u64 % 20)).await;
            if client.is_multiple_of(3) { wire.reset() } else { drop(wire) }
        };
    }
    all_ended("mid-upload", &count, server, before).await;
}

#[go::test(real_time)]
async fn clients_that_vanish_while_they_receive() {
    let before = runtime::num_goroutine();
    let count = Arc::new(Count::default());
    let counts = count.clone();
    let server = httptest::Server::start(move |w: ResponseWriter, r: Request| {
        let counts = counts.clone();
        async move {
            if r.method == "HEAD" {
                return;
            }
            one(&counts.started);
            let ctx = r.context().clone();
            loop {
                if let Err(error) = w.send([b'x'; 32 * 1024]).await {
                    assert_eq!(error.to_string(), "http: connection closed by client");
                    one(&counts.failed);
                    break;
                }
            }
            if ctx.done().recv().await.is_none() && ctx.err() == Some(context::CANCELED) {
                one(&counts.canceled);
            }
            time::sleep(time::MILLISECOND).await;
            one(&counts.ended);
        }
    });
    let addr = server.addr();
    for client in 0..CLIENTS {
        go! {
            let mut wire = Wire::connect(addr).await;
            wire.send(&get("/")).await;
            wire.until("\r\n\r\n").await;
            time::sleep(time::Duration::from_millis(client as u64 % 20)).await;
            if client.is_multiple_of(3) { wire.reset() } else { drop(wire) }
        };
    }
    all_ended("mid-download", &count, server, before).await;
}
