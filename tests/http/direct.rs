//! Plain requests are served without hyper, the others by it: on one connection, in any order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use go::http::{self, Request, ResponseWriter, ServeMux, httptest};
use go::prelude::*;

use crate::wire::{LONG, Wire, get};

/// A server whose answers are whole, in parts, or made after a wait.
fn server() -> httptest::Server {
    let mux = ServeMux::new();
    mux.handle_func("/whole", async |w: ResponseWriter, mut r: Request| {
        _ = write!(w, "whole {}", r.body.text().await.unwrap());
    });
    mux.handle_func("/unread", |w: ResponseWriter, _: Request| _ = write!(w, "unread"));
    mux.handle_func("/late", async |w: ResponseWriter, mut r: Request| {
        go::runtime::gosched().await;
        _ = write!(w, "late {}", r.body.text().await.unwrap());
    });
    mux.handle_func("/parts", async |w: ResponseWriter, mut r: Request| {
        _ = write!(w, "parts ");
        w.flush().await.unwrap();
        go::runtime::gosched().await;
        _ = write!(w, "{}", r.body.text().await.unwrap());
    });
    mux.handle_func("/large", |w: ResponseWriter, _: Request| _ = write!(w, "{}", "x".repeat(5000)));
    mux.handle_func("/none", |w: ResponseWriter, _: Request| w.write_header(204));
    httptest::Server::start(mux)
}

/// What is sent for a path, with a body in different ways, and what the answer is.
fn requests() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for path in ["whole", "late", "parts"] {
        all.push((get(&format!("/{path}")), format!("{path} ")));
        for (framing, body) in [("Content-Length: 3", "abc"), ("Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n")] {
            let sent = format!("POST /{path} HTTP/1.1\r\nHost: h\r\n{framing}\r\n\r\n{body}");
            all.push((sent, format!("{path} abc")));
        }
    }
    all.push(("POST /unread HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc".to_owned(), "unread".to_owned()));
    all.push((get("/large"), "x".repeat(5000)));
    all.push((get("/none"), String::new()));
    all.push(("GET http://h/whole HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), "whole ".to_owned()));
    all
}

#[go::test(real_time)]
async fn every_kind_of_request_follows_every_other() {
    let server = server();
    let mut wire = Wire::connect(server.addr()).await;
    for (first, first_answer) in requests() {
        for (second, second_answer) in requests() {
            assert_eq!(wire.ask(&first).await.body, first_answer, "{first}");
            assert_eq!(wire.ask(&second).await.body, second_answer, "{second} after {first}");
        }
    }
    server.close().await;
}

#[go::test(real_time)]
async fn every_kind_of_request_is_pipelined() {
    let server = server();
    let mut wire = Wire::connect(server.addr()).await;
    for (first, first_answer) in requests() {
        for (second, second_answer) in requests() {
            wire.send(&format!("{first}{second}{}", get("/whole"))).await;
            assert_eq!(wire.answer().await.body, first_answer, "{first}");
            assert_eq!(wire.answer().await.body, second_answer, "{second} behind {first}");
            assert_eq!(wire.answer().await.body, "whole ");
        }
    }
    server.close().await;
}

#[go::test(real_time)]
async fn requests_come_in_pieces() {
    let server = server();
    let mut wire = Wire::connect(server.addr()).await;
    // A body that is not there when it turns out that nobody wants it ends the connection.
    for (sent, answer) in requests().into_iter().filter(|(_, answer)| answer != "unread") {
        let middle = sent.len() / 2;
        for at in [1, middle, sent.len() - 1] {
            wire.send(&sent[..at]).await;
            time::sleep(time::MILLISECOND).await;
            wire.send(&sent[at..]).await;
            assert_eq!(wire.answer().await.body, answer, "{sent} cut at {at}");
        }
    }
    server.close().await;
}

// The handler never waits, so its connection's goroutine is busy with it: closing reaches it all the same.
#[go::test(real_time, workers = 2)]
async fn close_cancels_a_handler_that_never_waits() {
    let (started, ended) = (chan!((), 1), chan!(bool, 1));
    let (starts, ends) = (started.clone(), ended.clone());
    let server = httptest::Server::start(move |_: ResponseWriter, r: Request| {
        let ctx = r.context().clone();
        assert!(starts.try_send(()).is_ok());
        let began = std::time::Instant::now();
        while ctx.err().is_none() && began.elapsed() < LONG {
            std::thread::yield_now();
        }
        assert!(ends.try_send(ctx.err() == Some(context::CANCELED)).is_ok());
    });
    let mut wire = Wire::connect(server.addr()).await;
    wire.send(&get("/")).await;
    chan!(<-started);
    server.server().close();
    assert_eq!(ended.recv().await, Some(true));
    assert!(wire.closes_silently().await);
}

// A body that somebody still holds when the answer is out must not be read as the next request.
#[go::test(real_time)]
async fn a_body_is_never_taken_for_a_request() {
    let was_smuggled = Arc::new(AtomicBool::new(false));
    let (seen, kept) = (Arc::clone(&was_smuggled), chan!(http::Body, 10));
    let keeps = kept.clone();
    let server = httptest::Server::start(move |w: ResponseWriter, r: Request| {
        seen.fetch_or(r.path() == "/smuggled", Ordering::SeqCst);
        assert!(keeps.try_send(r.body).is_ok());
        _ = write!(w, "ok");
    });
    let smuggled = get("/smuggled");
    for framing in ["", "Connection: keep-alive\r\n", "Expect: nothing\r\n"] {
        let length = smuggled.len();
        let mut wire = Wire::connect(server.addr()).await;
        wire.send(&format!("POST / HTTP/1.1\r\nHost: h\r\n{framing}Content-Length: {length}\r\n\r\n")).await;
        assert_eq!(wire.answer().await.body, "ok");
        _ = wire.try_send(smuggled.as_bytes()).await;
        time::sleep(20 * time::MILLISECOND).await;
        // Read or dropped, it is a body.
        drop(kept.recv().await);
        _ = wire.try_send(get("/").as_bytes()).await;
        time::sleep(20 * time::MILLISECOND).await;
        assert!(!was_smuggled.load(Ordering::SeqCst), "{framing}");
    }
    server.close().await;
}
