//! Requests and answers in which something is odd have the same outcome on both ways through the server: without hyper, where
//! a request is plain, and by it.
//!
//! There is no switch. A request that comes in one piece with one in chunks is hyper's, whatever it is: hyper has read it
//! with the one before.

use go::http::{self, Request, ResponseWriter, ServeMux, httptest};
use go::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::wire::{LONG, get};

/// Says what it has understood of a request.
async fn echo(w: ResponseWriter, mut r: Request) {
    let body = r.body.text().await.unwrap_or_else(|error| format!("({error})"));
    let mut fields: Vec<_> = r.header.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    fields.sort();
    _ = write!(w, "{} {} {:?} {} {} {body:?}", r.method, r.url, r.version, r.host(), fields.join(" "));
}

/// A server whose handlers do odd things.
fn server() -> httptest::Server {
    let mux = ServeMux::new();
    mux.handle_func("/", echo);
    mux.handle_func("/status/{code}", |w: ResponseWriter, r: Request| {
        w.write_header(r.path_value("code").parse().unwrap());
        _ = w.write_str("a body");
    });
    mux.handle_func("/empty/{code}", |w: ResponseWriter, r: Request| {
        w.write_header(r.path_value("code").parse().unwrap());
    });
    mux.handle_func("/inject", |w: ResponseWriter, _: Request| {
        w.header().set("X-Value", "a\r\nX-Evil: 1\r\n\r\nHTTP/1.1 200 OK");
        w.header().set("X-Name: a\r\nX-Evil", "1");
        w.header().set("X Name", "1");
        w.header().set("X-Latin", "caf\u{e9}");
        w.header().set("X-Nul", "a\0b");
        w.header().set("X-Empty", "");
        w.write_str("safe").unwrap();
    });
    mux.handle_func("/length/{length}", |w: ResponseWriter, r: Request| {
        w.header().set("Content-Length", r.path_value("length"));
        _ = w.write_str("four");
    });
    mux.handle_func("/lengths", |w: ResponseWriter, _: Request| {
        w.header().add("Content-Length", "4");
        w.header().add("Content-Length", "5");
        _ = w.write_str("four");
    });
    mux.handle_func("/field", |w: ResponseWriter, r: Request| {
        let query = r.query();
        w.header().set(query.get("name"), query.get("value"));
        w.write_str("body").unwrap();
    });
    mux.handle_func("/limited", async |w: ResponseWriter, mut r: Request| {
        let body = std::mem::take(&mut r.body);
        match http::max_bytes_reader(&w, body, 2).bytes().await {
            Ok(_) => w.write_str("read").unwrap(),
            Err(error) => http::error(&w, &error.to_string(), 413),
        }
    });
    mux.handle_func("/panic", |_: ResponseWriter, _: Request| std::panic::panic_any(http::ABORT_HANDLER));
    httptest::Server::start_with(http::Server::new("", mux).max_header_bytes(6000))
}

/// How the bytes of a request reach the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// In one piece, with the next request.
    Piece,
    /// In one piece behind a request that is hyper's, which takes them all.
    Hyper,
    /// One after the other.
    Single,
}

/// Comes before a request that is to be hyper's.
const CHUNKED: &str = "POST /chunked HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
/// Ends the connection, if it is still there.
const LAST: &str = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

/// Everything that comes back for a request and one that ends the connection.
async fn outcome(addr: std::net::SocketAddr, request: String, way: Way) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.set_nodelay(true).unwrap();
    // The server may have closed before it has got all.
    match way {
        Way::Piece => _ = stream.write_all(format!("{request}{LAST}").as_bytes()).await,
        Way::Hyper => _ = stream.write_all(format!("{CHUNKED}{request}{LAST}").as_bytes()).await,
        Way::Single => {
            for byte in request.bytes() {
                if stream.write_all(&[byte]).await.is_err() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            _ = stream.write_all(LAST.as_bytes()).await;
        }
    }
    let mut bytes = Vec::new();
    // A reset after the answer is an end too.
    _ = tokio::time::timeout(LONG, stream.read_to_end(&mut bytes)).await.expect("the server closes");
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if way == Way::Hyper {
        let (_, rest) = text.split_once("\r\n\r\n").expect("an answer before");
        let (before, rest) = rest.split_once("\"\"").expect("its body");
        assert!(before.starts_with("POST /chunked "), "{before}");
        text = rest.to_owned();
    }
    normal(&text)
}

