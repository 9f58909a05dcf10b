//! Compressed responses, which a client asks for and decompresses by itself, as Go's does.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use go::http::{self, Client, Request, ResponseWriter, Transport, httptest};
use go::prelude::*;

/// The bytes, compressed.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Bytes that do not repeat.
fn noise(count: usize) -> Vec<u8> {
    (0..count as u32)
        .map(|number| number.wrapping_mul(2_654_435_761).rotate_left(number % 31).to_le_bytes()[1])
        .collect()
}

/// Answers with something compressed, if it is asked for.
async fn answer(w: ResponseWriter, r: Request) {
    let asked = r.header.get("Accept-Encoding").to_owned();
    w.header().set("X-Asked", &asked);
    let size = r.query().get("size").parse().unwrap_or(0);
    let (plain, path) = (noise(size), r.path().into_owned());
    if asked != "gzip" {
        w.write_all(&plain).unwrap();
        return;
    }
    w.header().set("Content-Encoding", "gzip");
    let mut bytes = match path.as_str() {
        // A little that is much: 64 MiB of zeros.
        "/bomb" => gzip(&vec![0; 64 << 20]),
        // Two members, one behind the other.
        "/two" => [gzip(&plain[..size / 2]), gzip(&plain[size / 2..])].concat(),
        "/none" => Vec::new(),
        _ => gzip(&plain),
    };
    let length = bytes.len();
    match path.as_str() {
        "/short" => bytes.truncate(length / 2),
        "/magic" => bytes[0] = 0,
        "/sum" => bytes[length - 6] ^= 1,
        _ => {}
    }
    for part in bytes.chunks(1 + length / 7) {
        w.send(part).await.unwrap();
        w.flush().await.unwrap();
    }
}

#[go::test(real_time)]
async fn compressed_responses_are_decompressed() {
    let server = httptest::Server::start(answer);
    let client = Client::new().transport(Transport::new().proxy(None));
    for (path, size) in [("/", 0), ("/", 1), ("/", 100), ("/", 1_000_000), ("/two", 100_000)] {
        let url = format!("{}{path}?size={size}", server.url());
        let mut response = client.get(&url).await.unwrap();
        assert_eq!(response.header.get("X-Asked"), "gzip");
        assert!(response.uncompressed() && response.content_length().is_none());
        assert_eq!(response.header.get("Content-Encoding"), "", "the fields are those of the plain response");
        assert!(response.body.bytes().await.unwrap() == noise(size), "{path} {size}");
    }
    // An answer without a body is none in any form.
    let mut response = client.get(&format!("{}/none", server.url())).await.unwrap();
    assert_eq!(response.body.bytes().await.unwrap(), "");
    server.close().await;
}

#[go::test(real_time)]
async fn who_asks_by_itself_gets_what_was_asked_for() {
    let server = httptest::Server::start(answer);
    let url = format!("{}/?size=100", server.url());
    let client = Client::new().transport(Transport::new().proxy(None));
    let with = |name: &str, value: &str| {
        let mut request = http::new_request("GET", &url, None).unwrap();
        request.header.set(name, value);
        request
    };
    let mut response = client.do_request(with("Accept-Encoding", "gzip")).await.unwrap();
    assert_eq!((response.header.get("Content-Encoding"), response.uncompressed()), ("gzip", false));
    assert_eq!(response.body.bytes().await.unwrap(), gzip(&noise(100)));
    for request in [with("Range", "bytes=0-1"), with("Accept-Encoding", "identity")] {
        let mut response = client.do_request(request).await.unwrap();
        assert_ne!(response.header.get("X-Asked"), "gzip");
        assert_eq!(response.body.bytes().await.unwrap(), noise(100));
    }
    assert_eq!(client.head(&url).await.unwrap().header.get("X-Asked"), "");
    let plain = Client::new().transport(Transport::new().proxy(None).disable_compression(true));
    let mut response = plain.get(&url).await.unwrap();
    assert_eq!((response.header.get("X-Asked"), response.content_length()), ("", Some(100)));
    assert_eq!(response.body.bytes().await.unwrap(), noise(100));
    server.close().await;
}

#[go::test(real_time)]
async fn broken_compression_is_an_error_and_much_is_little_at_a_time() {
    let server = httptest::Server::start(answer);
    let client = Client::new().transport(Transport::new().proxy(None));
    for (path, error) in
        [("/short", "unexpected EOF"), ("/magic", "gzip: invalid header"), ("/sum", "gzip: invalid checksum")]
    {
        let mut response = client.get(&format!("{}{path}?size=100000", server.url())).await.unwrap();
        let mut bytes = Vec::new();
        let failed = response.body.read_to_end(&mut bytes).await.unwrap_err();
        assert_eq!(failed.to_string(), error, "{path}");
        assert!(noise(100_000).starts_with(&bytes), "what came before is kept");
        assert_eq!(path == "/magic", bytes.is_empty());
        assert!(response.body.chunk().await.is_none());
    }
    let mut response = client.get(&format!("{}/bomb", server.url())).await.unwrap();
    let (mut total, mut largest) = (0, 0);
    while let Some(chunk) = response.body.chunk().await {
        let chunk = chunk.unwrap();
        assert!(chunk.iter().all(|byte| *byte == 0));
        (total, largest) = (total + chunk.len(), largest.max(chunk.len()));
    }
    assert_eq!(total, 64 << 20);
    assert!(largest <= 128 * 1024, "{largest} bytes at a time");
    // A context stops it in the middle.
    let (ctx, cancel) = context::with_cancel(&context::background());
    let request = http::new_request_with_context(&ctx, "GET", &format!("{}/bomb", server.url()), None).unwrap();
    let mut response = client.do_request(request).await.unwrap();
    response.body.chunk().await.unwrap().unwrap();
    cancel();
    let failed = loop {
        // What was received before is still decompressed.
        match response.body.chunk().await.expect("there is more") {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(failed.to_string(), "context canceled");
    server.close().await;
}
