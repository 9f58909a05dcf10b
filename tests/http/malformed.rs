//! Requests that are wrong: what they are answered, beside what Go 1.27's server answers them, and that no bytes whatever
//! stop the server.

use go::http::{self, Request, ResponseWriter, httptest};
use go::prelude::*;

use crate::wire::{LONG, Wire, get};

/// The length of the body, or why it could not be read.
async fn measure(w: ResponseWriter, mut r: Request) {
    let read = r.body.bytes().await;
    _ = write!(w, "{}", read.map_or_else(|error| error.to_string(), |bytes| bytes.len().to_string()));
}

/// What comes back.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sees {
    /// A status, after which the connection is used again.
    Goes(u16),
    /// A status, after which it is closed.
    Ends(u16),
    /// The handler's answer that the body could not be read, and no next request.
    Breaks,
}
use Sees::{Breaks, Ends, Goes};

/// A wrong or odd request, what it is answered here, and what by Go if that is something else.
const CASES: &[(&str, Sees, Option<Sees>)] = &[
    ("GET / HTTP/1.1\r\n\r\n", Ends(400), None),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", Ends(400), None),
    ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", Ends(400), None),
    ("GET / HTTP/1.0\r\n\r\n", Ends(200), None),
    ("GET /\r\n\r\n", Ends(400), None),
    ("nonsense\r\n\r\n", Ends(400), None),
    ("GET / http/1.1\r\nHost: h\r\n\r\n", Ends(400), None),
    ("GET / HTTP/3.0\r\nHost: h\r\n\r\n", Ends(400), Some(Ends(505))),
    ("G(T / HTTP/1.1\r\nHost: h\r\n\r\n", Ends(400), None),
    ("BREW / HTTP/1.1\r\nHost: h\r\n\r\n", Goes(200), None),
    ("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", Ends(400), None),
    ("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", Ends(400), None),
    ("GET /a\u{1}b HTTP/1.1\r\nHost: h\r\n\r\n", Ends(400), None),
    ("GET /ä HTTP/1.1\r\nHost: h\r\n\r\n", Goes(200), None),
    ("GET / HTTP/1.1\nHost: h\n\n", Goes(200), None),
    ("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", Goes(200), Some(Ends(400))),
    ("GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n", Ends(400), None),
    ("GET / HTTP/1.1\r\nHost: h\r\nName : x\r\n\r\n", Ends(400), None),
    ("GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", Ends(400), None),
    ("GET / HTTP/1.1\r\nHost: h\r\nA: x\r\n folded\r\n\r\n", Ends(400), Some(Goes(200))),
    ("GET / HTTP/1.1\r\nHost: h\r\nA: x\0y\r\n\r\n", Ends(400), None),
    ("GET / HTTP/1.1\r\nHost: h\r\nA: x\ry\r\n\r\n", Ends(400), None),
    ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n", Ends(400), None),
    ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", Ends(400), None),
    ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\na", Ends(400), None),
    ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", Ends(400), None),
    ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\na", Ends(400), None),
    ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", Goes(200), None),
    ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", Ends(400), None),
    ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: nope\r\n\r\n", Ends(400), Some(Ends(501))),
    ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", Ends(400), Some(Ends(501))),
    (
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        Ends(200),
        Some(Goes(200)),
    ),
    ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nz\r\na\r\n0\r\n\r\n", Breaks, None),
    (
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na\r\n0\r\n\r\n",
        Breaks,
        None,
    ),
    ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", Breaks, None),
    ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\na\n0\n\n", Breaks, None),
    ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n0\r\n\r\n", Goes(200), None),
    ("GET http://x/y HTTP/1.1\r\nHost: h\r\n\r\n", Goes(200), None),
    ("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: nope\r\n\r\n", Goes(200), None),
];

/// Sends a request, then another one on the same connection.
async fn sees(addr: std::net::SocketAddr, request: &str) -> (Sees, String) {
    let mut wire = Wire::connect(addr).await;
    wire.send(request).await;
    let Some(answer) = wire.try_answer().await else { return (Breaks, String::new()) };
    if !wire.try_send(get("/next").as_bytes()).await {
        return (Ends(answer.status), answer.body);
    }
    let goes = wire.try_answer().await.is_some();
    let sees = match answer.status {
        200 if answer.body.parse::<usize>().is_err() => Breaks,
        status if goes => Goes(status),
        status => Ends(status),
    };
    (sees, answer.body)
}

