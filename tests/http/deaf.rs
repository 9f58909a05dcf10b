//! Servers that answer and do not read: what becomes of the connection and of the body that is being sent.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use go::http::{self, Body, Client, Request, Response, ResponseWriter, Transport, httptest};
use go::prelude::*;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::task::JoinHandle;

use crate::client::client;
use crate::given_up::dropped;
use crate::wire::LONG;

/// A response that is cut short, and one that is whole.
const CUT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
/// A response that is whole.
const WHOLE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";

/// A connection that says when it is dropped.
struct Watched {
    /// Its bytes.
    pipe: DuplexStream,
    /// Whether it takes several parts at a time.
    takes_parts: bool,
    /// Closed with it.
    ended: Chan<()>,
}

/// A pipe that takes one part at a time.
fn single(pipe: DuplexStream) -> Watched {
    Watched { pipe, takes_parts: false, ended: chan!(()) }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.ended.close();
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_read(cx, buf)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.pipe).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.pipe).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.takes_parts && self.pipe.is_write_vectored()
    }
}

/// A client whose one connection takes `room` bytes that nobody reads; the server's end of it, and its end.
fn piped(room: usize) -> (Client, DuplexStream, Chan<()>) {
    let (ours, theirs) = tokio::io::duplex(room);
    let ended = chan!(());
    let pipes = chan!(Watched, 1);
    assert!(pipes.try_send(Watched { pipe: ours, takes_parts: true, ended: ended.clone() }).is_ok());
    let dial = move |_: Context, _: &'static str, _: String| {
        let pipes = pipes.clone();
        async move { pipes.try_recv().map_err(|_| io::Error::from(io::ErrorKind::NotConnected)) }
    };
    (Client::new().transport(Transport::new().proxy(None).dial_context(dial)), theirs, ended)
}

/// Answers when the first byte is there, and reads no more; gives its end of the connection back.
fn answering(mut server: DuplexStream, answer: &'static str) -> JoinHandle<DuplexStream> {
    tokio::spawn(async move {
        server.read_u8().await.unwrap();
        server.write_all(answer.as_bytes()).await.unwrap();
        server
    })
}

/// Waits for a channel to be closed.
async fn closed(ended: &Chan<()>) {
    assert_eq!(tokio::time::timeout(LONG, ended.recv()).await.expect("it ends"), None);
}

// A body that hyper has taken as a whole is not sent: the server reads no more than its head.
#[go::test(real_time)]
async fn a_body_that_lies_in_a_buffer_holds_no_connection() {
    for answer in [CUT, WHOLE] {
        for is_read in [false, true] {
            let (client, mut server, ended) = piped(1024);
            let serving = tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(server.read_u8().await.unwrap());
                }
                // Now everything that the client writes is with hyper.
                time::sleep(Duration::from_millis(20)).await;
                server.write_all(answer.as_bytes()).await.unwrap();
                server
            });
            let mut response = client.post("http://server.test", "text/plain", vec![b'x'; 100_000]).await.unwrap();
            if is_read {
                let mut bytes = [0; 3];
                response.body.read_exact(&mut bytes).await.unwrap();
                if answer == WHOLE {
                    assert_eq!(response.body.read(&mut bytes).await.unwrap(), 0);
                }
            }
            drop(response);
            closed(&ended).await;
            drop(serving.await.unwrap());
        }
    }
}

// Not even the head of a request is read.
#[go::test(real_time)]
async fn a_head_that_lies_in_a_buffer_holds_no_connection() {
    for answer in [CUT, WHOLE] {
        let (client, server, ended) = piped(64);
        let serving = answering(server, answer);
        drop(client.get("http://server.test/a-path-of-some-length-that-does-not-fit-in-there").await.unwrap());
        closed(&ended).await;
        drop(serving.await.unwrap());
    }
}