/// Answers with the fields of their heads in one order and case, and without their dates.
fn normal(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("HTTP/1.") {
        out.push_str(before);
        let (head, after) = after.split_once("\r\n\r\n").unwrap_or((after, ""));
        let mut lines = head.split("\r\n");
        out.push_str(&format!("HTTP/1.{}\n", lines.next().unwrap_or_default()));
        let mut fields: Vec<_> = lines
            .map(|line| {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                format!("{}:{value}\n", name.to_lowercase())
            })
            .filter(|line| !line.starts_with("date:"))
            .collect();
        fields.sort();
        out.push_str(&fields.concat());
        out.push('\n');
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A request, its status (0 if there is none), and whether the connection goes on after it.
fn cases() -> Vec<(String, u16, bool)> {
    let of = |line: &str, fields: &str, body: &str| format!("{line} HTTP/1.1\r\nHost: h\r\n{fields}\r\n{body}");
    let post = |fields: &str, body: &str| of("POST /p", fields, body);
    let mut all = vec![
        (get("/plain?a=b#part"), 200, true),
        (get("//double/../path/%2e%2e/%zz"), 307, true),
        // How a body's end is told, for requests that are smuggled where two servers disagree.
        (post("Content-Length: 3\r\n", "abc"), 200, true),
        (post("Content-Length: 003\r\n", "abc"), 200, true),
        (post("Content-Length:3\r\n", "abc"), 200, true),
        (post("Content-Length: \t3 \t\r\n", "abc"), 200, true),
        (post("content-LENGTH: 0\r\n", ""), 200, true),
        (of("GET /g", "Content-Length: 3\r\n", "abc"), 200, true),
        (of("HEAD /h", "Content-Length: 3\r\n", "abc"), 200, true),
        (post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 200, true),
        (post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400, false),
        (post("Content-Length: 3, 3\r\n", "abc"), 400, false),
        (post("Content-Length: +3\r\n", "abc"), 400, false),
        (post("Content-Length: 0x3\r\n", "abc"), 400, false),
        (post("Content-Length: 3 3\r\n", "abc"), 400, false),
        (post("Content-Length: \r\n", "abc"), 400, false),
        (post("Content-Length : 3\r\n", "abc"), 400, false),
        (post("Content-Length\r\n", "abc"), 400, false),
        (post("Content-Length:\r\n 3\r\n", "abc"), 400, false),
        (post("Content_Length: 3\r\n", ""), 200, true),
        (post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), 200, true),
        (post("TRANSFER-encoding: Chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), 200, true),
        (post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "3\r\nabc\r\n0\r\n\r\n"), 200, false),
        (post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), 200, false),
        (post("Transfer-Encoding: identity\r\nContent-Length: 3\r\n", "abc"), 400, false),
        (post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400, false),
        (post("Transfer-Encoding: \u{b}chunked\r\n", "0\r\n\r\n"), 400, false),
        (post("Transfer_Encoding: chunked\r\n", ""), 200, true),
        // Lines.
        ("GET /lf HTTP/1.1\nHost: h\n\n".to_owned(), 200, true),
        ("\r\n\r\nGET /crlf HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 200, true),
        (of("GET /f", "X-A: b\r\n folded\r\n", ""), 400, false),
        (of("GET /f", "X-A: b\r\n\tfolded\r\n", ""), 400, false),
        (of("GET /f", " X-A: b\r\n", ""), 400, false),
        (of("GET /f", "X-A : b\r\n", ""), 400, false),
        (of("GET /f", "X-A: b\rX-B: c\r\n", ""), 400, false),
        (of("GET /f", "X-A: b\0c\r\n", ""), 400, false),
        (of("GET /f", "X-A: caf\u{e9}\r\n", ""), 200, true),
        (of("GET /f", "X-A:\r\nX-A: \r\nx-a: 1\r\n", ""), 200, true),
        // Targets and methods.
        ("GET http://other:1/abs?x HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 200, true),
        ("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 200, true),
        ("GET * HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 307, true),
        ("GET h:80 HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 200, true),
        ("GET path HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 200, true),
        ("GET  /two HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 400, false),
        ("get /lower HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 200, true),
        ("GET /\u{7f} HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 400, false),
        // Hosts.
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400, false),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n".to_owned(), 200, true),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n".to_owned(), 400, false),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n".to_owned(), 400, false),
        ("GET / HTTP/1.1\r\nHost: a\u{e9}\r\n\r\n".to_owned(), 400, false),
        ("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n".to_owned(), 200, true),
        // Versions, and how long the connection lasts.
        ("GET /old HTTP/1.0\r\n\r\n".to_owned(), 200, false),
        ("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".to_owned(), 200, true),
        ("GET /new HTTP/1.2\r\nHost: h\r\n\r\n".to_owned(), 400, false),
        (of("GET /c", "Connection: close\r\n", ""), 200, false),
        (of("GET /c", "Connection: CLOSE \r\n", ""), 200, false),
        (of("GET /c", "Connection: keep-alive\r\n", ""), 200, true),
        (of("GET /c", "Connection: keep-alive, close\r\n", ""), 200, false),
        (of("GET /c", "Connection: keep-alive\r\nConnection: close\r\n", ""), 200, false),
        (of("GET /c", "Connection: x-a\r\nX-A: 1\r\n", ""), 200, true),
        (of("GET /c", "Connection: upgrade\r\nUpgrade: websocket\r\n", ""), 200, true),
        (post("Expect: 100-continue\r\nContent-Length: 3\r\n", "abc"), 100, true),
        (post("Expect: nothing\r\nContent-Length: 3\r\n", "abc"), 200, true),
        // Limits: 100 fields, 6000 bytes and what is allowed beyond them, bodies.
        (of("GET /m", &"X-A: b\r\n".repeat(31), ""), 200, true),
        (of("GET /m", &"X-A: b\r\n".repeat(32), ""), 200, true),
        (of("GET /m", &"X-A: b\r\n".repeat(99), ""), 200, true),
        (of("GET /m", &"X-A: b\r\n".repeat(100), ""), 431, false),
        (of("GET /m", &format!("X-A: {}\r\n", "b".repeat(8000)), ""), 200, true),
        (of("GET /m", &format!("X-A: {}\r\n", "b".repeat(12_000)), ""), 431, false),
        (of("POST /limited", "Content-Length: 2\r\n", "ab"), 200, true),
        (of("POST /limited", "Content-Length: 3\r\n", "abc"), 413, false),
        // Answers.
        (get("/inject"), 200, true),
        (get("/length/4"), 200, true),
        (get("/length/04"), 200, true),
        (get("/length/+4"), 200, true),
        (get("/length/x"), 200, true),
        (get("/length/3"), 200, false),
        (get("/length/5"), 200, false),
        (get("/lengths"), 200, true),
        (get("/panic"), 0, false),
        (get("/field?name=Connection&value=close"), 200, false),
        (get("/field?name=Connection&value=keep-alive"), 200, true),
        (get("/field?name=Transfer-Encoding&value=identity"), 200, true),
        (get("/field?name=Date&value=now"), 200, true),
        (get("/field?name=Content-Type&value="), 200, true),
        (get("/field?name=Content-Encoding&value=x"), 200, true),
        (of("HEAD /length/4", "", ""), 200, true),
        (of("HEAD /plain", "", ""), 200, true),
    ];
    for code in [201, 204, 299, 304, 404, 500, 999] {
        all.push((get(&format!("/status/{code}")), code, true));
        all.push((get(&format!("/empty/{code}")), code, true));
        all.push((of(&format!("HEAD /status/{code}"), "", ""), code, true));
    }
    all
}

#[go::test(real_time)]
async fn both_ways_have_the_same_outcome() {
    let server = server();
    let addr = server.addr();
    let asked: Vec<_> = cases()
        .into_iter()
        .map(|(request, status, goes)| {
            let outcomes = [Way::Piece, Way::Hyper, Way::Single]
                .map(|way| (way, tokio::spawn(outcome(addr, request.clone(), way))));
            (request, status, goes, outcomes)
        })
        .collect();
    let (count, mut wrong) = (asked.len(), Vec::new());
    for (request, status, goes, outcomes) in asked {
        let mut first = None;
        for (way, outcome) in outcomes {
            let text = outcome.await.unwrap();
            let seen = text.strip_prefix("HTTP/1.").and_then(|text| text[2..5].parse().ok()).unwrap_or(0);
            let went = text.contains("GET /last HTTP/1.1");
            if (seen, went) != (status, goes) {
                wrong.push(format!("{request:?} {way:?}: {seen} {went}, not {status} {goes}: {text:?}"));
            }
            let first = first.get_or_insert_with(|| text.clone());
            if *first != text {
                wrong.push(format!("{request:?} {way:?}: {text:?}, not {first:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    eprintln!("strict: {count} odd requests and answers, each the same on three ways");
    server.close().await;
}

/// The head of the first answer to a request, on every way.
async fn heads(addr: std::net::SocketAddr, path: &str) -> Vec<String> {
    let mut heads = Vec::new();
    for way in [Way::Piece, Way::Hyper, Way::Single] {
        let text = outcome(addr, get(path), way).await;
        heads.push(text.split_once("\n\n").expect("a head").0.to_owned());
    }
    heads
}

// A handler that passes on what it was given cannot be used to write fields or answers of somebody else's.
#[go::test(real_time)]
async fn values_of_fields_do_not_split_answers() {
    let server = server();
    for head in heads(server.addr(), "/inject").await {
        let fields: Vec<_> = head.lines().filter(|line| line.starts_with("x-")).collect();
        let latin = "x-latin: caf\u{e9}";
        assert_eq!(fields, ["x-empty: ", latin, "x-value: a  X-Evil: 1    HTTP/1.1 200 OK"], "{head}");
    }
    for (path, fields) in [("/lengths", ["content-length: 4"]), ("/length/+4", ["content-length: 4"])] {
        for head in heads(server.addr(), path).await {
            let lengths: Vec<_> = head.lines().filter(|line| line.starts_with("content-length:")).collect();
            assert_eq!(lengths, fields, "{head}");
        }
    }
    server.close().await;
}
