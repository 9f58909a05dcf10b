//! Connections and contexts: clients that leave, handlers that go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use go::context::Context;
use go::http::{self, ConnState, Request, ResponseWriter, httptest};
use go::prelude::*;

use crate::wire::{LONG, Wire, get};

/// Waits for a context, but not for ever.
async fn done_in_time(ctx: &Context) -> bool {
    let done = ctx.done();
    select! {
    case <-done: true
    case <-time::after(LONG): false
    }
}

// Go: TestServerRequestContextCancel_ServeHTTPDone
#[go::test(real_time)]
async fn server_request_context_cancel_serve_http_done() {
    let contexts: Chan<Context> = Chan::buffered(1);
    let ctxs = contexts.clone();
    let server = httptest::Server::start(move |_: ResponseWriter, r: Request| {
        assert!(r.context().err().is_none());
        assert!(ctxs.try_send(r.context().clone()).is_ok());
    });
    let answer = Wire::connect(server.addr()).await.ask(&get("/")).await;
    assert_eq!(answer.status, 200);
    let ctx = contexts.recv().await.unwrap();
    assert!(done_in_time(&ctx).await);
    assert_eq!(ctx.err(), Some(context::CANCELED));
    server.close().await;
}

/// How a client leaves.
#[derive(Clone, Copy)]
enum Leaves {
    Closes,
    Resets,
    HalfCloses,
}

