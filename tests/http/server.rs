//! Listening, shutting down, limits.

use go::http::{self, Request, ResponseWriter, httptest};
use go::prelude::*;

use crate::wire::{LONG, Wire, free_port, get};

fn hello(w: ResponseWriter, _: Request) {
    _ = writeln!(w, "hello");
}

#[go::test(real_time)]
async fn a_port_without_a_host_is_both_families() {
    let port = free_port();
    let server = http::Server::new(&format!(":{port}"), hello);
    let serving = server.clone();
    let ended = chan!(String, 1);
    go! {
        let error = serving.listen_and_serve().await;
        ended <- error.to_string();
    }
    let mut tries = 0;
    let v4 = loop {
        match tokio::net::TcpStream::connect(("127.0.0.1", port)).await {
            Ok(stream) => break stream,
            Err(error) if tries > 1000 => panic!("{error}"),
            Err(_) => tries += 1,
        }
        time::sleep(time::MILLISECOND).await;
    };
    drop(v4);
    let v6 = tokio::net::TcpStream::connect(("::1", port)).await;
    // A machine without IPv6 has no such address at all.
    if let Err(error) = v6 {
        assert_eq!(error.kind(), std::io::ErrorKind::AddrNotAvailable, "{error}");
    }

    let again = http::listen_and_serve(&format!(":{port}"), hello).await;
    assert_eq!(again.to_string(), format!("listen tcp :{port}: bind: address already in use"));
    server.close();
    assert_eq!(ended.recv().await.unwrap(), "http: Server closed");
}

#[go::test(real_time)]
async fn wrong_addresses_are_errors() {
    for (addr, error) in [
        ("8080", "listen tcp: address 8080: missing port in address"),
        ("no-such-host.invalid:80", "listen tcp: lookup no-such-host.invalid: no such host"),
        ("localhost:nope", "listen tcp: lookup tcp/nope: unknown port"),
    ] {
        let text = http::listen_and_serve(addr, hello).await.to_string();
        // A machine without a resolver says something else about the name.
        assert!(text == error || (addr.contains("invalid") && text.starts_with("listen tcp: lookup")), "{text}");
    }
}

