//! A service that checks links: it takes lists of URLs, has workers ask for each of them, and says what came back.
//!
//! ```text
//! POST /checks        {"urls": ["http://example.com/"]}   202 {"id": 1, ...}, or 503 while the queue is full
//! GET  /checks/{id}   what is known so far; ?wait=1 waits for the end
//! GET  /healthz       ok
//! GET  /debug/goroutines
//! ```
//!
//! SIGTERM and Ctrl-C end it in peace: it listens no more, answers what was asked, checks what was queued, and exits 0. A second one ends it at once.
//!
//! ```sh
//! cargo run --example http_service
//! curl -d '{"urls": ["http://example.com/", "http://localhost:1/"]}' localhost:8080/checks
//! curl 'localhost:8080/checks/1?wait=1'
//! ```
use std::collections::HashMap;
use std::sync::Arc;

use go::http::{self, Request, ResponseWriter};
use go::prelude::*;
use go::{log, os, signal};
use serde::{Deserialize, Serialize};

/// How many URLs are asked for at the same time.
const WORKERS: usize = 4;
/// How many checks may wait.
const QUEUE: usize = 8;
/// How long one URL may take.
const PATIENCE: time::Duration = time::Duration::from_secs(5);
/// How long requests may take to end when the service ends.
const GRACE: time::Duration = time::Duration::from_secs(10);

/// What a client sends.
#[derive(Deserialize)]
struct Order {
    urls: Vec<String>,
}

/// What a client gets.
#[derive(Serialize, Clone)]
struct Report {
    id: u64,
    done: bool,
    pages: Vec<Page>,
}

/// What became of one URL.
#[derive(Serialize, Clone)]
struct Page {
    url: String,
    status: Option<u16>,
    error: Option<String>,
    milliseconds: u64,
}

/// One check.
struct Check {
    urls: Vec<String>,
    report: sync::Mutex<Report>,
    /// Closed at the end: a channel that many can wait for.
    ended: Chan<()>,
}

/// What handlers and workers share.
struct Service {
    checks: sync::Mutex<HashMap<u64, Arc<Check>>>,
    queue: Chan<Arc<Check>>,
    client: http::Client,
}

/// POST /checks
async fn post_check(service: Arc<Service>, w: ResponseWriter, mut r: Request) {
    let body = std::mem::take(&mut r.body);
    r.body = http::max_bytes_reader(&w, body, 64 * 1024);
    let order: Order = match r.json().await {
        Ok(order) => order,
        Err(err) => return http::error(&w, &err.to_string(), 400),
    };
    let mut checks = service.checks.lock().await;
    let id = checks.len() as u64 + 1;
    let report = Report { id, done: false, pages: Vec::new() };
    let check = Arc::new(Check { urls: order.urls, report: sync::Mutex::new(report.clone()), ended: chan!(()) });
    select! {
        case service.queue <- check.clone():
            checks.insert(id, check);
        default:
            return http::error(&w, "too many checks are waiting", 503);
    }
    w.header().set("Location", &format!("/checks/{id}"));
    w.header().set("Content-Type", "application/json");
    w.write_header(202);
    _ = w.json(&report);
}

/// GET /checks/{id}
async fn get_check(service: Arc<Service>, w: ResponseWriter, r: Request) {
    let id = r.path_value("id").parse().unwrap_or(0);
    let Some(check) = service.checks.lock().await.get(&id).cloned() else {
        return http::error(&w, "there is no such check", 404);
    };
    if r.query().has("wait") {
        select! {
            case <-check.ended:
            case <-r.context().done():
                log::println!("the client that waited for check {id} has left: {}", r.context().err().unwrap());
                return;
        }
    }
    let report = check.report.lock().await.clone();
    _ = w.json(&report);
}

/// Works the queue off.
async fn work(service: Arc<Service>) {
    while let Some(check) = service.queue.recv().await {
        for url in &check.urls {
            let start = time::now();
            let asked = service.client.get(url).await;
            let milliseconds = time::since(start).as_millis() as u64;
            let (status, error) = match asked {
                Ok(response) => (Some(response.status), None),
                Err(err) => (None, Some(err.to_string())),
            };
            let page = Page { url: url.clone(), status, error, milliseconds };
            check.report.lock().await.pages.push(page);
        }
        check.report.lock().await.done = true;
        check.ended.close();
    }
}

#[go::main]
async fn main() {
    let service = Arc::new(Service {
        checks: sync::Mutex::new(HashMap::new()),
        queue: chan!(Arc<Check>, QUEUE),
        client: http::Client::new().timeout(PATIENCE),
    });
    let workers = sync::WaitGroup::new();
    for _ in 0..WORKERS {
        workers.go(work(service.clone()));
    }

    let mux = http::ServeMux::new();
    let s = service.clone();
    mux.handle_func("POST /checks", move |w, r| post_check(s.clone(), w, r));
    let s = service.clone();
    mux.handle_func("GET /checks/{id}", move |w, r| get_check(s.clone(), w, r));
    mux.handle_func("GET /healthz", |w: ResponseWriter, _: Request| _ = w.write_str("ok\n"));
    http::debug::mount(&mux);

    let addr = std::env::var("ADDR").unwrap_or("localhost:8080".to_owned());
    let listener = match tokio::net::TcpListener::bind(&addr).await {
        Ok(listener) => listener,
        Err(err) => log::fatal!(err),
    };
    log::println!("listening on {}", listener.local_addr().unwrap());
    let server = http::Server::new("", mux).read_header_timeout(5 * time::SECOND).idle_timeout(time::MINUTE);

    go!(move listener {
        let err = server.serve(listener).await;
        if err != http::ERR_SERVER_CLOSED {
            log::fatal!(err);
        }
    });
    let (asked_to_end, stop) = signal::notify_context(&context::background(), [os::INTERRUPT, signal::SIGTERM]);
    chan!(<-asked_to_end.done());
    // Whoever presses Ctrl-C again does not wait.
    stop();

    log::println!("ending");
    let (ctx, cancel) = context::with_timeout(&context::background(), GRACE);
    if let Err(err) = server.shutdown(&ctx).await {
        log::println!("some requests are cut off: {err}");
        server.close();
    }
    cancel();
    // No handler is left that could send.
    service.queue.close();
    workers.wait().await;
    log::println!("ended");
}
