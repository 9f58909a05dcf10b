//! Handlers that outlive their response: it is complete and sent, and they go on.

use go::http::{self, Body, Client, IntoHandler, Request, ResponseWriter, Transport, httptest};
use go::prelude::*;
use tower::ServiceExt;

use crate::wire::{LONG, Wire};

/// Long enough for what must not happen to happen.
const WHILE: time::Duration = time::Duration::from_millis(100);

/// Receives, but does not wait for ever.
async fn in_time<T: Send + 'static>(what: &str, chan: &Chan<T>) -> T {
    let received = tokio::time::timeout(LONG, chan.recv()).await;
    received.unwrap_or_else(|_| panic!("{what}:\n{}", runtime::stack_all())).expect("it is open")
}

/// Waits until no more goroutines are there than were.
async fn none_left(before: usize) {
    let start = time::now();
    while runtime::num_goroutine() > before {
        assert!(time::since(start) < LONG, "goroutines are left:\n{}", runtime::stack_all());
        time::sleep(2 * time::MILLISECOND).await;
    }
}

/// What handlers and tests tell each other.
#[derive(Clone)]
struct Steps {
    /// The response is complete and was flushed.
    sent: Chan<()>,
    /// The handler may go on.
    go_on: Chan<()>,
    /// How the handler ended: whether its context was cancelled.
    ended: Chan<bool>,
}

impl Steps {
    fn new() -> Steps {
        Steps { sent: chan!((), 8), go_on: chan!(()), ended: chan!(bool, 8) }
    }

    /// A server whose responses are complete before their handlers end. The path says what kind of response, the query what
    /// the handler does then: it waits until its context is done, asks for it only after it may go on (`late`), or ends when
    /// it may go on (`ends`).
    fn server(&self, configure: impl FnOnce(http::Server) -> http::Server) -> httptest::Server {
        let steps = self.clone();
        let handler = move |w: ResponseWriter, r: Request| steps.clone().serve(w, r);
        httptest::Server::start_with(configure(http::Server::new("", handler)))
    }

    async fn serve(self, w: ResponseWriter, r: Request) {
        let (is_late, ends) = (r.query().has("late"), r.query().has("ends"));
        if !is_late {
            assert!(r.context().err().is_none());
        }
        match &*r.path() {
            "/204" => w.write_header(204),
            "/304" => w.write_header(304),
            "/length" => {
                w.header().set("Content-Length", "2");
                w.write_str("ok").unwrap();
            }
            _ => {
                self.sent.send(()).await;
                return self.ended.send(tick(&w, &r).await).await;
            }
        }
        w.flush().await.unwrap();
        self.sent.send(()).await;
        if is_late || ends {
            self.go_on.recv().await;
        }
        if !ends {
            tokio::time::timeout(LONG, r.context().done().recv()).await.expect("the context is done");
        }
        self.ended.send(r.context().err() == Some(context::CANCELED)).await;
    }
}

/// Sends events until the client has left.
async fn tick(w: &ResponseWriter, r: &Request) -> bool {
    let ticker = time::new_ticker(time::MILLISECOND);
    let start = time::now();
    while time::since(start) < LONG {
        select! {
        case <-ticker.c:
            // To a request for the head nothing of it is sent.
            let _ = w.write_str("data: tick\n\n");
            let _ = w.flush().await;
        case <-r.context().done():
            return true;
        }
    }
    false
}

/// Requests whose response is complete before their handler ends: the method and the path.
const COMPLETE: [(&str, &str); 4] = [("HEAD", "/ticks"), ("GET", "/204"), ("GET", "/304"), ("GET", "/length")];

/// What ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Close,
    Reset,
    HalfClose,
    Server,
}

#[go::test(real_time)]
async fn a_handler_that_outlives_its_response_learns_that_the_client_has_left() {
    let before = runtime::num_goroutine();
    for ends in [Ends::Close, Ends::Reset, Ends::HalfClose, Ends::Server] {
        for (method, path) in COMPLETE {
            // The context is asked for before or after the end.
            for late in ["", "?late"] {
                if (path, late) == ("/ticks", "?late") {
                    continue;
                }
                let what = format!("{method} {path}{late} {ends:?}");
                let steps = Steps::new();
                let server = steps.server(|server| server);
                let mut wire = Wire::connect(server.addr()).await;
                wire.send(&format!("{method} {path}{late} HTTP/1.1\r\nHost: h\r\n\r\n")).await;
                wire.until("\r\n\r\n").await;
                in_time(&what, &steps.sent).await;
                let kept = match ends {
                    Ends::Close => {
                        drop(wire);
                        None
                    }
                    Ends::Reset => {
                        wire.reset();
                        None
                    }
                    Ends::HalfClose => {
                        wire.half_close().await;
                        Some(wire)
                    }
                    Ends::Server => {
                        server.server().close();
                        Some(wire)
                    }
                };
                time::sleep(if late.is_empty() { time::Duration::ZERO } else { 5 * time::MILLISECOND }).await;
                steps.go_on.close();
                assert!(in_time(&what, &steps.ended).await, "{what}");
                drop(kept);
                server.close().await;
            }
        }
    }
    none_left(before).await;
}

