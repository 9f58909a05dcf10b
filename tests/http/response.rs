//! What a handler writes, and what of it goes over the wire.

use go::http::{self, Request, ResponseWriter, httptest};
use go::prelude::*;

use crate::wire::{Wire, get};

/// A server for one handler.
macro_rules! serve {
    ($handler:expr) => {
        httptest::Server::start($handler)
    };
}

async fn hello(w: ResponseWriter, _: Request) {
    _ = writeln!(w, "hello world!");
}

#[go::test(real_time)]
async fn the_raw_answer_is_gos() {
    let server = serve!(hello);
    let answer = Wire::exchange(server.addr(), "GET / HTTP/1.0\r\n\r\n").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, "hello world!\n");
    let mut lines: Vec<&str> = head.split("\r\n").collect();
    assert_eq!(lines.remove(0), "HTTP/1.0 200 OK");
    lines.sort_unstable();
    assert_eq!(lines[0], "Content-Length: 13");
    assert_eq!(lines[1], "Content-Type: text/plain; charset=utf-8");
    assert!(lines[2].starts_with("Date: ") && lines[2].ends_with(" GMT"), "{lines:?}");
    assert_eq!(lines.len(), 3);

    let mut wire = Wire::connect(server.addr()).await;
    for _ in 0..3 {
        let answer = wire.ask(&get("/")).await;
        assert!(answer.head.starts_with("HTTP/1.1 200 OK\r\n"));
        assert_eq!(answer.body, "hello world!\n");
    }
    server.close().await;
}

#[go::test(real_time)]
async fn small_answers_have_a_length_and_large_ones_chunks() {
    let server = serve!(|w: ResponseWriter, r: Request| {
        let size: usize = r.query().get("size").parse().unwrap();
        for _ in 0..size / 16 {
            w.write_all(&[b'x'; 16]).unwrap();
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    for (size, length) in [(0, "0"), (16, "16"), (2048, "2048"), (2064, ""), (1 << 20, "")] {
        let answer = wire.ask(&get(&format!("/?size={size}"))).await;
        assert_eq!((answer.body.len(), answer.field("content-length")), (size, length));
        assert_eq!(answer.field("content-type"), if size == 0 { "" } else { "text/plain; charset=utf-8" });
    }
    server.close().await;
}

#[go::test(real_time)]
async fn the_head_is_decided_once() {
    let server = serve!(|w: ResponseWriter, _: Request| {
        assert_eq!(w.status(), 0);
        w.header().set("X-One", "1");
        w.header().set("x-two", "2");
        w.header().del("X-Two");
        w.header().add("X-Three", "a");
        w.header().add("X-Three", "b\r\nX-Evil: yes");
        w.header().set("not a name", "x");
        w.write_header(201);
        w.write_header(500);
        w.header().set("X-Late", "1");
        assert_eq!((w.status(), w.written()), (201, 0));
        w.write_str("<html>").unwrap();
        assert_eq!(w.written(), 6);
    });
    let mut wire = Wire::connect(server.addr()).await;
    let answer = wire.ask(&get("/")).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.field("x-one"), "1");
    assert!(answer.head.contains("X-Three: a\r\nX-Three: b  X-Evil: yes\r\n"), "{}", answer.head);
    for name in ["x-two", "x-late", "not a name"] {
        assert_eq!(answer.field(name), "", "{}", answer.head);
    }
    assert_eq!(answer.field("content-type"), "text/html; charset=utf-8");
    server.close().await;
}

#[go::test(real_time)]
async fn a_handler_that_writes_nothing_answers_200() {
    let server = serve!(|_: ResponseWriter, _: Request| {});
    let mut wire = Wire::connect(server.addr()).await;
    let answer = wire.ask(&get("/")).await;
    assert_eq!((answer.status, answer.field("content-length"), answer.body.as_str()), (200, "0", ""));
    server.close().await;
}

#[go::test(real_time)]
async fn answers_without_a_body_have_none() {
    let server = serve!(|w: ResponseWriter, r: Request| {
        let status = r.query().get("status").parse().unwrap();
        w.write_header(status);
        let error = w.write_all(b"body").unwrap_err();
        assert_eq!(error.to_string(), http::ERR_BODY_NOT_ALLOWED.to_string());
    });
    let mut wire = Wire::connect(server.addr()).await;
    for status in [204, 304] {
        let answer = wire.ask(&get(&format!("/?status={status}"))).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, ""));
        assert_eq!((answer.field("content-length"), answer.field("content-type")), ("", ""));
    }
    server.close().await;
}

