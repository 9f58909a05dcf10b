//! A client that sees and sends the bytes themselves.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, Ordering};

use go::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longer than anything here takes, on a busy machine too.
pub(crate) const LONG: time::Duration = time::Duration::from_secs(30);

/// A port that nobody has, for a server that finds no free one by itself. It is not one of those that are given to whoever
/// asks for any, so that no other test gets it meanwhile.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() % 10_000) as u16;
    loop {
        let port = 12_000 + (start + 997 * (NEXT.fetch_add(1, Ordering::Relaxed) % 16)) % 20_000;
        if ["[::]", "0.0.0.0"].iter().any(|host| std::net::TcpListener::bind(format!("{host}:{port}")).is_ok()) {
            return port;
        }
    }
}

/// One connection.
pub(crate) struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

/// One response, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Wire {
    pub(crate) async fn connect(addr: SocketAddr) -> Wire {
        Wire { stream: TcpStream::connect(addr).await.expect("the server listens"), read: Vec::new() }
    }

    /// A connection, if the server still listens.
    pub(crate) async fn try_connect(addr: SocketAddr) -> Option<Wire> {
        Some(Wire { stream: TcpStream::connect(addr).await.ok()?, read: Vec::new() })
    }

    /// Sends a request and reads everything until the server closes.
    pub(crate) async fn exchange(addr: SocketAddr, request: &str) -> String {
        let mut wire = Wire::connect(addr).await;
        wire.send(request).await;
        wire.rest().await
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.expect("the server reads");
    }

    /// Sends as much as the server takes: it may have closed.
    pub(crate) async fn try_send(&mut self, text: &[u8]) -> bool {
        self.stream.write_all(text).await.is_ok()
    }

    /// Closes the client's side only.
    pub(crate) async fn half_close(&mut self) {
        self.stream.shutdown().await.expect("the connection is open");
    }

    /// Closes the client's side, unless the server has closed.
    pub(crate) async fn try_half_close(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Whether the server has closed and everything it sent was read.
    pub(crate) fn is_closed(&self) -> bool {
        let mut byte = [0];
        match self.stream.try_read(&mut byte) {
            Ok(count) => count == 0,
            Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }

    /// Sends from a task of its own, beside which answers are read. The task says whether all was sent.
    pub(crate) fn send_beside(self, bytes: Vec<u8>) -> (tokio::task::JoinHandle<bool>, Wire) {
        let Wire { stream, read } = self;
        let stream = stream.into_std().expect("a socket");
        let twin = stream.try_clone().expect("a second handle");
        let [mut sending, stream] = [twin, stream].map(|stream| TcpStream::from_std(stream).expect("a socket"));
        let sent = tokio::spawn(async move { sending.write_all(&bytes).await.is_ok() });
        (sent, Wire { stream, read })
    }

    /// Closes with a reset.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().expect("the connection is open");
    }

    /// Everything until the server closes.
    pub(crate) async fn rest(&mut self) -> String {
        let mut text = std::mem::take(&mut self.read);
        let read = tokio::time::timeout(LONG, self.stream.read_to_end(&mut text)).await;
        read.expect("the server closes").expect("the connection is not reset");
        String::from_utf8(text).expect("text")
    }

    /// Whether the server closes, with or without a reset, and sends nothing before.
    pub(crate) async fn closes_silently(&mut self) -> bool {
        let mut byte = [0];
        let read = tokio::time::timeout(LONG, self.stream.read(&mut byte)).await.expect("the server closes");
        self.read.is_empty() && !matches!(read, Ok(1))
    }

    /// Whether the server closes, with or without a reset, whatever it sends before.
    pub(crate) async fn closes_after_some(&mut self) -> bool {
        let mut bytes = Vec::new();
        tokio::time::timeout(LONG, self.stream.read_to_end(&mut bytes)).await.is_ok()
    }

    /// Reads until the bytes end in `end`.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        while !self.read.windows(end.len()).any(|window| window == end.as_bytes()) {
            self.more().await;
        }
        let at = self.read.windows(end.len()).position(|window| window == end.as_bytes()).unwrap() + end.len();
        let text = self.read.drain(..at).collect();
        String::from_utf8(text).expect("text")
    }

    async fn more(&mut self) {
        let mut bytes = [0; 16 * 1024];
        let read = tokio::time::timeout(LONG, self.stream.read(&mut bytes)).await;
        let count = read.expect("the server answers").expect("the connection is not reset");
        assert!(count > 0, "the server has closed after {:?}", String::from_utf8_lossy(&self.read));
        self.read.extend_from_slice(&bytes[..count]);
    }

    /// Reads one response, by its length or its chunks.
    pub(crate) async fn answer(&mut self) -> Answer {
        let head = self.until("\r\n\r\n").await;
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status line");
        let field = |name: &str| {
            head.lines().find_map(|line| line.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)))
        };
        let mut body = String::new();
        if let Some((_, length)) = field("content-length") {
            let length: usize = length.parse().expect("a number");
            while self.read.len() < length {
                self.more().await;
            }
            body = String::from_utf8(self.read.drain(..length).collect()).expect("text");
        } else if field("transfer-encoding").is_some() {
            loop {
                let line = self.until("\r\n").await;
                let length = usize::from_str_radix(line.trim(), 16).expect("a chunk's length");
                if length == 0 {
                    let trailer = self.until("\r\n").await;
                    if trailer != "\r\n" {
                        body.push_str(&format!("[{trailer}{}]", self.until("\r\n").await));
                    }
                    break;
                }
                while self.read.len() < length + 2 {
                    self.more().await;
                }
                let chunk: Vec<u8> = self.read.drain(..length + 2).collect();
                body.push_str(std::str::from_utf8(&chunk[..length]).expect("text"));
            }
        }
        Answer { status, head, body }
    }

    /// Reads one response; `None` if the server closes, with or without a reset, before one begins.
    pub(crate) async fn try_answer(&mut self) -> Option<Answer> {
        if self.read.is_empty() {
            let mut bytes = [0; 16 * 1024];
            let read =
                tokio::time::timeout(LONG, self.stream.read(&mut bytes)).await.expect("the server does something");
            match read {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.read.extend_from_slice(&bytes[..count]),
            }
        }
        Some(self.answer().await)
    }

    /// Sends a request and reads the response.
    pub(crate) async fn ask(&mut self, request: &str) -> Answer {
        self.send(request).await;
        self.answer().await
    }
}

impl Answer {
    /// The value of a field of the head; empty if there is none.
    pub(crate) fn field(&self, name: &str) -> &str {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}

/// A GET of a path.
pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n")
}