/// Asks a server twice, which answers the first request and does not read it, but would read one on another connection.
async fn asked_twice<S>(wrap: impl Fn(DuplexStream) -> S + Send + Sync + Copy + 'static)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let pipes = chan!(DuplexStream, 2);
    let dialed = pipes.clone();
    let dial = move |_: Context, _: &'static str, _: String| {
        let pipe = dialed.try_recv().map_err(|_| io::Error::from(io::ErrorKind::NotConnected));
        async move { pipe.map(wrap) }
    };
    let client = Client::new().transport(Transport::new().proxy(None).dial_context(dial));
    let mut servings = Vec::new();
    for _ in 0..2 {
        let (ours, theirs) = tokio::io::duplex(1024);
        assert!(pipes.try_send(ours).is_ok());
        servings.push(answering(theirs, WHOLE));
    }
    for body in [vec![b'x'; 30_000], Vec::new()] {
        let asking = async {
            let mut response = client.post("http://server.test", "text/plain", body).await.unwrap();
            assert_eq!(response.body.text().await.unwrap(), "abc");
        };
        tokio::time::timeout(LONG, asking).await.expect("an answer");
    }
    for serving in servings {
        drop(serving.await.unwrap());
    }
}

// Go: a connection is used again when the request before is out. What keeps bytes for later, as TLS does, counts as well.
#[go::test(real_time)]
async fn a_request_does_not_wait_behind_one_that_nobody_reads() {
    asked_twice(|pipe| pipe).await;
    asked_twice(|pipe| tokio::io::BufStream::with_capacity(1024, 64 << 10, pipe)).await;
    asked_twice(single).await;
}

// Heads and small bodies go together to what takes one part at a time; large ones arrive as they were.
#[go::test(real_time)]
async fn parts_are_put_together() {
    for length in [10, 5000, 8000, 9000, 300_000] {
        let pipes = chan!(DuplexStream, 1);
        let dialed = pipes.clone();
        let dial = move |_: Context, _: &'static str, _: String| {
            let pipe = dialed.try_recv().map_err(|_| io::Error::from(io::ErrorKind::NotConnected));
            async move { pipe.map(single) }
        };
        let client = Client::new().transport(Transport::new().proxy(None).dial_context(dial));
        let (ours, mut theirs) = tokio::io::duplex(64 << 10);
        assert!(pipes.try_send(ours).is_ok());
        let body: Vec<u8> = (0..length).map(|at: u32| at.to_le_bytes()[usize::from(at.is_multiple_of(3))]).collect();
        let sent = body.clone();
        let serving = tokio::spawn(async move {
            let mut first = vec![0; 64 << 10];
            let count = theirs.read(&mut first).await.unwrap();
            first.truncate(count);
            let at = first.windows(4).position(|four| four == b"\r\n\r\n").expect("the head comes at once") + 4;
            assert!(first.len() > at, "a part of the body comes with the head");
            let mut body = first.split_off(at);
            let mut rest = vec![0; sent.len() - body.len()];
            theirs.read_exact(&mut rest).await.unwrap();
            body.append(&mut rest);
            assert!(body == sent);
            theirs.write_all(WHOLE.as_bytes()).await.unwrap();
            theirs
        });
        let mut response = client.post("http://server.test", "text/plain", body).await.unwrap();
        assert_eq!(response.body.text().await.unwrap(), "abc");
        drop(serving.await.unwrap());
    }
}

// The connection ends where it runs, whoever drops the response.
#[go::test(real_time, workers = 2)]
async fn a_response_may_be_dropped_outside_of_the_runtime() {
    for answer in [CUT, WHOLE] {
        let (client, server, ended) = piped(1024);
        let serving = answering(server, answer);
        let response = client.post("http://server.test", "text/plain", vec![b'x'; 10 << 20]).await.unwrap();
        std::thread::spawn(move || drop(response)).join().expect("no panic");
        closed(&ended).await;
        drop(serving.await.unwrap());
    }
}

/// Keeps a response until it is told not to.
pub(crate) fn kept(response: Response) -> Chan<()> {
    let until = chan!(());
    let waits = until.clone();
    go!(move {
        waits.recv().await;
        drop(response);
    });
    until
}