#[go::test(real_time)]
async fn head_is_answered_like_get_without_the_body() {
    let server = serve!(async |w: ResponseWriter, r: Request| {
        match &*r.path() {
            "/small" => w.write_str("hello").unwrap(),
            "/large" => w.write_all(&[b'x'; 5000]).unwrap(),
            "/told" => {
                w.header().set("Content-Length", "7");
                w.write_header(200);
            }
            "/flushed" => {
                w.write_str("a").unwrap();
                w.flush().await.unwrap();
                w.write_str("b").unwrap();
                w.flush().await.unwrap();
            }
            _ => {}
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    for (path, length, kind) in [
        ("/small", "5", "text/plain; charset=utf-8"),
        ("/large", "", "text/plain; charset=utf-8"),
        ("/told", "7", ""),
        ("/flushed", "", "text/plain; charset=utf-8"),
        ("/none", "", ""),
    ] {
        wire.send(&format!("HEAD {path} HTTP/1.1\r\nHost: h\r\n\r\n")).await;
        let head = wire.until("\r\n\r\n").await;
        let field = |name: &str| {
            head.lines().filter_map(|l| l.split_once(": ")).find(|(n, _)| *n == name).map_or("", |(_, v)| v).to_owned()
        };
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        assert_eq!(
            (field("Content-Length").as_str(), field("Content-Type").as_str()),
            (length, kind),
            "{path}: {head}"
        );
    }
    server.close().await;
}

#[go::test(real_time)]
async fn a_flush_sends_what_was_written() {
    let (go_on, flushed) = (chan!(()), chan!(()));
    let (go_on2, flushed2) = (go_on.clone(), flushed.clone());
    let server = serve!(move |w: ResponseWriter, _: Request| {
        let (go_on, flushed) = (go_on2.clone(), flushed2.clone());
        async move {
            for part in ["one ", "two ", "three"] {
                w.write_str(part).unwrap();
                w.flush().await.unwrap();
                chan!(flushed <- ());
                chan!(<-go_on);
            }
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    wire.send(&get("/")).await;
    let head = wire.until("\r\n\r\n").await;
    assert!(head.contains("Transfer-Encoding: chunked\r\n"), "{head}");
    for part in ["4\r\none \r\n", "4\r\ntwo \r\n", "5\r\nthree\r\n"] {
        assert_eq!(wire.until(&part[3..]).await, part);
        chan!(<-flushed);
        chan!(go_on <- ());
    }
    assert_eq!(wire.until("0\r\n\r\n").await, "0\r\n\r\n");
    server.close().await;
}

#[go::test(real_time)]
async fn a_slow_reader_holds_the_handler_up() {
    let sent = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = sent.clone();
    let server = serve!(move |w: ResponseWriter, _: Request| {
        let counter = counter.clone();
        async move {
            for _ in 0..4096 {
                w.send([b'x'; 16 * 1024]).await.unwrap();
                counter.fetch_add(16 * 1024, std::sync::atomic::Ordering::SeqCst);
            }
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    wire.send(&get("/")).await;
    // The handler stops when the buffers of both sides are full: far before its 64 MiB.
    let (mut before, mut same) = (0, 0);
    while same < 10 {
        time::sleep(20 * time::MILLISECOND).await;
        let now = sent.load(std::sync::atomic::Ordering::SeqCst);
        same = if now == before && now > 0 { same + 1 } else { 0 };
        before = now;
    }
    assert!(before < 24 << 20, "{before} bytes were taken from the handler");
    let answer = wire.answer().await;
    assert_eq!(answer.body.len(), 64 << 20);
    server.close().await;
}

#[go::test(real_time)]
async fn promised_lengths_are_kept() {
    let server = serve!(async |w: ResponseWriter, r: Request| {
        w.header().set("Content-Length", "5");
        match &*r.path() {
            "/exact" => w.write_str("12345").unwrap(),
            "/parts" => {
                w.write_str("123").unwrap();
                w.flush().await.unwrap();
                w.write_str("45").unwrap();
            }
            "/more" => {
                w.write_str("12345").unwrap();
                let error = w.write_str("6").unwrap_err();
                assert_eq!(error.to_string(), "http: wrote more than the declared Content-Length");
            }
            _ => w.write_str("123").unwrap(),
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    for path in ["/exact", "/parts", "/more"] {
        let answer = wire.ask(&get(path)).await;
        assert_eq!((answer.body.as_str(), answer.field("content-length")), ("12345", "5"), "{path}");
    }
    // A broken promise: the client sees the connection end too early.
    let answer = Wire::exchange(server.addr(), &get("/less")).await;
    assert!(answer.contains("Content-Length: 5\r\n") && answer.ends_with("\r\n\r\n123"), "{answer}");
    server.close().await;
}

#[go::test(real_time)]
async fn announced_fields_come_behind_the_body() {
    let server = serve!(|w: ResponseWriter, _: Request| {
        w.header().set("Trailer", "X-Sum, X-Early");
        w.header().set("X-Early", "1");
        w.write_str("abc").unwrap();
        w.header().set("X-Sum", "7");
        w.header().set("X-Other", "8");
    });
    let mut wire = Wire::connect(server.addr()).await;
    let answer = wire.ask("GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\n\r\n").await;
    assert_eq!(answer.field("trailer"), "X-Sum, X-Early");
    assert_eq!(answer.field("x-early"), "");
    let body = answer.body.to_lowercase();
    assert!(body.starts_with("abc[") && body.contains("x-sum: 7\r\n") && body.contains("x-early: 1\r\n"), "{body}");
    assert!(!body.contains("x-other"), "{body}");
    server.close().await;
}