#[go::test(real_time)]
async fn a_shutdown_waits_for_a_handler_that_outlives_its_response() {
    for (method, path) in
        [("GET", "/length?ends"), ("HEAD", "/length?ends"), ("GET", "/204?ends"), ("GET", "/304?ends")]
    {
        let steps = Steps::new();
        let server = steps.server(|server| server);
        let mut wire = Wire::connect(server.addr()).await;
        wire.send(&format!("{method} {path} HTTP/1.1\r\nHost: h\r\n\r\n")).await;
        wire.until("\r\n\r\n").await;
        in_time(path, &steps.sent).await;
        let (ctx, stop) = context::with_timeout(&context::background(), WHILE);
        let error = server.server().shutdown(&ctx).await.expect_err("a handler still runs");
        assert!(error.is_deadline_exceeded());
        stop();
        steps.go_on.close();
        assert!(!in_time(path, &steps.ended).await, "{path}: the shutdown has disturbed the handler");
        let ended = tokio::time::timeout(LONG, server.server().shutdown(&context::background())).await;
        ended.expect("the server ends").expect("without an error");
        server.close().await;
    }
}

#[go::test(real_time)]
async fn a_client_that_leaves_a_shutdown_ends_it() {
    for (method, path) in COMPLETE {
        let steps = Steps::new();
        let server = steps.server(|server| server);
        let mut wire = Wire::connect(server.addr()).await;
        wire.send(&format!("{method} {path} HTTP/1.1\r\nHost: h\r\n\r\n")).await;
        wire.until("\r\n\r\n").await;
        in_time(path, &steps.sent).await;
        let (shutting, ended) = (server.server().clone(), chan!(bool, 1));
        let ends = ended.clone();
        go!(move shutting, ends {
            let ok = shutting.shutdown(&context::background()).await.is_ok();
            ends <- ok;
        });
        time::sleep(WHILE / 2).await;
        assert!(ended.is_empty() && steps.ended.is_empty(), "{path}: the handler still runs, undisturbed");
        drop(wire);
        assert!(in_time(path, &steps.ended).await, "{path}");
        assert!(in_time(path, &ended).await, "{path}");
        server.close().await;
    }
}

// A client that reads to the end gets that from the handler's end, as one of Go's server does, and until then it is there.
#[go::test(real_time)]
async fn a_connection_that_ends_after_its_response_waits_for_the_handler() {
    for request in
        ["GET /length?ends HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET /length?ends HTTP/1.0\r\n\r\n"]
    {
        let steps = Steps::new();
        let server = steps.server(|server| server);
        let mut wire = Wire::connect(server.addr()).await;
        assert_eq!(wire.ask(request).await.body, "ok");
        time::sleep(WHILE).await;
        assert!(!wire.is_closed(), "{request:?}");
        steps.go_on.close();
        assert!(!in_time(request, &steps.ended).await, "{request:?}");
        assert_eq!(wire.rest().await, "");
        server.close().await;
    }
}

/// A server that knows HTTP/2, and a client that speaks nothing else.
fn http2(steps: &Steps) -> (httptest::Server, Client) {
    let server = steps.server(|server| server.unencrypted_http2(true));
    (server, Client::new().transport(Transport::new().http2_only(true).proxy(None)))
}

#[go::test(real_time)]
async fn a_stream_that_is_reset_after_its_length_cancels_the_handler() {
    let before = runtime::num_goroutine();
    for closes in [false, true] {
        for late in ["", "?late"] {
            let steps = Steps::new();
            let (server, client) = http2(&steps);
            let mut response = client.get(&format!("{}/length{late}", server.url())).await.unwrap();
            let mut bytes = [0; 2];
            assert_eq!(response.body.read(&mut bytes).await.unwrap(), 2);
            in_time("it is sent", &steps.sent).await;
            if closes {
                server.server().close();
            } else {
                drop(response);
            }
            time::sleep(if late.is_empty() { time::Duration::ZERO } else { 20 * time::MILLISECOND }).await;
            steps.go_on.close();
            assert!(in_time("the context is done", &steps.ended).await, "{closes} {late}");
            server.close().await;
        }
    }
    none_left(before).await;
}

// Go: the stream of a HEAD request is closed with its head.
#[go::test(real_time)]
async fn a_stream_without_a_body_is_over_with_its_head() {
    let before = runtime::num_goroutine();
    let steps = Steps::new();
    let (server, client) = http2(&steps);
    for (method, path) in COMPLETE {
        for late in ["", "?late"] {
            if path == "/length" || (path, late) == ("/ticks", "?late") {
                continue;
            }
            let request = http::new_request(method, &format!("{}{path}{late}", server.url()), None).unwrap();
            let response = client.do_request(request).await.unwrap();
            in_time("it is sent", &steps.sent).await;
            if !late.is_empty() {
                steps.go_on.send(()).await;
            }
            assert!(in_time("the context is done", &steps.ended).await, "{method} {path}{late}");
            drop(response);
        }
    }
    server.close().await;
    none_left(before).await;
}

// A foreign server drops the body when it has all of it, or when the client has left: it does not say which.
#[go::test(real_time)]
async fn a_foreign_servers_handler_is_cancelled_with_its_body() {
    let steps = Steps::new();
    let handler = steps.clone();
    let service = (move |w: ResponseWriter, r: Request| handler.clone().serve(w, r)).into_handler();
    let request = httptest::new_request("GET", "/length", Body::empty());
    let mut body = service.oneshot(request.into_http()).await.unwrap().into_body();
    assert_eq!(body.chunk().await.unwrap().unwrap(), "ok");
    in_time("it is sent", &steps.sent).await;
    drop(body);
    assert!(in_time("the context is done", &steps.ended).await);
}
