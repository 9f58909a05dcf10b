//! Responses that nobody waits for or reads to the end: what becomes of their connection, of their request's body and of the
//! requests beside them.

use std::time::Duration;

use go::errgroup::Group;
use go::http::{self, Body, Client, Request, ResponseWriter, Transport, httptest};
use go::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;

use crate::client::{client, raw, read_head};
use crate::wire::LONG;

/// More than the buffers of both sides take.
const MUCH: usize = 64 << 20;

/// The bodies that requests have: none, one of known length, one of unknown length.
fn body(number: usize) -> Body {
    match number % 3 {
        0 => Body::empty(),
        1 => Body::from(vec![b'x'; 20_000]),
        _ => Body::from_reader(tokio::io::AsyncReadExt::take(tokio::io::repeat(b'x'), 20_000)),
    }
}

// A small response has arrived when it is dropped, and its connection may have the next request already, which is not
// disturbed, whatever the first one's body was.
#[go::test(real_time, workers = 2)]
async fn responses_dropped_unread_disturb_no_other_request() {
    let server = httptest::Server::start(async |w: ResponseWriter, mut r: Request| {
        let length = r.body.bytes().await.unwrap().len();
        write!(w, "{length}").unwrap();
    });
    let client = client();
    let group = Group::new();
    for kind in 0..8 {
        let (client, url) = (client.clone(), server.url());
        let asking = group.go(async move {
            for number in 0..200 {
                let response = client.post(&url, "text/plain", body(kind + number)).await?;
                if number % 3 == 0 {
                    go::runtime::gosched().await;
                }
                drop(response);
            }
            Ok(())
        });
        asking.await;
    }
    group.wait().await.unwrap();
    server.close().await;
}

/// Waits until the other end of a pipe was dropped.
pub(crate) async fn dropped(mut pipe: DuplexStream) {
    let ended = async { while pipe.write_all(&[b'x'; 1000]).await.is_ok() {} };
    tokio::time::timeout(LONG, ended).await.expect("the body is dropped");
}

// Go: TestTransportRequestWriteRoundTrip, TestTransportResponseBodyCloseWhileWritingRequest..: the body of a request ends
// with its response, while it waits for more to send.
#[go::test(real_time)]
async fn a_response_that_is_dropped_ends_its_requests_body() {
    let ended = chan!(bool, 1);
    let ends = ended.clone();
    let handler = move |w: ResponseWriter, mut r: Request| {
        let ends = ends.clone();
        async move {
            let mut buffer = [0; 3];
            assert_eq!(r.body.read(&mut buffer).await.unwrap(), 3);
            w.write_str("begun").unwrap();
            w.flush().await.unwrap();
            ends.send(r.body.read(&mut buffer).await.is_err()).await;
        }
    };
    let server = httptest::Server::start_with(http::Server::new("", handler).unencrypted_http2(true));
    for is_http2 in [false, true] {
        let client = Client::new().transport(Transport::new().http2_only(is_http2).proxy(None));
        let (mut ours, theirs) = tokio::io::duplex(64);
        ours.write_all(b"one").await.unwrap();
        let response = client.post(&server.url(), "text/plain", Body::from_reader(theirs)).await.unwrap();
        drop(response);
        dropped(ours).await;
        assert_eq!(ended.recv().await, Some(true), "the server sees that it is cut short");
    }
    server.close().await;
}

/// A server that answers `answer` without reading more than the head, and says how much it could read once it is told to.
async fn deaf(answer: &'static str) -> (std::net::SocketAddr, Chan<()>, Chan<usize>) {
    let (told, read) = (chan!(()), chan!(usize, 1));
    let (tells, reads) = (told.clone(), read.clone());
    let addr = raw(move |mut stream: TcpStream| {
        let (tells, reads) = (tells.clone(), reads.clone());
        async move {
            read_head(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
            tells.recv().await;
            let mut all = Vec::new();
            // Broken off is an end as well.
            let _ = stream.read_to_end(&mut all).await;
            reads.send(all.len()).await;
        }
    })
    .await;
    (addr, told, read)
}

// A server that does not read holds nothing up: neither a response that was cut short, nor one that has come as a whole.
#[go::test(real_time)]
async fn a_request_that_nobody_reads_ends_with_its_response() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
    for answer in [cut, whole] {
        for is_read in [false, true] {
            let (addr, told, read) = deaf(answer).await;
            let mut response = client().post(&format!("http://{addr}"), "text/plain", vec![b'x'; MUCH]).await.unwrap();
            if is_read {
                let mut bytes = [0; 3];
                assert_eq!(response.body.read(&mut bytes).await.unwrap(), 3);
            }
            drop(response);
            // Longer than a request is sent on after its response.
            time::sleep(Duration::from_millis(200)).await;
            told.close();
            let length = tokio::time::timeout(LONG, read.recv()).await.expect("the connection ends").unwrap();
            assert!(length < MUCH, "{answer:?}: all of it was sent");
        }
    }
}

// The rest of a body that is on its way when its response is there is sent all the same.
#[go::test(real_time)]
async fn a_request_is_sent_to_its_end_after_its_response() {
    let read = chan!(usize, 1);
    let reads = read.clone();
    let handler = move |w: ResponseWriter, mut r: Request| {
        let reads = reads.clone();
        async move {
            w.header().set("Content-Length", "2");
            w.write_str("ok").unwrap();
            w.flush().await.unwrap();
            reads.send(r.body.bytes().await.map_or(0, |bytes| bytes.len())).await;
            // Neither is it over before its handler has returned.
            assert!(r.context().err().is_none());
        }
    };
    let server = httptest::Server::start(handler);
    let (client, mut whole) = (client(), 0);
    for _ in 0..20 {
        let mut response = client.post(&server.url(), "text/plain", vec![b'x'; 300_000]).await.unwrap();
        assert_eq!(response.body.text().await.unwrap(), "ok");
        whole += usize::from(read.recv().await == Some(300_000));
    }
    // A machine that is busy for the whole time of grace cuts one off.
    eprintln!("of 20 requests {whole} were sent as a whole");
    assert!(whole > 0);
    server.close().await;
}
