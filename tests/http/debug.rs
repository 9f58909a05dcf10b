//! The page that shows goroutines.

use go::http::{Request, ResponseWriter, ServeMux, debug, httptest};
use go::prelude::*;
use serde::Deserialize;

use crate::wire::{Wire, get};

/// The page as JSON.
#[derive(Deserialize)]
struct Page {
    total: usize,
    reasons: std::collections::HashMap<String, usize>,
    groups: Vec<Group>,
    oldest: Vec<Waiter>,
}

#[derive(Deserialize)]
struct Group {
    count: usize,
    reason: String,
    function: String,
    place: Option<String>,
    created_by: String,
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Waiter {
    id: u64,
    seconds: u64,
    reason: String,
}

/// A mux with the page, and some goroutines that wait for `never`.
async fn busy(never: &Chan<()>, count: usize) -> ServeMux {
    let there = sync::WaitGroup::new();
    there.add(count as i64);
    for _ in 0..count {
        go! {
            there.done();
            <-never;
        }
    }
    there.wait().await;
    let mux = ServeMux::new();
    debug::mount(&mux);
    mux
}

#[go::test(real_time, allow_leaks)]
async fn goroutines_are_shown_as_json() {
    let never = chan!(());
    let server = httptest::Server::start(busy(&never, 500).await);
    let mut wire = Wire::connect(server.addr()).await;
    let local = |query: &str| format!("GET /debug/goroutines{query} HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");
    let answer = wire.ask(&local("?format=json")).await;
    assert_eq!((answer.status, answer.field("content-type")), (200, "application/json"));
    let page: Page = serde_json::from_str(&answer.body).expect("JSON");
    assert!(page.total >= 500 && page.reasons["chan receive"] >= 500, "{}", answer.body);
    assert_eq!(page.reasons.values().sum::<usize>(), page.total);
    assert_eq!(page.groups.iter().map(|group| group.count).sum::<usize>(), page.total);
    let first = &page.groups[0];
    assert_eq!((first.count, first.reason.as_str()), (500, "chan receive"));
    assert!(first.function.ends_with("debug.busy.func1"), "{}", first.function);
    let place = first.place.as_deref().unwrap();
    assert!(place.contains("tests/http/debug.rs:"), "{place}");
    assert!(first.created_by.contains("goroutines_are_shown"), "{}", first.created_by);
    assert!(first.created_at.as_deref().unwrap().contains("tests/http/debug.rs:"));
    assert_eq!(page.oldest.len(), 20);
    assert!(page.oldest.windows(2).all(|pair| (pair[1].seconds, pair[0].id) <= (pair[0].seconds, pair[1].id)));
    assert!(page.oldest.iter().all(|waiter| waiter.reason != "running"));
    server.close().await;
}

#[go::test(real_time, allow_leaks)]
async fn the_page_stands_alone() {
    let never = chan!(());
    let server = httptest::Server::start(busy(&never, 3).await);
    let mut wire = Wire::connect(server.addr()).await;
    let local = |query: &str| format!("GET /debug/goroutines{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    let answer = wire.ask(&local("")).await;
    assert_eq!(answer.field("content-type"), "text/html; charset=utf-8");
    assert!(answer.field("content-security-policy").starts_with("default-src 'none'"), "nothing from elsewhere");
    let page = &answer.body;
    assert!(page.contains("http-equiv=\"refresh\"") && page.contains("<td class=\"n\" title="), "{page}");
    // On a narrow screen each row of the stacks is a card of its own.
    assert!(page.contains("@media(max-width:640px)") && page.matches("<table class=\"cards ").count() == 2);
    for absent in ["<script", "src=", "http://", "https://", "@import", "url("] {
        assert!(!page.contains(absent), "{absent}");
    }
    assert!(!wire.ask(&local("?refresh=0")).await.body.contains("http-equiv=\"refresh\""));
    let text = wire.ask(&local("?format=text")).await.body;
    assert!(text.contains("\n3 @ [chan receive]") && text.contains("tests/http/debug.rs:"), "{text}");
    let stacks = wire.ask(&local("?format=stacks")).await.body;
    assert!(stacks.starts_with("goroutine 1 ["), "{stacks}");
    server.close().await;
}

#[go::test(real_time)]
async fn only_this_machine_is_told() {
    let mux = ServeMux::new();
    debug::mount(&mux);
    mux.handle("/open", debug::handler_for_everybody());
    mux.handle_func("/", |_: ResponseWriter, _: Request| {});
    let server = httptest::Server::start(mux);
    let mut wire = Wire::connect(server.addr()).await;
    let ask = |path: &str, head: &str| format!("GET {path} HTTP/1.1\r\n{head}\r\n\r\n");
    for (path, head, status) in [
        ("/debug/goroutines", "Host: localhost:1", 200),
        ("/debug/goroutines", "Host: [::1]:80", 200),
        // A page from elsewhere that has pointed its own name at this machine.
        ("/debug/goroutines", "Host: evil.example", 403),
        ("/debug/goroutines", "Host: localhost\r\nX-Forwarded-For: 8.8.8.8", 403),
        ("/open", "Host: evil.example", 200),
    ] {
        assert_eq!(wire.ask(&ask(path, head)).await.status, status, "{path} {head}");
    }
    assert_eq!(wire.ask(&get("/debug/goroutines").replace("GET", "POST")).await.status, 200, "the other handler's");
    server.close().await;

    let recorder = httptest::Recorder::new();
    debug::handler().serve_http(recorder.writer(), httptest::new_request("GET", "/", ())).await;
    assert_eq!(recorder.status(), 403, "a request that came from nowhere");
}
