//! Ready-made handlers and what a request carries: forms, cookies, JSON, files, hijacked connections.

use go::http::{self, Cookie, Request, ResponseWriter, ServeMux, httptest};
use go::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::wire::{Wire, get};

#[go::test(real_time)]
async fn forms_are_read() {
    let server = httptest::Server::start(async |w: ResponseWriter, mut r: Request| {
        let (a, b) = (r.form_value("a").await, r.post_form_value("a").await);
        let all = r.form().unwrap().get_all("a").join(",");
        write!(w, "{a}|{b}|{all}|{}", r.form_value("none").await).unwrap();
    });
    let mut wire = Wire::connect(server.addr()).await;
    let form = |method: &str, kind: &str, body: &str| {
        format!(
            "{method} /?a=query HTTP/1.1\r\nHost: h\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let urlencoded = "application/x-www-form-urlencoded; charset=utf-8";
    for (request, answer) in [
        (get("/?a=1&a=2"), "1||1,2|"),
        (form("POST", urlencoded, "a=x+y%21&b=2"), "x y!|x y!|x y!,query|"),
        (form("PUT", urlencoded, "a=z"), "z|z|z,query|"),
        (form("POST", "text/plain", "a=x"), "query||query|"),
        (form("GET", urlencoded, "a=x"), "query||query|"),
    ] {
        assert_eq!(wire.ask(&request).await.body, answer, "{request:?}");
    }
    server.close().await;
}

#[go::test(real_time)]
async fn cookies_come_and_go() {
    let server = httptest::Server::start(|w: ResponseWriter, r: Request| {
        http::set_cookie(&w, &Cookie::build(("session", "abc")).path("/").http_only(true).build());
        http::set_cookie(&w, &Cookie::new("b", "2"));
        let names: Vec<String> = r.cookies().iter().map(|cookie| cookie.name().to_owned()).collect();
        let session = r.cookie("session").map(|cookie| cookie.value().to_owned());
        write!(w, "{names:?} {session:?}").unwrap();
    });
    let client = http::Client::new();
    let mut request = http::new_request("GET", &server.url(), None).unwrap();
    request.add_cookie(&Cookie::new("x", "1"));
    request.add_cookie(&Cookie::new("session", "s"));
    let mut response = client.do_request(request).await.unwrap();
    assert_eq!(response.body.text().await.unwrap(), r#"["x", "session"] Ok("s")"#);
    let cookies = response.cookies();
    assert_eq!((cookies[0].name(), cookies[0].value(), cookies[0].http_only()), ("session", "abc", Some(true)));
    assert_eq!(cookies[1].to_string(), "b=2");
    let mut response = client.get(&server.url()).await.unwrap();
    let text = response.body.text().await.unwrap();
    assert_eq!(text, r#"[] Err(Error("http: named cookie not present"))"#);
    server.close().await;
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

#[go::test(real_time)]
async fn values_travel_as_json() {
    let server = httptest::Server::start(async |w: ResponseWriter, mut r: Request| match r.json::<Point>().await {
        Ok(point) => w.json(&Point { x: point.y, y: point.x }).unwrap(),
        Err(error) => http::error(&w, &error.to_string(), 400),
    });
    let client = http::Client::new();
    let mut response = client.post(&server.url(), "application/json", r#"{"x":1,"y":2}"#).await.unwrap();
    assert_eq!(response.header.get("Content-Type"), "application/json");
    assert_eq!(response.body.json::<Point>().await.unwrap(), Point { x: 2, y: 1 });
    let mut response = client.post(&server.url(), "application/json", "{").await.unwrap();
    assert_eq!(response.status, 400);
    assert!(response.body.text().await.unwrap().starts_with("json: EOF while parsing"));
    server.close().await;
}

#[go::test(real_time)]
async fn files_are_served() {
    let root = std::env::temp_dir().join(format!("go-tests-files-{}", std::process::id()));
    std::fs::create_dir_all(root.join("sub")).unwrap();
    std::fs::write(root.join("a.txt"), "0123456789").unwrap();
    std::fs::write(root.join("sub/index.html"), "<p>index").unwrap();
    std::fs::write(root.with_extension("secret"), "secret").unwrap();
    let mux = ServeMux::new();
    mux.handle("/static/", http::strip_prefix("/static", http::file_server(&root)));
    mux.handle("/one", http::serve_file(root.join("a.txt")));
    let server = httptest::Server::start(mux);
    let mut wire = Wire::connect(server.addr()).await;

    let answer = wire.ask(&get("/static/a.txt")).await;
    assert_eq!((answer.status, answer.body.as_str(), answer.field("content-type")), (200, "0123456789", "text/plain"));
    let since = answer.field("last-modified").to_owned();
    let answer = wire.ask("GET /static/a.txt HTTP/1.1\r\nHost: h\r\nRange: bytes=2-4\r\n\r\n").await;
    assert_eq!((answer.status, answer.body.as_str(), answer.field("content-range")), (206, "234", "bytes 2-4/10"));
    let conditional = format!("GET /static/a.txt HTTP/1.1\r\nHost: h\r\nIf-Modified-Since: {since}\r\n\r\n");
    let answer = wire.ask(&conditional).await;
    assert_eq!((answer.status, answer.body.as_str()), (304, ""));
    let answer = wire.ask(&get("/static/sub/")).await;
    assert_eq!((answer.status, answer.body.as_str(), answer.field("content-type")), (200, "<p>index", "text/html"));
    assert_eq!(wire.ask(&get("/one")).await.body, "0123456789");
    let secret = root.with_extension("secret");
    let secret = secret.file_name().unwrap().to_str().unwrap();
    for path in
        ["/static/none", "/static/%2e%2e/x", &format!("/static/..%2f{secret}"), &format!("/static/%2e%2e%2f{secret}")]
    {
        assert_eq!(wire.ask(&get(path)).await.status, 404, "{path}");
    }
    server.close().await;
    std::fs::remove_file(root.with_extension("secret")).unwrap();
    std::fs::remove_dir_all(root).unwrap();
}

// Go: TestServerGracefulClose, TestHandlerBodyClose: too long a body, and the answer that is not lost.
#[go::test(real_time)]
async fn bodies_have_limits() {
    let server = httptest::Server::start(async |w: ResponseWriter, mut r: Request| {
        let body = std::mem::take(&mut r.body);
        r.body = http::max_bytes_reader(&w, body, 5);
        let mut bytes = Vec::new();
        match r.body.read_to_end(&mut bytes).await {
            Ok(_) => w.write_all(&bytes).unwrap(),
            Err(error) => {
                assert_eq!(error, http::ERR_BODY_TOO_LARGE);
                let text = String::from_utf8(bytes).unwrap();
                http::error(&w, &format!("{text}: {error}"), 413);
            }
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    let post = |length: usize| format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n");
    assert_eq!(wire.ask(&(post(5) + "12345")).await.body, "12345");
    let answer = wire.ask(&(post(6) + "123456")).await;
    assert_eq!((answer.status, answer.body.as_str()), (413, "12345: http: request body too large\n"));
    assert_eq!(answer.field("connection"), "close");
    assert!(wire.closes_silently().await);
    // A client that goes on sending gets the answer all the same.
    let mut wire = Wire::connect(server.addr()).await;
    wire.send(&post(100 << 20)).await;
    for _ in 0..1000 {
        if !wire.try_send(&[b'x'; 64 * 1024]).await {
            break;
        }
    }
    assert_eq!(wire.answer().await.status, 413);
    server.close().await;
}

#[go::test(real_time)]
async fn a_body_that_is_not_read_does_not_break_the_next_request() {
    let server = httptest::Server::start(|w: ResponseWriter, _: Request| w.write_str("done").unwrap());
    let mut wire = Wire::connect(server.addr()).await;
    for _ in 0..3 {
        let answer = wire.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "done"));
    }
    server.close().await;
}

#[go::test(real_time)]
async fn prefixes_are_stripped() {
    let inner = ServeMux::new();
    inner.handle_func("/x/{y}", |w: ResponseWriter, r: Request| {
        write!(w, "{} {}", r.path(), r.path_value("y")).unwrap()
    });
    let mux = ServeMux::new();
    mux.handle("/api/", http::strip_prefix("/api", inner));
    let server = httptest::Server::start(mux);
    let mut wire = Wire::connect(server.addr()).await;
    assert_eq!(wire.ask(&get("/api/x/1?q")).await.body, "/x/1 1");
    assert_eq!(wire.ask(&get("/api/z")).await.status, 404);
    server.close().await;
}

// Go: TestServerHijackGetsBackgroundByte, ..._big
#[go::test(real_time)]
async fn server_hijack_gets_background_bytes() {
    let server = httptest::Server::start(async |w: ResponseWriter, r: Request| {
        if r.path() == "/late" {
            w.write_str("x").unwrap();
            w.flush().await.unwrap();
            let error = w.hijack().await.unwrap_err();
            write!(w, "{error}").unwrap();
            return;
        }
        // Long enough for the bytes behind the request to be read ahead.
        time::sleep(50 * time::MILLISECOND).await;
        let mut taken = w.hijack().await.unwrap();
        assert_eq!(w.write_str("x").unwrap_err().to_string(), "http: connection has been hijacked");
        assert_eq!(Some(taken.info.remote_addr), r.remote_addr());
        let mut line = vec![0; 100_000];
        taken.conn.read_exact(&mut line).await.unwrap();
        assert!(line.iter().all(|byte| *byte == b'z'));
        assert!(r.context().err().is_none(), "the handler runs, and so does its context");
        taken.conn.write_all(b"raw answer").await.unwrap();
        taken.conn.shutdown().await.unwrap();
    });
    for split in [0, 1, 50_000] {
        let mut wire = Wire::connect(server.addr()).await;
        wire.send(&(get("/") + &"z".repeat(split))).await;
        time::sleep(10 * time::MILLISECOND).await;
        wire.send(&"z".repeat(100_000 - split)).await;
        assert_eq!(wire.rest().await, "raw answer");
    }
    let answer = Wire::connect(server.addr()).await.ask(&get("/late")).await;
    assert_eq!(answer.body, "xhttp: the connection cannot be hijacked after the response has begun");
    server.close().await;
}

#[go::test]
async fn a_recorder_keeps_what_a_handler_answers() {
    let mux = ServeMux::new();
    mux.handle_func("POST /echo/{name}", async |w: ResponseWriter, mut r: Request| {
        w.header().set("Trailer", "X-Sum");
        w.write_header(201);
        let body = r.body.text().await.unwrap();
        write!(w, "{} {body}", r.path_value("name")).unwrap();
        w.flush().await.unwrap();
        w.header().set("X-Sum", "3");
    });
    let recorder = httptest::Recorder::new();
    mux.serve_http(recorder.writer(), httptest::new_request("POST", "/echo/me", "data")).await;
    assert_eq!((recorder.status(), recorder.text().as_str()), (201, "me data"));
    assert_eq!(recorder.header().get("Content-Type"), "text/plain; charset=utf-8");
    assert_eq!(recorder.trailer().get("X-Sum"), "3");
    let recorder = httptest::Recorder::new();
    mux.serve_http(recorder.writer(), httptest::new_request("GET", "http://example.org/echo/me", ())).await;
    assert_eq!((recorder.status(), recorder.header().get("Allow")), (405, "POST"));
}

golang! {
    /// A function of the block.
    fn in_block(w: ResponseWriter, r: Request) {
        defer { _ = write!(w, " deferred"); }
        select {
        case <-time::after(time::MILLISECOND):
            _ = write!(w, "block {}", r.path());
        }
    }
}

/// A function with the attribute.
#[go::func]
async fn attributed(w: ResponseWriter, r: Request) {
    defer!({
        _ = write!(w, " deferred");
    });
    time::sleep(time::MILLISECOND).await;
    _ = write!(w, "attribute {}", r.path());
}

/// A function that does not wait.
fn plain(w: ResponseWriter, r: Request) {
    _ = write!(w, "plain {}", r.path());
}

#[go::test(real_time)]
async fn functions_of_every_kind_answer() {
    let mux = ServeMux::new();
    mux.handle_func("/block", in_block);
    mux.handle_func("/attribute", attributed);
    mux.handle_func("/plain", plain);
    mux.handle_func("/closure", |w: ResponseWriter, r: Request| _ = write!(w, "closure {}", r.path()));
    mux.handle_func("/async", async |w: ResponseWriter, r: Request| _ = write!(w, "async {}", r.path()));
    let server = httptest::Server::start(mux);
    for (path, deferred) in
        [("block", " deferred"), ("attribute", " deferred"), ("plain", ""), ("closure", ""), ("async", "")]
    {
        let mut response = http::get(&format!("{}/{path}", server.url())).await.unwrap();
        assert_eq!(response.body.text().await.unwrap(), format!("{path} /{path}{deferred}"));
    }
    server.close().await;
}
