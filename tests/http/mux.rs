//! Which handler answers, over the wire.

use go::http::{Request, ResponseWriter, ServeMux, httptest};

use crate::wire::{Wire, get};

/// A handler that says its name, the pattern and what a wildcard matches.
fn named(name: &'static str) -> impl Fn(ResponseWriter, Request) + Send + Sync + Clone + 'static {
    move |w, r| _ = write!(w, "{name} {} {}", r.pattern(), r.path_value("x"))
}

#[go::test(real_time)]
async fn the_best_pattern_answers() {
    let mux = ServeMux::new();
    mux.handle("/", named("root"));
    mux.handle("/a/{x}", named("one"));
    mux.handle("GET /a/b", named("ab"));
    mux.handle("test.org/a/", named("host"));
    mux.handle("POST /post/{x...}", named("post"));
    mux.handle("GET /post/{x...}", named("read"));
    mux.handle("/tree/", named("tree"));
    mux.handle("/exact/{$}", named("exact"));
    let server = httptest::Server::start(mux);
    let mut wire = Wire::connect(server.addr()).await;
    for (method, host, path, body) in [
        ("GET", "h", "/q", "root / "),
        ("GET", "h", "/a/1%2F2", "one /a/{x} 1/2"),
        ("GET", "h", "/a/b", "ab GET /a/b "),
        ("PUT", "h", "/a/b", "one /a/{x} b"),
        ("GET", "test.org:80", "/a/b", "host test.org/a/ "),
        ("POST", "h", "/post/x/y", "post POST /post/{x...} x/y"),
        ("GET", "h", "/post/", "read GET /post/{x...} "),
        ("GET", "h", "/tree/leaf", "tree /tree/ "),
        ("GET", "h", "/exact/", "exact /exact/{$} "),
        ("GET", "h", "/exact/x", "root / "),
    ] {
        let answer = wire.ask(&format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        assert_eq!(answer.body, body, "{method} {host}{path}");
    }
    server.close().await;
}

#[go::test(real_time)]
async fn paths_are_redirected_and_methods_refused() {
    let mux = ServeMux::new();
    mux.handle("/tree/", named("tree"));
    mux.handle("GET /only", named("only"));
    mux.handle("DELETE /only", named("delete"));
    let server = httptest::Server::start(mux);
    let mut wire = Wire::connect(server.addr()).await;

    for (path, target) in [
        ("/tree", "/tree/"),
        ("/tree?a=b", "/tree/?a=b"),
        ("/x/../tree", "/tree/"),
        ("//tree//leaf", "/tree/leaf"),
        ("/y/../only?q", "/only?q"),
    ] {
        let answer = wire.ask(&get(path)).await;
        assert_eq!((answer.status, answer.field("location")), (307, target), "{path}");
    }
    let answer = wire.ask(&get("/tree")).await;
    assert_eq!(answer.body, "<a href=\"/tree/\">Temporary Redirect</a>.\n\n");
    assert_eq!(answer.field("content-type"), "text/html; charset=utf-8");

    let answer = wire.ask("POST /only HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!((answer.status, answer.field("allow")), (405, "DELETE, GET, HEAD"));
    assert_eq!(answer.body, "Method Not Allowed\n");
    let answer = wire.ask(&get("/nothing")).await;
    assert_eq!((answer.status, answer.body.as_str()), (404, "404 page not found\n"));
    assert_eq!(answer.field("x-content-type-options"), "nosniff");
    server.close().await;
}

/// The text of a panic.
fn panic_of(f: impl FnOnce()) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).expect_err("it panics");
    payload.downcast_ref::<String>().expect("a text").clone()
}

#[test]
fn conflicts_and_wrong_patterns_are_panics() {
    let mux = ServeMux::new();
    mux.handle("/a/{x}", named("a"));
    let text = panic_of(|| mux.handle("/a/{y}", named("b")));
    assert!(text.starts_with("pattern \"/a/{y}\" (registered at "), "{text}");
    assert!(text.contains("tests/http/mux.rs:") && text.contains("conflicts with pattern \"/a/{x}\""), "{text}");
    assert!(text.ends_with("/a/{y} matches the same requests as /a/{x}"), "{text}");
    let text = panic_of(|| mux.handle("/a/{", named("c")));
    assert_eq!(text, "parsing \"/a/{\": at offset 3: bad wildcard segment (must end with '}')");
    // The mux is whole after both.
    mux.handle("/b", named("b"));
    let request = httptest::new_request("GET", "/b", ());
    assert_eq!(mux.pattern(&request), "/b");
}