#[go::test(real_time)]
async fn wrong_requests_are_answered_as_told() {
    let server = httptest::Server::start(measure);
    let mut differ = 0;
    for (request, here, go) in CASES {
        let (seen, body) = sees(server.addr(), request).await;
        assert_eq!(seen, *here, "{request:?} {body:?}");
        assert_ne!(Some(*here), *go, "a difference that is none");
        differ += usize::from(go.is_some());
    }
    eprintln!("malformed: {} requests, {differ} of them answered otherwise than by Go", CASES.len());
    server.close().await;
}

/// A sequence of numbers that look random and are the same each time.
struct Numbers {
    state: u64,
}

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state % limit as u64) as usize
    }
}

// Go has fuzz targets for this; here a good request is damaged in one to four places, again and again.
#[go::test(real_time)]
async fn damaged_requests_never_stop_the_server() {
    let server = http::Server::new("", measure).read_timeout(300 * time::MILLISECOND);
    let server = httptest::Server::start_with(server.error_log(|line| panic!("{line}")));
    let good =
        "POST /a/b?c=d HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    let odd = b"\r\n\t :;,/%\0\x7f\xff0zGHT";
    let mut numbers = Numbers { state: 0x9E37_79B9_7F4A_7C15 };
    let (mut answered, mut refused, mut silent) = (0, 0, 0);
    for _ in 0..1000 {
        let mut bytes = good.as_bytes().to_vec();
        for _ in 0..=numbers.below(4) {
            let at = numbers.below(bytes.len());
            match numbers.below(3) {
                0 => bytes[at] = odd[numbers.below(odd.len())],
                1 => _ = bytes.remove(at),
                _ => bytes.insert(at, odd[numbers.below(odd.len())]),
            }
        }
        let mut wire = Wire::connect(server.addr()).await;
        assert!(wire.try_send(&bytes).await);
        // A request that now waits for more gets none.
        wire.try_half_close().await;
        let answer = tokio::time::timeout(LONG, wire.try_answer()).await;
        match answer.unwrap_or_else(|_| panic!("neither an answer nor an end: {:?}", String::from_utf8_lossy(&bytes))) {
            Some(answer) if answer.status == 200 => answered += 1,
            Some(answer) => {
                assert!(matches!(answer.status, 400 | 408 | 431), "{answer:?}");
                refused += 1;
            }
            None => silent += 1,
        }
    }
    assert_eq!(Wire::connect(server.addr()).await.ask(good).await.body, "3");
    eprintln!("damaged: 1000 requests, {answered} answered 200, {refused} refused, {silent} connections closed");
    assert!(answered > 0 && refused > 0);
    server.close().await;
}

// A head of any size is either served or refused, and the refusal is read although the client sends on.
#[go::test(real_time)]
async fn heads_are_refused_beyond_their_limit() {
    let limit = 8 * 1024;
    let server = http::Server::new("", measure).max_header_bytes(limit).max_headers(100_000);
    let server = httptest::Server::start_with(server);
    let (mut largest_served, mut smallest_refused) = (0, usize::MAX);
    for size in (1024..64 * 1024).step_by(1024) {
        let line = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
        let head = format!("{line}{}\r\n\r\n", "x".repeat(size - line.len() - 4));
        assert_eq!(head.len(), size);
        let mut wire = Wire::connect(server.addr()).await;
        assert!(wire.try_send(head.as_bytes()).await);
        match wire.answer().await.status {
            200 => largest_served = largest_served.max(size),
            431 => smallest_refused = smallest_refused.min(size),
            status => panic!("{size} bytes: {status}"),
        }
    }
    eprintln!(
        "heads: limit {limit}, the largest served has {largest_served} bytes, the smallest refused {smallest_refused}"
    );
    assert!(largest_served >= limit && largest_served < smallest_refused, "a limit");
    // As in Go there are 4096 bytes beyond the limit.
    assert!(smallest_refused <= limit + 4096 + 1024, "{smallest_refused}");
    // Many small fields, and a target that is too long.
    for head in [
        format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", "A: b\r\n".repeat(5000)),
        format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "x".repeat(5 * limit)),
    ] {
        let mut wire = Wire::connect(server.addr()).await;
        assert!(wire.try_send(head.as_bytes()).await);
        assert!(matches!(wire.answer().await.status, 414 | 431));
    }
    server.close().await;
}
