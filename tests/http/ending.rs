//! Shutting down under load: what was asked is answered, counted by the clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use go::http::{self, Request, ResponseWriter};
use go::prelude::*;

use crate::wire::{Wire, get};

/// What the clients have seen.
#[derive(Default)]
struct Seen {
    /// Requests whose last byte was sent before the shutdown was asked for, on connections that were answered before:
    /// whether the server has accepted a connection at all is not known to its client.
    sent_before: AtomicUsize,
    /// Those of them that were answered.
    answered_before: AtomicUsize,
    /// All answers that came whole.
    answered: AtomicUsize,
    /// Connections that ended where an answer was to begin.
    refused: AtomicUsize,
}

/// One round: `clients` ask without a pause until the server ends; the shutdown comes in the middle.
async fn round(clients: usize, seen: &Arc<Seen>) -> usize {
    let started = Arc::new(AtomicUsize::new(0));
    let counter = started.clone();
    let server = http::Server::new("", move |w: ResponseWriter, mut r: Request| {
        let counter = counter.clone();
        async move {
            counter.fetch_add(1, Ordering::SeqCst);
            let body = r.body.text().await.unwrap();
            // Some answers are ready at once, some take their time, some come in parts.
            match body.len() % 3 {
                0 => {}
                1 => time::sleep(3 * time::MILLISECOND).await,
                _ => {
                    w.write_str("part ").unwrap();
                    w.flush().await.unwrap();
                    time::sleep(time::MILLISECOND).await;
                }
            }
            assert!(r.context().err().is_none(), "nobody is cancelled");
            write!(w, "{body} done").unwrap();
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (serving, served) = (server.clone(), chan!((), 1));
    let serves = served.clone();
    go!(move serving, listener, serves {
        assert_eq!(serving.serve(listener).await, http::ERR_SERVER_CLOSED);
        chan!(serves <- ());
    });
    let (ended, is_ending) = (chan!((), clients), Arc::new(AtomicBool::new(false)));
    for client in 0..clients {
        let (ended, is_ending, seen) = (ended.clone(), is_ending.clone(), seen.clone());
        go!(move ended, is_ending, seen {
            let body = "x".repeat(client % 7);
            let request =
                format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let mut wire = Wire::try_connect(addr).await;
            let mut is_known = false;
            while let Some(wire) = &mut wire {
                if !wire.try_send(request.as_bytes()).await {
                    seen.refused.fetch_add(1, Ordering::SeqCst);
                    break;
                }
                let before = is_known && !is_ending.load(Ordering::SeqCst);
                seen.sent_before.fetch_add(usize::from(before), Ordering::SeqCst);
                let Some(answer) = wire.try_answer().await else {
                    seen.refused.fetch_add(1, Ordering::SeqCst);
                    break;
                };
                // An answer that has begun is whole.
                assert!(answer.status == 200 && answer.body.ends_with(&format!("{body} done")), "{answer:?}");
                seen.answered.fetch_add(1, Ordering::SeqCst);
                is_known = true;
                seen.answered_before.fetch_add(usize::from(before), Ordering::SeqCst);
                if answer.field("connection") == "close" {
                    break;
                }
            }
            chan!(ended <- ());
        });
    }
    while started.load(Ordering::SeqCst) < 5 * clients {
        time::sleep(time::MILLISECOND).await;
    }
    is_ending.store(true, Ordering::SeqCst);
    server.shutdown(&context::background()).await.unwrap();
    let at_end = started.load(Ordering::SeqCst);
    for _ in 0..clients {
        ended.recv().await;
    }
    served.recv().await;
    assert_eq!(at_end, started.load(Ordering::SeqCst), "no handler starts after the shutdown");
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
    at_end
}

#[go::test(real_time)]
async fn a_shutdown_under_load_loses_no_request() {
    let seen = Arc::new(Seen::default());
    let mut handled = 0;
    for clients in [1, 8, 64, 64, 64, 200] {
        handled += round(clients, &seen).await;
    }
    let number = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
    eprintln!(
        "shutdown under load: {handled} requests taken up, {} answers whole; of {} requests sent before the shutdown {} \
         answered; {} connections closed before an answer began",
        number(&seen.answered),
        number(&seen.sent_before),
        number(&seen.answered_before),
        number(&seen.refused),
    );
    assert_eq!(number(&seen.answered), handled, "what was taken up was answered");
    assert_eq!(number(&seen.answered_before), number(&seen.sent_before), "what was sent before was answered");
}

// HTTP/2 answers many requests of one connection side by side: those that were taken up are answered, the others are told
// that they were not, and the connection ends.
#[go::test(real_time)]
async fn a_shutdown_under_load_over_http2() {
    const ASKERS: usize = 100;
    let started = Arc::new(AtomicUsize::new(0));
    let counter = started.clone();
    let server = http::Server::new("", move |w: ResponseWriter, r: Request| {
        let counter = counter.clone();
        async move {
            counter.fetch_add(1, Ordering::SeqCst);
            time::sleep(2 * time::MILLISECOND).await;
            assert!(r.context().err().is_none(), "nobody is cancelled");
            _ = w.write_all(&[b'x'; 5000]);
        }
    });
    let server = http::httptest::Server::start_with(server.unencrypted_http2(true));
    let client = http::Client::new().transport(http::Transport::new().proxy(None).http2_only(true));
    // One connection for all of them.
    assert_eq!(client.get(&server.url()).await.unwrap().body.bytes().await.unwrap().len(), 5000);
    let (answered, ended) = (Arc::new(AtomicUsize::new(1)), chan!((), ASKERS));
    for _ in 0..ASKERS {
        let (client, url, answered, ended) = (client.clone(), server.url(), answered.clone(), ended.clone());
        go!(move client, url, answered, ended {
            // An answer that has begun is whole.
            while let Ok(mut response) = client.get(&url).await {
                assert_eq!(response.body.bytes().await.unwrap().len(), 5000);
                answered.fetch_add(1, Ordering::SeqCst);
            }
            chan!(ended <- ());
        });
    }
    while answered.load(Ordering::SeqCst) < 3 * ASKERS {
        time::sleep(time::MILLISECOND).await;
    }
    server.close().await;
    for _ in 0..ASKERS {
        tokio::time::timeout(crate::wire::LONG, ended.recv()).await.expect("each hears of the end");
    }
    let (started, answered) = (started.load(Ordering::SeqCst), answered.load(Ordering::SeqCst));
    eprintln!("shutdown under load, HTTP/2: {started} requests taken up, {answered} answers whole");
    assert_eq!(started, answered, "what was taken up was answered");
}

// A first request on the way: the connection is there, its bytes are not.
#[go::test(real_time)]
async fn a_new_connection_gets_its_answer_during_a_shutdown() {
    let server = http::httptest::Server::start(|w: ResponseWriter, _: Request| w.write_str("hello").unwrap());
    let mut wires = Vec::new();
    for _ in 0..20 {
        wires.push(Wire::connect(server.addr()).await);
    }
    // They are accepted once one that came after them was answered.
    assert_eq!(Wire::connect(server.addr()).await.ask(&get("/")).await.body, "hello");
    let (ending, done) = (server.clone(), chan!((), 1));
    let dones = done.clone();
    go!(move ending, dones {
        ending.close().await;
        chan!(dones <- ());
    });
    time::sleep(100 * time::MILLISECOND).await;
    assert!(done.is_empty(), "their requests may be on the way");
    for wire in &mut wires {
        let answer = wire.ask(&get("/")).await;
        assert_eq!((answer.body.as_str(), answer.field("connection")), ("hello", "close"));
    }
    assert_eq!(tokio::time::timeout(crate::wire::LONG, done.recv()).await.expect("it ends"), Some(()));
}
