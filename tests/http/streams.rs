//! Streams of HTTP/2 that are given up, by a server of frames: how they end, and what becomes of the body that is being sent.

use std::time::Duration;

use go::http::{self, Body, Client, Transport};
use go::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::raw;
use crate::deaf::kept;
use crate::given_up::dropped;
use crate::wire::LONG;

/// The frames of HTTP/2 that are looked at.
mod frame {
    /// A part of a body.
    pub(super) const DATA: u8 = 0;
    /// A head.
    pub(super) const HEADERS: u8 = 1;
    /// The end of a stream.
    pub(super) const RESET: u8 = 3;
    /// What a side wants.
    pub(super) const SETTINGS: u8 = 4;
    /// The last of a stream; of settings, that they were read.
    pub(super) const LAST: u8 = 1;
    /// The last of a head.
    pub(super) const HEAD_ENDS: u8 = 4;
}

/// A server of HTTP/2 for one stream, which reads frames and gives no leave to send more.
struct Peer {
    /// The connection.
    stream: TcpStream,
}

impl Peer {
    /// Begins a connection.
    async fn begin(mut stream: TcpStream) -> Peer {
        let mut preface = [0; 24];
        stream.read_exact(&mut preface).await.unwrap();
        let mut peer = Peer { stream };
        peer.send(frame::SETTINGS, 0, 0, &[]).await;
        peer
    }

    /// Sends a frame.
    async fn send(&mut self, kind: u8, flags: u8, id: u8, payload: &[u8]) {
        let mut bytes = vec![0, 0, u8::try_from(payload.len()).unwrap(), kind, flags, 0, 0, 0, id];
        bytes.extend_from_slice(payload);
        self.stream.write_all(&bytes).await.unwrap();
    }

    /// The kind, the flags and the payload of the next frame of the kinds that matter; nothing at the end.
    async fn next(&mut self) -> Option<(u8, u8, Vec<u8>)> {
        loop {
            let mut head = [0; 9];
            self.stream.read_exact(&mut head).await.ok()?;
            let mut payload = vec![0; usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2])];
            self.stream.read_exact(&mut payload).await.ok()?;
            match head[3] {
                frame::SETTINGS if head[4] == 0 => self.send(frame::SETTINGS, frame::LAST, 0, &[]).await,
                kind @ (frame::DATA | frame::HEADERS | frame::RESET) => return Some((kind, head[4], payload)),
                _ => {}
            }
        }
    }
}

/// How a stream has ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// With everything; so long was the body.
    Whole(usize),
    /// Reset, for this reason.
    Reset(u8),
    /// With its connection.
    Lost,
}

/// A server that answers each request at once, with a response that is whole or is not, and says how its stream ends.
async fn http2(is_whole: bool) -> (String, Chan<End>) {
    let ends = chan!(End, 1);
    let said = ends.clone();
    let addr = raw(move |stream: TcpStream| {
        let said = said.clone();
        async move {
            let mut peer = Peer::begin(stream).await;
            let mut length = 0;
            let end = loop {
                match peer.next().await {
                    Some((frame::HEADERS, ..)) => {
                        let flags = if is_whole { frame::HEAD_ENDS | frame::LAST } else { frame::HEAD_ENDS };
                        // `:status: 200`, by its number.
                        peer.send(frame::HEADERS, flags, 1, &[0x88]).await;
                    }
                    Some((frame::DATA, flags, bytes)) => {
                        length += bytes.len();
                        if flags & frame::LAST != 0 {
                            break End::Whole(length);
                        }
                    }
                    Some((_, _, reason)) => break End::Reset(reason[3]),
                    None => break End::Lost,
                }
            };
            said.send(end).await;
        }
    })
    .await;
    (format!("http://{addr}"), ends)
}

