//! Clients that are slow, half gone or in a hurry: senders of single bytes, half-closed connections, pipelines.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use go::http::{self, Request, ResponseWriter, httptest};
use go::prelude::*;

use crate::wire::{LONG, Wire, get};

fn hello(w: ResponseWriter, _: Request) {
    _ = w.write_str("hello");
}

/// The smallest, the middle and the largest of some durations.
pub(crate) fn spread(mut times: Vec<time::Duration>) -> (time::Duration, time::Duration, time::Duration) {
    times.sort_unstable();
    (times[0], times[times.len() / 2], times[times.len() - 1])
}

// Slowloris: each client sends a byte now and then and never ends its head. The limit counts from a request's first
// byte, whatever comes after it.
#[go::test(real_time)]
async fn senders_of_single_bytes_are_cut_off() {
    const CLIENTS: usize = 300;
    let limit = 500 * time::MILLISECOND;
    let server = httptest::Server::start_with(http::Server::new("", hello).read_header_timeout(limit));
    let addr = server.addr();
    let lived: Chan<time::Duration> = Chan::buffered(CLIENTS);
    for client in 0..CLIENTS {
        let lived = lived.clone();
        go!(move lived {
            let start = time::now();
            let mut wire = Wire::connect(addr).await;
            let mut bytes = b"GET / HTTP/1.1\r\nHost: h\r\n".iter().chain(b"X: y\r\n".iter().cycle());
            // Some have a head start.
            for _ in 0..client % 20 {
                wire.try_send(&[*bytes.next().unwrap()]).await;
            }
            while time::since(start) < LONG {
                if !wire.try_send(&[*bytes.next().unwrap()]).await || wire.is_closed() {
                    break;
                }
                time::sleep(10 * time::MILLISECOND).await;
            }
            chan!(lived <- time::since(start));
        });
    }
    // Meanwhile others are served.
    let mut waits = Vec::new();
    for _ in 0..50 {
        let start = time::now();
        assert_eq!(Wire::connect(addr).await.ask(&get("/")).await.body, "hello");
        waits.push(time::since(start));
        time::sleep(5 * time::MILLISECOND).await;
    }
    let mut lives = Vec::new();
    for _ in 0..CLIENTS {
        lives.push(lived.recv().await.unwrap());
    }
    let (first, middle, last) = spread(lives);
    let (_, wait, longest) = spread(waits);
    eprintln!(
        "slowloris: {CLIENTS} senders, limit {limit:?}, cut off after {first:?} to {last:?} (median {middle:?}); \
         meanwhile a new client waited {wait:?} (median), {longest:?} at most"
    );
    assert!(first >= limit && last < 20 * limit, "{first:?} {last:?}");
    server.close().await;
}

// The same with bodies: the limit is that of the whole request.
#[go::test(real_time)]
async fn senders_of_slow_bodies_are_cut_off() {
    const CLIENTS: usize = 100;
    let limit = 500 * time::MILLISECOND;
    let timeouts = Arc::new(AtomicUsize::new(0));
    let counter = timeouts.clone();
    let handler = move |_: ResponseWriter, mut r: Request| {
        let counter = counter.clone();
        async move {
            let error = r.body.bytes().await.unwrap_err();
            assert!(error.is_timeout(), "{error}");
            counter.fetch_add(1, Ordering::SeqCst);
        }
    };
    let server = httptest::Server::start_with(http::Server::new("", handler).read_timeout(limit));
    let addr = server.addr();
    let ended = chan!((), CLIENTS);
    for _ in 0..CLIENTS {
        let ended = ended.clone();
        go!(move ended {
            let mut wire = Wire::connect(addr).await;
            wire.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n").await;
            while wire.try_send(b"x").await && !wire.is_closed() {
                time::sleep(10 * time::MILLISECOND).await;
            }
            chan!(ended <- ());
        });
    }
    for _ in 0..CLIENTS {
        tokio::time::timeout(LONG, ended.recv()).await.expect("each is cut off");
    }
    server.close().await;
    assert_eq!(timeouts.load(Ordering::SeqCst), CLIENTS, "each handler was told");
}

