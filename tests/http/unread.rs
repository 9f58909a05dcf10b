//! Request bodies that are not read, or not to their end, or cannot be: what becomes of the connection.

use go::http::{self, Request, ResponseWriter, httptest};
use go::prelude::*;

use crate::wire::{LONG, Wire, get};

/// Answers with what reading the body says.
async fn says(w: ResponseWriter, mut r: Request) {
    let read = r.body.bytes().await;
    _ = write!(w, "{}", read.map_or_else(|error| error.to_string(), |bytes| bytes.len().to_string()));
}

// Go: TestRequestBodyReadErrorClosesConnection
#[go::test(real_time)]
async fn request_body_read_error_closes_connection() {
    let server = httptest::Server::start(says);
    let mut wire = Wire::connect(server.addr()).await;
    // The second request would be served if the first one's body were taken to end somewhere.
    let bad = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk\r\n\r\n";
    assert!(wire.try_send((bad.to_owned() + &get("/")).as_bytes()).await);
    let answer = wire.try_answer().await;
    if let Some(answer) = answer {
        assert_eq!((answer.status, answer.body.as_str()), (200, "malformed chunked encoding"));
    }
    assert!(wire.try_answer().await.is_none(), "no second answer");
    server.close().await;
}

// Go: TestRequestBodyTimeoutClosesConnection
#[go::test(real_time)]
async fn request_body_timeout_closes_connection() {
    let server = http::Server::new("", says).read_timeout(200 * time::MILLISECOND);
    let server = httptest::Server::start_with(server);
    let mut wire = Wire::connect(server.addr()).await;
    let answer = wire.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345").await;
    let addr = server.addr();
    assert!(answer.body.starts_with(&format!("read tcp {addr}->127.0.0.1:")), "{}", answer.body);
    assert!(answer.body.ends_with(": i/o timeout"), "{}", answer.body);
    // The rest of the body comes late, and is not taken for a request.
    wire.try_send(("67890".to_owned() + &get("/")).as_bytes()).await;
    assert!(wire.try_answer().await.is_none(), "no second answer");
    server.close().await;
}

// Go: TestHandlerBodyClose, TestServerRequestBodyCloseAfterPartialRead
#[go::test(real_time)]
async fn handler_body_close() {
    // How much is read is the path: of all of it the rest is dropped with the body or with the request.
    let server = httptest::Server::start(async |w: ResponseWriter, mut r: Request| {
        let mut left: usize = r.path().trim_start_matches('/').parse().unwrap();
        let mut buffer = [0; 1000];
        while left > 0 {
            let length = left.min(buffer.len());
            left -= r.body.read(&mut buffer[..length]).await.unwrap();
        }
        if r.query().has("close") {
            r.body.close();
            assert_eq!(r.body.read(&mut buffer).await.unwrap_err(), http::ERR_BODY_READ_AFTER_CLOSE);
        }
        w.write_str("done").unwrap();
    });
    let (mut reused, mut ended) = (0, 0);
    for size in [1, 1000, 20_000, 300_000, 3_000_000] {
        for read in [0, 1, size / 2, size] {
            for (close, is_chunked) in [("", false), ("?close", false), ("", true), ("?close", true)] {
                let body = "x".repeat(size);
                let request = if is_chunked {
                    format!(
                        "POST /{read}{close} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{size:x}\r\n{body}\r\n0\r\n\r\n"
                    )
                } else {
                    format!("POST /{read}{close} HTTP/1.1\r\nHost: h\r\nContent-Length: {size}\r\n\r\n{body}")
                };
                let (sent, mut wire) = Wire::connect(server.addr()).await.send_beside(request.into_bytes());
                let answer = wire.answer().await;
                assert_eq!((answer.status, answer.body.as_str()), (200, "done"), "{size} {read}");
                let all_sent = tokio::time::timeout(LONG, sent).await.expect("it is sent or refused").unwrap();
                // The next request is answered as such, or the connection has ended: the rest of a body is never taken
                // for a request.
                let next = if wire.try_send(get("/0").as_bytes()).await { wire.try_answer().await } else { None };
                match next {
                    Some(answer) => {
                        assert!(all_sent && answer.status == 200, "{size} {read}");
                        reused += 1;
                    }
                    None => {
                        assert_ne!(read, size, "what was read to its end leaves the connection open");
                        ended += 1;
                    }
                }
            }
        }
    }
    eprintln!("unread bodies: after {reused} of them the connection was used again, after {ended} it had ended");
    assert!(ended > 0, "nobody reads three megabytes for nothing");
    server.close().await;
}