// Go: TestServerShutdown, TestServerShutdownThenServe; what probe h02 shows.
#[go::test(real_time)]
async fn server_shutdown() {
    let (started, go_on) = (chan!(()), chan!(()));
    let (starts, goes) = (started.clone(), go_on.clone());
    let handler = move |w: ResponseWriter, r: Request| {
        let (starts, goes) = (starts.clone(), goes.clone());
        async move {
            chan!(starts <- ());
            chan!(<-goes);
            _ = write!(w, "{:?}", r.context().err());
        }
    };
    let server = http::Server::new("", handler);
    let hooks = chan!((), 8);
    let hook = hooks.clone();
    server.on_shutdown(move || assert!(hook.try_send(()).is_ok()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (serving, served) = (server.clone(), chan!(String, 1));
    go!(move listener {
        let error = serving.serve(listener).await;
        served <- error.to_string();
    });
    let mut busy = Wire::connect(addr).await;
    busy.send(&get("/")).await;
    chan!(<-started);

    let (ctx, stop) = context::with_timeout(&context::background(), 50 * time::MILLISECOND);
    let error = server.shutdown(&ctx).await.unwrap_err();
    assert_eq!(error.to_string(), "context deadline exceeded");
    assert!(error.is_deadline_exceeded() && error.is_timeout());
    stop();
    assert_eq!(served.recv().await.unwrap(), "http: Server closed");
    assert!(tokio::net::TcpStream::connect(addr).await.is_err(), "nobody listens any more");

    let (waiting, done) = (server.clone(), chan!(bool, 1));
    go! {
        let ok = waiting.shutdown(&context::background()).await.is_ok();
        done <- ok;
    }
    time::sleep(20 * time::MILLISECOND).await;
    assert!(done.is_empty(), "a request is being answered");
    chan!(go_on <- ());
    let answer = busy.answer().await;
    assert_eq!(answer.body, "None", "the handler was not disturbed");
    assert_eq!(answer.field("connection"), "close");
    assert_eq!(done.recv().await, Some(true));
    assert!(busy.closes_silently().await);
    // One hook a call.
    assert_eq!((hooks.recv().await, hooks.recv().await, hooks.try_recv().is_err()), (Some(()), Some(()), true));

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    assert_eq!(server.serve(listener).await, http::ERR_SERVER_CLOSED);
    assert_eq!(server.listen_and_serve().await, http::ERR_SERVER_CLOSED);
}

#[go::test(real_time)]
async fn a_shutdown_closes_idle_connections_at_once() {
    let server = httptest::Server::start(hello);
    let mut idle = Vec::new();
    for _ in 0..20 {
        let mut wire = Wire::connect(server.addr()).await;
        assert_eq!(wire.ask(&get("/")).await.status, 200);
        idle.push(wire);
    }
    let start = time::now();
    server.close().await;
    assert!(time::since(start) < 2 * time::SECOND);
    for wire in &mut idle {
        assert!(wire.closes_silently().await);
    }
}

// What probe h02 shows of Close.
#[go::test(real_time)]
async fn close_cancels_and_drops() {
    let (started, canceled) = (chan!(()), chan!(String));
    let (starts, cancels) = (started.clone(), canceled.clone());
    let server = httptest::Server::start(move |_: ResponseWriter, r: Request| {
        let (starts, cancels) = (starts.clone(), cancels.clone());
        async move {
            chan!(starts <- ());
            chan!(<-r.context().done());
            chan!(cancels <- r.context().err().unwrap().to_string());
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    wire.send(&get("/")).await;
    chan!(<-started);
    server.server().close();
    assert_eq!(canceled.recv().await.unwrap(), "context canceled");
    assert!(wire.closes_silently().await);
}

// Go: TestServerTimeouts, TestServerReadTimeout; slow senders.
#[go::test(real_time)]
async fn slow_senders_are_cut_off() {
    let server = http::Server::new("", async |w: ResponseWriter, mut r: Request| {
        let read = r.body.bytes().await;
        _ = write!(w, "{}", read.map_or_else(|error| error.to_string(), |bytes| bytes.len().to_string()));
    });
    let limit = 100 * time::MILLISECOND;
    let server = httptest::Server::start_with(server.read_header_timeout(limit).read_timeout(3 * limit));

    for start in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: h\r\n"] {
        let began = time::now();
        let mut wire = Wire::connect(server.addr()).await;
        wire.send(start).await;
        assert!(wire.closes_silently().await, "{start:?}");
        let took = time::since(began);
        assert!(took >= limit && took < 20 * limit, "{start:?} took {took:?}");
    }
    let began = time::now();
    let mut wire = Wire::connect(server.addr()).await;
    let answer = wire.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc").await;
    assert!(answer.body.contains("timeout"), "{}", answer.body);
    assert!(time::since(began) >= 3 * limit);
    // In time it is served, again and again on one connection.
    let mut wire = Wire::connect(server.addr()).await;
    for _ in 0..3 {
        assert_eq!(wire.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc").await.body, "3");
        time::sleep(limit).await;
    }
    server.close().await;
}

// Go: TestServerIdleTimeout
#[go::test(real_time)]
async fn server_idle_timeout() {
    let limit = 400 * time::MILLISECOND;
    let server = httptest::Server::start_with(http::Server::new("", hello).idle_timeout(limit));
    let mut wire = Wire::connect(server.addr()).await;
    let mut asked = time::now();
    for _ in 0..4 {
        time::sleep(limit / 10).await;
        asked = time::now();
        assert_eq!(wire.ask(&get("/")).await.status, 200);
    }
    assert!(wire.closes_silently().await);
    assert!(time::since(asked) >= limit);
    // The idle limit is none for a connection on which nothing has come.
    let mut wire = Wire::connect(server.addr()).await;
    time::sleep(limit + limit / 4).await;
    assert_eq!(wire.ask(&get("/")).await.status, 200);
    server.close().await;
}

// Go: TestServerWriteTimeout
#[go::test(real_time)]
async fn server_write_timeout() {
    let ended = chan!(String, 1);
    let ends = ended.clone();
    let handler = move |w: ResponseWriter, _: Request| {
        let ends = ends.clone();
        async move {
            let error = loop {
                if let Err(error) = w.send([b'x'; 64 * 1024]).await {
                    break error;
                }
            };
            chan!(ends <- error.to_string());
        }
    };
    let server = http::Server::new("", handler).write_timeout(100 * time::MILLISECOND);
    let server = httptest::Server::start_with(server);
    let mut wire = Wire::connect(server.addr()).await;
    wire.send(&get("/")).await;
    // The client reads nothing.
    let error = tokio::time::timeout(LONG, ended.recv()).await.expect("the handler ends").unwrap();
    assert_eq!(error, "http: connection closed by client");
    server.close().await;
}

#[go::test(real_time)]
async fn wrong_requests_are_refused() {
    let server = httptest::Server::start(hello);
    for (request, status, body) in [
        ("GET / HTTP/1.1\r\n\r\n", 400, "400 Bad Request: missing required Host header"),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "400 Bad Request: too many Host headers"),
        ("GET /\r\n\r\n", 400, ""),
        ("nonsense\r\n\r\n", 400, ""),
        ("GET / HTTP/1.1\r\nHost: h\r\nbad header\r\n\r\n", 400, ""),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n", 400, ""),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: nope\r\n\r\n", 400, ""),
    ] {
        let mut wire = Wire::connect(server.addr()).await;
        let answer = wire.ask(request).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, body), "{request:?}");
        assert!(wire.closes_silently().await, "{request:?}");
    }
    let answer = Wire::connect(server.addr()).await.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!((answer.status, answer.field("content-length")), (200, "0"));
    server.close().await;
}

#[go::test(real_time)]
async fn huge_heads_are_refused() {
    let server = httptest::Server::start_with(http::Server::new("", hello).max_header_bytes(16 * 1024));
    let mut wire = Wire::connect(server.addr()).await;
    let field = format!("X-Large: {}\r\n", "x".repeat(1000));
    let head = |fields: usize| format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", field.repeat(fields));
    assert_eq!(wire.ask(&head(10)).await.status, 200);
    assert_eq!(wire.ask(&head(30)).await.status, 431);
    assert!(wire.closes_silently().await);
    // The client sends without end and reads late: it gets the answer all the same.
    let mut wire = Wire::connect(server.addr()).await;
    assert!(wire.try_send(head(30).as_bytes()).await);
    for _ in 0..100 {
        if !wire.try_send(field.as_bytes()).await {
            break;
        }
    }
    assert_eq!(wire.answer().await.status, 431);
    let many = format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", "A: b\r\n".repeat(150));
    assert_eq!(Wire::connect(server.addr()).await.ask(&many).await.status, 431);
    server.close().await;

    let server = httptest::Server::start_with(http::Server::new("", hello).max_headers(1000));
    assert_eq!(Wire::connect(server.addr()).await.ask(&many).await.status, 200);
    server.close().await;
}

// Go: TestTimeoutHandler, TestTimeoutHandlerEmptyResponse; what probe h05 shows.
#[go::test(real_time)]
async fn timeout_handler() {
    let (go_on, late) = (chan!(()), chan!(String, 1));
    let (goes, lates) = (go_on.clone(), late.clone());
    let handler = move |w: ResponseWriter, r: Request| {
        let (goes, lates) = (goes.clone(), lates.clone());
        async move {
            if r.path() == "/empty" {
                return;
            }
            w.header().set("X-Inner", "1");
            w.write_header(202);
            _ = w.write_str("part");
            chan!(<-goes);
            let written = w.write_str(" more");
            chan!(lates <- written.map_or_else(|error| error.to_string(), |()| "fine".to_owned()));
        }
    };
    let limit = 500 * time::MILLISECOND;
    let server = httptest::Server::start(http::timeout_handler(handler, limit, "too slow"));
    let mut wire = Wire::connect(server.addr()).await;
    wire.send(&get("/")).await;
    chan!(go_on <- ());
    let answer = wire.answer().await;
    assert_eq!((answer.status, answer.body.as_str(), answer.field("x-inner")), (202, "part more", "1"));
    assert_eq!(late.recv().await.unwrap(), "fine");

    let answer = wire.ask(&get("/")).await;
    assert_eq!((answer.status, answer.body.as_str(), answer.field("x-inner")), (503, "too slow", ""));
    chan!(go_on <- ());
    assert_eq!(late.recv().await.unwrap(), "http: Handler timeout");

    let answer = wire.ask(&get("/empty")).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    server.close().await;
}