// A client that closes its side after its request still gets the whole answer, though its request's context is done.
#[go::test(real_time)]
async fn half_closed_connections_are_answered() {
    const CLIENTS: usize = 200;
    let canceled = Arc::new(AtomicUsize::new(0));
    let counter = canceled.clone();
    let server = httptest::Server::start(move |w: ResponseWriter, r: Request| {
        let counter = counter.clone();
        async move {
            chan!(<-r.context().done());
            counter.fetch_add(1, Ordering::SeqCst);
            for _ in 0..10 {
                w.send([b'x'; 10_000]).await.unwrap();
            }
        }
    });
    let addr = server.addr();
    let answers: Chan<usize> = Chan::buffered(CLIENTS);
    for _ in 0..CLIENTS {
        let answers = answers.clone();
        go!(move answers {
            let mut wire = Wire::connect(addr).await;
            wire.send(&get("/")).await;
            wire.half_close().await;
            let length = wire.answer().await.body.len();
            chan!(answers <- length);
        });
    }
    for _ in 0..CLIENTS {
        assert_eq!(answers.recv().await, Some(100_000));
    }
    assert_eq!(canceled.load(Ordering::SeqCst), CLIENTS);
    eprintln!("half-closed: {CLIENTS} connections, all contexts cancelled, all answers of 100000 bytes complete");
    // One that closes before its request is whole gets no handler, and one that says nothing no answer.
    for start in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: h\r\n"] {
        let mut wire = Wire::connect(addr).await;
        wire.send(start).await;
        wire.half_close().await;
        assert!(wire.closes_silently().await, "{start:?}");
    }
    server.close().await;
    assert_eq!(canceled.load(Ordering::SeqCst), CLIENTS);
}

// Many requests in one write: answered one after the other, in order, each with its own body.
#[go::test(real_time)]
async fn pipelined_requests_are_answered_in_order() {
    const REQUESTS: usize = 2000;
    let running = Arc::new(AtomicUsize::new(0));
    let counter = running.clone();
    let server = httptest::Server::start(move |w: ResponseWriter, mut r: Request| {
        let counter = counter.clone();
        async move {
            assert_eq!(counter.fetch_add(1, Ordering::SeqCst), 0, "HTTP/1 has one request at a time");
            let body = r.body.text().await.unwrap();
            if r.path().ends_with('7') {
                // Some take longer than those behind them.
                time::sleep(time::MILLISECOND).await;
            }
            write!(w, "{} {body}", r.path()).unwrap();
            counter.fetch_sub(1, Ordering::SeqCst);
        }
    });
    let mut all = String::new();
    for number in 0..REQUESTS {
        if number % 3 == 0 {
            all.push_str(&get(&format!("/{number}")));
        } else {
            let body = "b".repeat(number % 50);
            all.push_str(&format!(
                "POST /{number} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ));
        }
    }
    let wire = Wire::connect(server.addr()).await;
    let start = time::now();
    let (sent, mut reading) = wire.send_beside(all.into_bytes());
    for number in 0..REQUESTS {
        let body = if number % 3 == 0 { String::new() } else { "b".repeat(number % 50) };
        assert_eq!(reading.answer().await.body, format!("/{number} {body}"));
    }
    assert!(sent.await.unwrap());
    eprintln!("pipelining: {REQUESTS} requests in one write, answered in order in {:?}", time::since(start));
    server.close().await;
}

// A client that sends requests and reads no answers: the server stops to take requests up when nobody takes answers.
#[go::test(real_time)]
async fn a_pipeline_that_nobody_reads_comes_to_a_stop() {
    const REQUESTS: usize = 20_000;
    let served = Arc::new(AtomicUsize::new(0));
    let counter = served.clone();
    let server = httptest::Server::start(move |w: ResponseWriter, _: Request| {
        counter.fetch_add(1, Ordering::SeqCst);
        _ = w.write_all(&[b'x'; 10_000]);
    });
    let wire = Wire::connect(server.addr()).await;
    let (sent, mut reading) = wire.send_beside(get("/").repeat(REQUESTS).into_bytes());
    let (mut before, mut same) = (0, 0);
    while same < 10 {
        time::sleep(20 * time::MILLISECOND).await;
        let now = served.load(Ordering::SeqCst);
        same = if now == before && now > 0 { same + 1 } else { 0 };
        before = now;
    }
    eprintln!("pipelining: of {REQUESTS} requests whose answers nobody reads {before} were taken up");
    assert!(before < REQUESTS / 4, "{before} requests were taken up");
    // It goes on once somebody reads.
    for _ in 0..before + 100 {
        assert_eq!(reading.answer().await.body.len(), 10_000);
    }
    drop(reading);
    sent.abort();
    server.close().await;
}