// Go: a context that is done ends a request, also if its response is kept and nobody reads it.
#[go::test(real_time)]
async fn a_cancelled_context_ends_a_request_whose_response_is_kept() {
    let left = chan!((), 1);
    let leaves = left.clone();
    let handler = move |w: ResponseWriter, mut r: Request| {
        let leaves = leaves.clone();
        async move {
            let mut buffer = [0; 3];
            if r.method == "POST" {
                assert_eq!(r.body.read(&mut buffer).await.unwrap(), 3);
            }
            w.write_str("begun").unwrap();
            w.flush().await.unwrap();
            if r.method == "POST" {
                assert!(r.body.read(&mut buffer).await.is_err());
            } else {
                r.context().done().recv().await;
            }
            leaves.send(()).await;
        }
    };
    let server = httptest::Server::start_with(http::Server::new("", handler).unencrypted_http2(true));
    for is_http2 in [false, true] {
        let client = Client::new().transport(Transport::new().http2_only(is_http2).proxy(None));
        for (method, is_read) in [("GET", false), ("GET", true), ("POST", false), ("POST", true)] {
            let (ctx, cancel) = context::with_cancel(&context::background());
            let (mut ours, theirs) = tokio::io::duplex(64);
            ours.write_all(b"one").await.unwrap();
            let body = if method == "POST" { Body::from_reader(theirs) } else { Body::empty() };
            let request = http::new_request_with_context(&ctx, method, &server.url(), body).unwrap();
            let mut response = client.do_request(request).await.unwrap();
            if is_read {
                let mut bytes = [0; 5];
                response.body.read_exact(&mut bytes).await.unwrap();
                cancel();
                assert!(response.body.chunk().await.unwrap().unwrap_err().is_canceled());
                assert!(response.body.chunk().await.unwrap().unwrap_err().is_canceled());
            }
            let until = kept(response);
            cancel();
            tokio::time::timeout(LONG, left.recv()).await.expect("the server sees it");
            if method == "POST" {
                dropped(ours).await;
            }
            until.close();
        }
    }
    server.close().await;
}

// Go: TestTransportCancelRequest..: neither does a server that does not read hold it.
#[go::test(real_time)]
async fn a_cancelled_context_ends_a_body_that_nobody_reads() {
    for answer in [CUT, WHOLE] {
        let (client, server, ended) = piped(1024);
        let serving = answering(server, answer);
        let (ctx, cancel) = context::with_cancel(&context::background());
        let (mut ours, theirs) = tokio::io::duplex(64 << 10);
        ours.write_all(&[b'x'; 10_000]).await.unwrap();
        let request =
            http::new_request_with_context(&ctx, "POST", "http://server.test", Body::from_reader(theirs)).unwrap();
        let response = client.do_request(request).await.unwrap();
        let until = kept(response);
        cancel();
        closed(&ended).await;
        dropped(ours).await;
        until.close();
        drop(serving.await.unwrap());
    }
}

// Requests that are cancelled at any time disturb no other one on the same connections.
#[go::test(real_time, workers = 2)]
async fn cancelled_requests_disturb_no_other_request() {
    let server = httptest::Server::start(async |w: ResponseWriter, mut r: Request| {
        let length = r.body.bytes().await.unwrap_or_default().len();
        write!(w, "{length}").unwrap();
    });
    let client = client();
    let group = go::errgroup::Group::new();
    for kind in 0..4_u32 {
        let (asking, url) = (client.clone(), server.url());
        group
            .go(async move {
                for number in 0..300_u32 {
                    let when = Duration::from_micros(u64::from((kind + number) % 40) * 20);
                    let (ctx, cancel) = context::with_timeout(&context::background(), when);
                    let request = http::new_request_with_context(&ctx, "POST", &url, vec![b'x'; 3000])?;
                    drop(asking.do_request(request).await);
                    cancel();
                }
                Ok(())
            })
            .await;
        let (client, url) = (client.clone(), server.url());
        group
            .go(async move {
                for _ in 0..300 {
                    let mut response = client.post(&url, "text/plain", vec![b'x'; 5000]).await?;
                    assert_eq!(response.body.text().await?, "5000");
                }
                Ok(())
            })
            .await;
    }
    group.wait().await.unwrap();
    server.close().await;
}