// Go: TestServerRequestContextCancel_ConnClose
async fn conn_close(leaves: Leaves, request: &str) {
    let (started, ended) = (chan!((), 1), chan!(bool, 1));
    let (starts, ends) = (started.clone(), ended.clone());
    let server = httptest::Server::start(move |w: ResponseWriter, mut r: Request| {
        let (starts, ends) = (starts.clone(), ends.clone());
        async move {
            r.body.bytes().await.unwrap();
            chan!(starts <- ());
            let canceled = done_in_time(r.context()).await;
            // It goes on: the client's leaving has dropped nothing.
            time::sleep(10 * time::MILLISECOND).await;
            let wrote = writeln!(w, "late").is_ok();
            chan!(ends <- canceled && wrote);
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    wire.send(request).await;
    chan!(<-started);
    match leaves {
        Leaves::Closes => drop(wire),
        Leaves::Resets => wire.reset(),
        Leaves::HalfCloses => {
            wire.half_close().await;
            let answer = wire.rest().await;
            assert!(answer.ends_with("late\n"), "a client that only closes its side gets the answer: {answer:?}");
        }
    }
    assert_eq!(ended.recv().await, Some(true));
    server.close().await;
}

#[go::test(real_time)]
async fn server_request_context_cancel_conn_close() {
    for leaves in [Leaves::Closes, Leaves::Resets, Leaves::HalfCloses] {
        conn_close(leaves, &get("/")).await;
        conn_close(leaves, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc").await;
    }
}

// What probe h04 shows: a client that leaves is noticed once the request's body was read.
#[go::test(real_time)]
async fn an_unread_body_hides_the_client() {
    let (started, go_on, ended) = (chan!(()), chan!(()), chan!((bool, bool)));
    let (starts, goes, ends) = (started.clone(), go_on.clone(), ended.clone());
    let server = httptest::Server::start(move |_: ResponseWriter, mut r: Request| {
        let (starts, goes, ends) = (starts.clone(), goes.clone(), ends.clone());
        async move {
            chan!(starts <- ());
            chan!(<-goes);
            let before = r.context().err().is_none();
            r.body.bytes().await.unwrap();
            let after = done_in_time(r.context()).await;
            chan!(ends <- (before, after));
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    wire.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc").await;
    chan!(<-started);
    drop(wire);
    time::sleep(50 * time::MILLISECOND).await;
    chan!(go_on <- ());
    assert_eq!(ended.recv().await, Some((true, true)));
    server.close().await;
}

// Go: TestCloseNotifierPipelined
#[go::test(real_time)]
async fn close_notifier_pipelined() {
    let (started, go_on, ended) = (chan!(()), chan!(()), chan!(bool));
    let (starts, goes, ends) = (started.clone(), go_on.clone(), ended.clone());
    let server = httptest::Server::start(move |w: ResponseWriter, r: Request| {
        let (starts, goes, ends) = (starts.clone(), goes.clone(), ends.clone());
        async move {
            chan!(starts <- ());
            chan!(<-goes);
            chan!(ends <- r.context().err().is_none());
            _ = write!(w, "{}", r.path());
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    wire.send(&(get("/1") + &get("/2") + &get("/3"))).await;
    for path in ["/1", "/2", "/3"] {
        chan!(<-started);
        chan!(go_on <- ());
        assert_eq!(ended.recv().await, Some(true), "{path} was cancelled by the request behind it");
        assert_eq!(wire.answer().await.body, path);
    }
    server.close().await;
}

// Go: TestServerContexts, TestConnContextNotModifyingAllContexts, TestServerContext_ServerContextKey
#[go::test(real_time)]
async fn server_contexts() {
    #[derive(PartialEq, Eq)]
    enum Key {
        Base,
        Conn,
    }
    let server = http::Server::new("", |w: ResponseWriter, r: Request| {
        let ctx = r.context();
        let server = ctx.value::<http::Server>(&http::SERVER_CONTEXT_KEY).is_some();
        let local = ctx.value::<std::net::SocketAddr>(&http::LOCAL_ADDR_CONTEXT_KEY).copied();
        let base = ctx.value::<std::net::SocketAddr>(&Key::Base).copied();
        let conn = ctx.value::<std::net::SocketAddr>(&Key::Conn).copied();
        assert!(server && local == base && local.is_some());
        assert_eq!(conn, r.remote_addr());
        _ = write!(w, "{}", conn.unwrap());
    })
    .base_context(|addr| context::with_value(&context::background(), Key::Base, addr))
    .conn_context(|ctx, conn| {
        assert!(ctx.value::<std::net::SocketAddr>(&Key::Conn).is_none());
        context::with_value(&ctx, Key::Conn, conn.remote_addr)
    });
    let server = httptest::Server::start_with(server);
    let (mut a, mut b) = (Wire::connect(server.addr()).await, Wire::connect(server.addr()).await);
    let (first, second) = (a.ask(&get("/")).await.body, b.ask(&get("/")).await.body);
    assert_ne!(first, second);
    assert_eq!(a.ask(&get("/")).await.body, first);
    server.close().await;
}

// Go: TestServerContextsHTTP2
#[go::test(real_time)]
async fn server_contexts_http2() {
    #[derive(PartialEq, Eq)]
    enum Key {
        Base,
        Conn,
    }
    let handler = |w: ResponseWriter, r: Request| {
        let ctx = r.context();
        let base = ctx.value::<&str>(&Key::Base).copied();
        let conn = ctx.value::<std::net::SocketAddr>(&Key::Conn).copied();
        assert_eq!((r.version, conn), (http::Version::HTTP_2, r.remote_addr()));
        _ = write!(w, "{base:?} {}", conn.unwrap());
    };
    let server = http::Server::new("", handler)
        .unencrypted_http2(true)
        .base_context(|_| context::with_value(&context::background(), Key::Base, "base"))
        .conn_context(|ctx, conn| context::with_value(&ctx, Key::Conn, conn.remote_addr));
    let server = httptest::Server::start_with(server);
    let client = || http::Client::new().transport(http::Transport::new().proxy(None).http2_only(true));
    let (one, two) = (client(), client());
    let mut texts = Vec::new();
    for client in [&one, &two, &one] {
        let mut response = client.get(&server.url()).await.unwrap();
        texts.push(response.body.text().await.unwrap());
    }
    assert!(texts[0].starts_with("Some(\"base\") 127.0.0.1:"), "{texts:?}");
    assert!(texts[0] == texts[2] && texts[0] != texts[1], "{texts:?}");
    server.close().await;
}

// Go: TestHandlerPanicNil
#[go::test(real_time)]
async fn handler_panic_nil() {
    let log: Chan<String> = Chan::buffered(16);
    let lines = log.clone();
    // What is thrown has no text.
    let server = http::Server::new("", |_: ResponseWriter, _: Request| std::panic::panic_any(()));
    let server = httptest::Server::start_with(server.error_log(move |line| {
        assert!(lines.try_send(line.to_owned()).is_ok());
    }));
    assert_eq!(Wire::exchange(server.addr(), &get("/")).await, "");
    let line = log.recv().await.unwrap();
    assert!(line.starts_with("http: panic serving 127.0.0.1:"), "{line}");
    assert_eq!(Wire::exchange(server.addr(), &get("/")).await, "", "the server lives");
    server.close().await;
}

// What probe h06 shows.
#[go::test(real_time)]
async fn conn_states_are_told() {
    let states: Chan<ConnState> = Chan::buffered(16);
    let tell = states.clone();
    let server = http::Server::new("", |_: ResponseWriter, _: Request| {})
        .conn_state(move |_, state| assert!(tell.try_send(state).is_ok()));
    let server = httptest::Server::start_with(server);
    let mut wire = Wire::connect(server.addr()).await;
    for _ in 0..2 {
        assert_eq!(wire.ask(&get("/")).await.status, 200);
    }
    drop(wire);
    for state in ["new", "active", "idle", "active", "idle", "closed"] {
        let told = tokio::time::timeout(LONG, states.recv()).await.expect("it is told").unwrap();
        assert_eq!(told.to_string(), state);
    }
    server.close().await;
}

// Go: TestHandlerPanic, TestHandlerPanicNil; what probe h03 shows.
#[go::test(real_time)]
async fn handler_panic() {
    let log: Chan<String> = Chan::buffered(16);
    let lines = log.clone();
    let handler = async |w: ResponseWriter, r: Request| match &*r.path() {
        "/early" => panic!("intentional\nfor testing"),
        "/late" => {
            w.write_str("part").unwrap();
            w.flush().await.unwrap();
            panic!("after the head")
        }
        "/abort" => std::panic::panic_any(http::ABORT_HANDLER),
        "/exit" => runtime::goexit(),
        _ => w.write_str("fine").unwrap(),
    };
    let server = http::Server::new("", handler).error_log(move |line| assert!(lines.try_send(line.to_owned()).is_ok()));
    let server = httptest::Server::start_with(server);

    assert_eq!(Wire::exchange(server.addr(), &get("/early")).await, "");
    let line = log.recv().await.unwrap();
    assert!(line.starts_with("http: panic serving 127.0.0.1:"), "{line}");
    assert!(line.contains(": intentional\nfor testing\ngoroutine "), "{line}");
    assert!(line.contains(" [running]:\n") && line.contains("tests/http/conn.rs:"), "{line}");

    let answer = Wire::exchange(server.addr(), &get("/late")).await;
    assert!(answer.ends_with("\r\n\r\n4\r\npart\r\n"), "the chunks do not end as if all was well: {answer:?}");
    assert!(log.recv().await.unwrap().contains(": after the head\n"));

    assert_eq!(Wire::exchange(server.addr(), &get("/abort")).await, "");
    assert_eq!(Wire::exchange(server.addr(), &get("/exit")).await, "");
    assert_eq!(Wire::connect(server.addr()).await.ask(&get("/")).await.body, "fine");
    assert!(log.try_recv().is_err(), "neither an abort nor an exit is logged");
    server.close().await;
}

#[go::test(real_time)]
async fn each_request_is_a_goroutine_of_its_own_that_ends() {
    let before = runtime::num_goroutine();
    let all_there = chan!(());
    let there = all_there.clone();
    let together = Arc::new(AtomicBool::new(false));
    let seen = together.clone();
    let server = httptest::Server::start(move |_: ResponseWriter, _: Request| {
        let (there, seen) = (there.clone(), seen.clone());
        async move {
            // Either of two handlers sends, the other one receives: neither could alone.
            select! {
            case there <- (): {}
            case <-there: seen.store(true, Ordering::SeqCst)
            }
        }
    });
    let (mut a, mut b) = (Wire::connect(server.addr()).await, Wire::connect(server.addr()).await);
    a.send(&get("/")).await;
    b.send(&get("/")).await;
    assert_eq!((a.answer().await.status, b.answer().await.status), (200, 200));
    assert!(together.load(Ordering::SeqCst));
    drop((a, b));
    server.close().await;
    // The server's goroutines, ended by `close`, leave at their next turn.
    for _ in 0..1000 {
        if runtime::num_goroutine() == before {
            return;
        }
        time::sleep(time::MILLISECOND).await;
    }
    panic!("goroutines are left:\n{}", runtime::stack_all());
}
