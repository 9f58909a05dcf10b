//! What comes behind a response that is complete while its handler still runs: the next request, the rest of the request's
//! body, the connection's deadlines.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use go::http::{self, ConnState, Request, ResponseWriter, httptest};
use go::prelude::*;

use crate::wire::{LONG, Wire, get};

/// Long enough for what must not happen to happen.
const WHILE: time::Duration = time::Duration::from_millis(100);

/// Sends a whole response.
async fn ok(w: &ResponseWriter) {
    w.header().set("Content-Length", "2");
    w.write_str("ok").unwrap();
    w.flush().await.unwrap();
}

/// Receives, but does not wait for ever.
async fn in_time<T: Send + 'static>(what: &str, chan: &Chan<T>) -> T {
    let received = tokio::time::timeout(LONG, chan.recv()).await;
    received.unwrap_or_else(|_| panic!("{what}:\n{}", runtime::stack_all())).expect("it is open")
}

/// The kinds of requests that come behind another one: with hyper and without, with a body and without.
fn next_requests() -> [String; 4] {
    [
        get("/next"),
        "GET /next HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, x\r\n\r\n".to_owned(),
        "POST /next HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc".to_owned(),
        "POST /next HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".to_owned(),
    ]
}

// Go reads the next request when the handler has returned.
#[go::test(real_time)]
async fn the_next_request_waits_for_the_handler() {
    let (go_on, running, started) = (chan!(()), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (goes, runs, starts) = (go_on.clone(), running.clone(), started.clone());
    let server = httptest::Server::start(move |w: ResponseWriter, mut r: Request| {
        let (goes, runs, starts) = (goes.clone(), runs.clone(), starts.clone());
        async move {
            starts.fetch_add(1, Ordering::SeqCst);
            let is_alone = runs.fetch_add(1, Ordering::SeqCst) == 0;
            if r.path() == "/first" {
                ok(&w).await;
                goes.recv().await;
                // The next request is there, and its client has not left.
                assert!(r.context().err().is_none());
            } else {
                let length = r.body.bytes().await.unwrap().len();
                _ = write!(w, "next {is_alone} {length}");
            }
            runs.fetch_sub(1, Ordering::SeqCst);
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    for next in next_requests() {
        for at_once in [true, false] {
            let length = if next.starts_with("GET") { 0 } else { 3 };
            let expected = format!("next true {length}");
            started.store(0, Ordering::SeqCst);
            if at_once {
                wire.send(&(get("/first") + &next + &get("/next"))).await;
                assert_eq!(wire.answer().await.body, "ok");
            } else {
                assert_eq!(wire.ask(&get("/first")).await.body, "ok");
                // In two pieces, the second one after the handler has returned.
                wire.send(&next[..10]).await;
            }
            time::sleep(WHILE / 2).await;
            assert_eq!(started.load(Ordering::SeqCst), 1, "{next:?} has not waited");
            go_on.send(()).await;
            if !at_once {
                wire.send(&(next[10..].to_owned() + &get("/next"))).await;
            }
            assert_eq!(wire.answer().await.body, expected, "{next:?}");
            assert_eq!(wire.answer().await.body, "next true 0");
        }
    }
    server.close().await;
}

/// What a handler does with a request whose body it does not read before its response is complete.
#[derive(Debug, Clone, Copy)]
enum Reads {
    /// It reads the body itself.
    Late,
    /// It has somebody else read it.
    Never,
}

// The end of one request's body is not that of the next one's, whose bytes must not be taken for a request. Nor is it where
// the next one is under way already, since its handler has given the body away.
#[go::test(real_time)]
async fn a_body_that_is_read_late_does_not_end_the_next_one() {
    for reads in [Reads::Late, Reads::Never] {
        let (smuggled, next, kept, second) = (chan!((), 8), chan!((), 8), chan!(http::Body, 8), chan!(String, 8));
        let (seen, begun, keeps, seconds) = (smuggled.clone(), next.clone(), kept.clone(), second.clone());
        let server = httptest::Server::start(move |w: ResponseWriter, mut r: Request| {
            let (seen, begun, keeps, seconds) = (seen.clone(), begun.clone(), keeps.clone(), seconds.clone());
            async move {
                match (&*r.path(), reads) {
                    ("/first", Reads::Late) => {
                        ok(&w).await;
                        // Would the next handler run beside this one, it would have answered by now.
                        let _ = tokio::time::timeout(WHILE, begun.recv()).await;
                        assert_eq!(r.body.bytes().await.unwrap(), "hello");
                    }
                    ("/first", Reads::Never) => keeps.send(r.body).await,
                    ("/second", _) => {
                        ok(&w).await;
                        begun.send(()).await;
                        let read = r.body.text().await;
                        seconds.send(read.unwrap_or_else(|error| error.to_string())).await;
                    }
                    _ => seen.send(()).await,
                }
            }
        });
        let inner = get("/inner");
        let mut wire = Wire::connect(server.addr()).await;
        let first = "POST /first HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, x\r\nContent-Length: 5\r\n\r\nhello";
        let head = format!("POST /second HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", inner.len());
        wire.send(&(first.to_owned() + &head)).await;
        assert_eq!(wire.answer().await.status, 200);
        assert_eq!(wire.answer().await.body, "ok");
        if let Reads::Never = reads {
            assert_eq!(in_time("a body", &kept).await.bytes().await.unwrap(), "hello");
        }
        time::sleep(WHILE / 2).await;
        wire.try_send(inner.as_bytes()).await;
        assert_eq!(in_time("a body", &second).await, inner, "{reads:?}");
        assert!(smuggled.is_empty(), "a body was taken for a request");
        server.close().await;
    }
}

/// A server whose handler sends its response, then reads the body and says what it was.
fn reads_late(configure: impl FnOnce(http::Server) -> http::Server) -> (httptest::Server, Chan<String>) {
    let said = chan!(String, 8);
    let says = said.clone();
    let handler = move |w: ResponseWriter, mut r: Request| {
        let says = says.clone();
        async move {
            if r.method == "GET" {
                return;
            }
            ok(&w).await;
            let mut text = match r.body.text().await {
                Ok(text) => text,
                Err(error) => error.to_string(),
            };
            if let Some(value) = r.body.trailer().and_then(|trailer| trailer.get("X-End")) {
                text = format!("{text} {}", value.to_str().unwrap());
            }
            says.send(text).await;
        }
    };
    (httptest::Server::start_with(configure(http::Server::new("", handler))), said)
}

#[go::test(real_time)]
async fn a_body_that_is_read_after_the_response_has_the_requests_time() {
    let states: Chan<ConnState> = Chan::buffered(64);
    let tell = states.clone();
    let (server, said) = reads_late(|server| {
        let server = server.read_header_timeout(200 * time::MILLISECOND).idle_timeout(200 * time::MILLISECOND);
        server.conn_state(move |_, state| assert!(tell.try_send(state).is_ok()))
    });
    let mut wire = Wire::connect(server.addr()).await;
    for framing in ["", "Connection: keep-alive, x\r\n"] {
        let head = format!("POST / HTTP/1.1\r\nHost: h\r\n{framing}Content-Length: 10\r\n\r\n0");
        assert_eq!(wire.ask(&head).await.body, "ok");
        for digit in 1..10 {
            time::sleep(60 * time::MILLISECOND).await;
            wire.send(&digit.to_string()).await;
        }
        assert_eq!(in_time("the body", &said).await, "0123456789");
    }
    assert_eq!(wire.ask(&get("/")).await.status, 200);
    drop(wire);
    for state in ["new", "active", "idle", "active", "idle", "active", "idle", "closed"] {
        assert_eq!(in_time("it is told", &states).await.to_string(), state);
    }
    server.close().await;
}

#[go::test(real_time)]
async fn a_body_that_is_read_after_the_response_has_no_more_than_the_requests_time() {
    let (server, said) = reads_late(|server| server.read_timeout(200 * time::MILLISECOND).idle_timeout(4 * LONG));
    let mut wire = Wire::connect(server.addr()).await;
    assert_eq!(wire.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n01234").await.body, "ok");
    let error = in_time("it is over", &said).await;
    assert!(error.ends_with(": i/o timeout"), "{error}");
    server.close().await;
}

// The time for the next request's head begins with its first byte, or with the handler's end.
#[go::test(real_time)]
async fn the_next_head_has_its_own_time() {
    let go_on = chan!(());
    let goes = go_on.clone();
    let handler = move |w: ResponseWriter, _: Request| {
        let goes = goes.clone();
        async move {
            ok(&w).await;
            goes.recv().await;
        }
    };
    let server = http::Server::new("", handler).read_header_timeout(200 * time::MILLISECOND);
    let server = httptest::Server::start_with(server);
    let mut wire = Wire::connect(server.addr()).await;
    wire.send(&(get("/") + "GET / HT")).await;
    assert_eq!(wire.answer().await.body, "ok");
    time::sleep(300 * time::MILLISECOND).await;
    assert!(!wire.is_closed(), "the handler still runs");
    go_on.close();
    assert!(wire.closes_silently().await);
    server.close().await;
}

// hyper does not tell the end of a body with a trailer whose answer was sent before, unless the connection ends with it.
#[go::test(real_time)]
async fn a_body_in_chunks_is_read_after_the_response() {
    let (server, said) = reads_late(|server| server);
    for (end, text) in [("0\r\n\r\n", "abc"), ("0\r\nX-End: yes\r\n\r\n", "abc yes")] {
        let mut wire = Wire::connect(server.addr()).await;
        let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n3\r\nabc\r\n";
        let answer = wire.ask(head).await;
        assert_eq!(answer.body, "ok");
        assert_eq!(answer.field("connection"), "close");
        wire.send(end).await;
        assert_eq!(in_time("the body", &said).await, text);
        assert_eq!(wire.rest().await, "");
    }
    server.close().await;
}

// Go: a handler that panics drops its connection, whatever it has sent.
#[go::test(real_time)]
async fn a_panic_after_the_response_drops_the_connection() {
    let go_on = chan!(());
    let goes = go_on.clone();
    let handler = move |w: ResponseWriter, r: Request| {
        let goes = goes.clone();
        async move {
            assert_eq!(r.path(), "/");
            ok(&w).await;
            goes.recv().await;
            std::panic::panic_any(http::ABORT_HANDLER);
        }
    };
    let states: Chan<ConnState> = Chan::buffered(64);
    let tell = states.clone();
    let server = http::Server::new("", handler).conn_state(move |_, state| assert!(tell.try_send(state).is_ok()));
    let server = httptest::Server::start_with(server);
    for next in ["", "GET /next HTTP/1.1\r\nHost: h\r\n\r\n"] {
        let mut wire = Wire::connect(server.addr()).await;
        wire.send(&(get("/") + next)).await;
        assert_eq!(wire.answer().await.body, "ok");
        time::sleep(WHILE / 2).await;
        assert!(!wire.is_closed());
        go_on.send(()).await;
        assert!(wire.closes_silently().await, "{next:?}");
        for state in ["new", "active", "closed"] {
            assert_eq!(in_time("it is told", &states).await.to_string(), state);
        }
    }
    server.close().await;
}