// A request that waits for its turn on a connection of HTTP/2 is not kept there when its context is done.
#[go::test(real_time)]
async fn a_body_that_waits_for_a_stream_ends_with_its_context() {
    let addr = raw(|stream: TcpStream| async move {
        let mut peer = Peer::begin(stream).await;
        // One stream at a time, by the number of that setting.
        peer.send(frame::SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 1]).await;
        while let Some((kind, ..)) = peer.next().await {
            if kind == frame::HEADERS {
                peer.send(frame::HEADERS, frame::HEAD_ENDS, 1, &[0x88]).await;
            }
        }
    })
    .await;
    let (url, client) =
        (format!("http://{addr}"), Client::new().transport(Transport::new().http2_only(true).proxy(None)));
    let first = client.get(&url).await.unwrap();
    let mut bodies = Vec::new();
    for _ in 0..3 {
        let (ours, theirs) = tokio::io::duplex(64);
        let (ctx, cancel) = context::with_timeout(&context::background(), Duration::from_millis(20));
        let request = http::new_request_with_context(&ctx, "POST", &url, Body::from_reader(theirs)).unwrap();
        assert!(client.do_request(request).await.unwrap_err().is_timeout());
        cancel();
        bodies.push(ours);
    }
    for ours in bodies {
        dropped(ours).await;
    }
    drop(first);
}

/// HTTP/2's reason of whoever does not want a stream any more.
const CANCEL: u8 = 8;

/// How a request ends before its response does.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// The response is dropped.
    Dropped,
    /// Its context is cancelled, and the response kept.
    Cancelled,
    /// The body is closed, and the response kept.
    Closed,
}

// Go: a stream is reset when its response is dropped, also while its body waits for leave to be sent.
#[go::test(real_time)]
async fn a_body_that_waits_for_leave_ends_with_its_response() {
    let ways = [Way::Dropped, Way::Cancelled];
    let ways = [false, true].into_iter().flat_map(|is_whole| ways.map(|way| (is_whole, way)));
    for (is_whole, way) in ways.chain([(false, Way::Closed)]) {
        let (url, ends) = http2(is_whole).await;
        let client = Client::new().transport(Transport::new().http2_only(true).proxy(None));
        let (mut ours, theirs) = tokio::io::duplex(1 << 20);
        ours.write_all(&vec![b'x'; 300_000]).await.unwrap();
        let (ctx, cancel) = context::with_cancel(&context::background());
        let request = http::new_request_with_context(&ctx, "POST", &url, Body::from_reader(theirs)).unwrap();
        let mut response = client.do_request(request).await.unwrap();
        // The window is full.
        time::sleep(Duration::from_millis(20)).await;
        let until = match way {
            Way::Dropped => {
                drop(response);
                chan!(())
            }
            Way::Cancelled => {
                let until = kept(response);
                cancel();
                until
            }
            Way::Closed => {
                response.body.close();
                kept(response)
            }
        };
        let end = tokio::time::timeout(LONG, ends.recv()).await.expect("the stream ends").unwrap();
        assert_eq!(end, End::Reset(CANCEL), "whole {is_whole}, {way:?}");
        dropped(ours).await;
        until.close();
    }
}

// Go: over HTTP/2 a body is sent on after the response has come, as long as that is not closed.
#[go::test(real_time)]
async fn a_body_is_sent_on_after_a_whole_response_over_http2() {
    let (url, ends) = http2(true).await;
    let client = Client::new().transport(Transport::new().http2_only(true).proxy(None));
    let (mut ours, theirs) = tokio::io::duplex(64);
    ours.write_all(b"one").await.unwrap();
    let mut response = client.post(&url, "text/plain", Body::from_reader(theirs)).await.unwrap();
    assert_eq!(response.body.bytes().await.unwrap(), "");
    // Longer than HTTP/1's grace.
    time::sleep(Duration::from_millis(200)).await;
    ours.write_all(b"two").await.unwrap();
    drop(ours);
    let end = tokio::time::timeout(LONG, ends.recv()).await.expect("the stream ends").unwrap();
    assert_eq!(end, End::Whole(6));
    drop(response);
}
