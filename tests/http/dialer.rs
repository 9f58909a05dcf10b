//! A program's own dialer: what it is told, what it may return, and when its context is cancelled.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use go::http::{self, Client, Request, ResponseWriter, Transport, httptest};
use go::prelude::*;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;

use crate::wire::LONG;

/// A client whose connections are made by `transport`, without a proxy.
fn client(transport: impl FnOnce(Transport) -> Transport) -> Client {
    Client::new().transport(transport(Transport::new().proxy(None)))
}

/// A server that says which path it was asked for.
fn server() -> httptest::Server {
    httptest::Server::start(|w: ResponseWriter, r: Request| _ = write!(w, "{} {}", r.host(), r.path()))
}

/// Gets a page's text.
async fn text(client: &Client, url: &str) -> String {
    let mut response = client.get(url).await.unwrap();
    response.body.text().await.unwrap()
}

/// Answers requests without bodies on one connection, each with its first line; after one for a tunnel it ends.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut head = Vec::new();
    while let Ok(byte) = stream.read_u8().await {
        head.push(byte);
        if head.ends_with(b"\r\n\r\n") {
            let line = String::from_utf8(head.split(|byte| *byte == b'\r').next().unwrap().to_vec()).unwrap();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{line}", line.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
            if line.starts_with("CONNECT ") {
                return;
            }
            head.clear();
        }
    }
}

#[derive(PartialEq, Eq)]
struct Key;

#[go::test(real_time)]
async fn transport_dial_context() {
    let server = server();
    let seen = chan!((Option<u32>, &'static str, String), 16);
    let sees = seen.clone();
    let client = client(|transport| {
        transport.dial_context(move |ctx: Context, network, addr: String| {
            let sees = sees.clone();
            async move {
                assert!(sees.try_send((ctx.value::<u32>(&Key).copied(), network, addr.clone())).is_ok());
                TcpStream::connect(addr).await
            }
        })
    });
    for path in ["/a", "/b"] {
        let ctx = context::with_value(&context::background(), Key, 77_u32);
        let request = http::new_request_with_context(&ctx, "GET", &(server.url() + path), None).unwrap();
        let mut response = client.do_request(request).await.unwrap();
        assert_eq!(response.body.text().await.unwrap(), format!("{} {path}", server.addr()));
    }
    assert_eq!(seen.recv().await.unwrap(), (Some(77), "tcp", server.addr().to_string()));
    // The second request has used the connection of the first one.
    assert_eq!(seen.len(), 0);

    // Without a port, and at an address of IPv6.
    for (url, addr) in [
        ("http://some.host/", "some.host:80"),
        ("https://some.host/", "some.host:443"),
        ("http://[::1]:8/", "[::1]:8"),
        ("https://[::1]/", "[::1]:443"),
    ] {
        let sees = seen.clone();
        let failing = Client::new().transport(Transport::new().proxy(None).dial_context(
            move |ctx: Context, network, addr: String| {
                assert!(sees.try_send((ctx.value::<u32>(&Key).copied(), network, addr)).is_ok());
                async { Err::<TcpStream, _>("no") }
            },
        ));
        assert_eq!(failing.get(url).await.unwrap_err().to_string(), format!("Get {url:?}: no"));
        assert_eq!(seen.recv().await.unwrap(), (None, "tcp", addr.to_owned()));
    }
    server.close().await;
}

#[go::test(real_time)]
async fn client_propagates_timeout_to_context() {
    let deadlines = chan!(Option<time::Time>, 4);
    let tells = deadlines.clone();
    let client = client(|transport| {
        transport.dial_context(move |ctx: Context, _, _| {
            assert!(tells.try_send(ctx.deadline()).is_ok());
            async { Err::<TcpStream, _>(errors::new("nobody is dialed")) }
        })
    });
    let url = "https://somewhere.invalid/";
    let before = time::now();
    let patient = client.clone().timeout(7 * time::SECOND);
    assert_eq!(patient.get(url).await.unwrap_err().to_string(), format!("Get {url:?}: nobody is dialed"));
    let after = time::now();
    let deadline = deadlines.recv().await.unwrap().expect("a deadline");
    assert!(!deadline.before(before.add(7 * time::SECOND)) && !deadline.after(after.add(7 * time::SECOND)));
    // An earlier one is the request's own.
    let (ctx, cancel) = context::with_timeout(&context::background(), 3 * time::SECOND);
    let request = http::new_request_with_context(&ctx, "GET", url, None).unwrap();
    patient.do_request(request).await.unwrap_err();
    assert_eq!(deadlines.recv().await.unwrap(), ctx.deadline());
    cancel();
    // Without either there is none.
    client.get(url).await.unwrap_err();
    assert_eq!(deadlines.recv().await.unwrap(), None);
}

#[cfg(unix)]
#[go::test(real_time)]
async fn a_unix_socket_is_dialed() {
    use tokio::net::{UnixListener, UnixStream};

    let path = std::env::temp_dir().join(format!("go-tests-dialer-{}.sock", std::process::id()));
    let listener = UnixListener::bind(&path).unwrap();
    let accepted = Arc::new(AtomicUsize::new(0));
    let accepts = Arc::clone(&accepted);
    let served = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            accepts.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(answer(stream));
        }
    });
    let to = path.clone();
    let client = client(|transport| {
        transport.dial_context(move |_: Context, _, _| {
            let to = to.clone();
            async move { UnixStream::connect(to).await }
        })
    });
    for path in ["/one", "/two", "/three"] {
        assert_eq!(text(&client, &format!("http://unix{path}")).await, format!("GET {path} HTTP/1.1"));
    }
    assert_eq!(accepted.load(Ordering::SeqCst), 1);
    served.abort();
    assert!(served.await.unwrap_err().is_cancelled());
    // The same client: its connection is kept, another host has none, and the file that is left leads to nobody.
    let error = client.get("http://other/").await.unwrap_err();
    assert_eq!(error.to_string(), "Get \"http://other/\": connection refused");
    assert!(error.is_connection_refused());
    std::fs::remove_file(&path).unwrap();
    let error = client.get("http://other/").await.unwrap_err();
    assert_eq!(error.to_string(), "Get \"http://other/\": no such file or directory");
    assert_eq!(error.io_kind(), Some(io::ErrorKind::NotFound));
}

#[go::test(real_time)]
async fn a_pipe_in_memory_is_dialed() {
    let client = client(|transport| {
        transport.dial_context(async |_: Context, _: &'static str, _: String| {
            let (ours, theirs) = tokio::io::duplex(64);
            tokio::spawn(answer(theirs));
            Ok::<DuplexStream, io::Error>(ours)
        })
    });
    assert_eq!(text(&client, "http://pipe/a").await, "GET /a HTTP/1.1");
    let long = format!("/{}", "x".repeat(5000));
    assert_eq!(text(&client, &format!("http://pipe{long}")).await, format!("GET {long} HTTP/1.1"));
}

#[go::test(real_time)]
async fn a_proxy_is_dialed() {
    let seen = chan!(String, 4);
    let sees = seen.clone();
    let dial = move |_: Context, _: &'static str, addr: String| {
        assert!(sees.try_send(addr).is_ok());
        async {
            let (ours, theirs) = tokio::io::duplex(1024);
            tokio::spawn(answer(theirs));
            Ok::<DuplexStream, io::Error>(ours)
        }
    };
    let client = Client::new().transport(Transport::new().proxy(Some("http://proxy.invalid:3128")).dial_context(dial));
    assert_eq!(text(&client, "http://far.invalid/a").await, "GET http://far.invalid/a HTTP/1.1");
    assert_eq!(seen.recv().await.unwrap(), "proxy.invalid:3128");
    // The tunnel has no other end; that the proxy was dialed for it is what counts here.
    let error = client.get("https://far.invalid/").await.unwrap_err().to_string();
    assert!(error.starts_with("Get \"https://far.invalid/\": "), "{error}");
    assert_eq!(seen.recv().await.unwrap(), "proxy.invalid:3128");
}

/// An error of the program's.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Closed(u32);

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "closed on day {}", self.0)
    }
}

impl std::error::Error for Closed {}

#[go::test(real_time)]
async fn a_dialers_error_is_the_requests() {
    let failing = client(|transport| {
        transport.dial_context(async |_: Context, _: &'static str, _: String| Err::<TcpStream, _>(Closed(7)))
    });
    let error = failing.post("http://h/", "", "data").await.unwrap_err();
    assert_eq!(error.to_string(), "Post \"http://h/\": closed on day 7");
    assert!(errors::is(&error, &Closed(7)) && !error.is_timeout() && !error.is_canceled());

    let late = client(|transport| {
        transport.dial_context(async |_: Context, _: &'static str, _: String| {
            Err::<TcpStream, _>(io::Error::from(io::ErrorKind::TimedOut))
        })
    });
    assert!(late.get("http://h/").await.unwrap_err().is_timeout());
    let given_up = client(|transport| {
        transport.dial_context(async |_: Context, _: &'static str, _: String| Err::<TcpStream, _>(context::CANCELED))
    });
    assert!(given_up.get("http://h/").await.unwrap_err().is_canceled());
}

/// How a dialer's context has ended: its error and its cause.
type Ended = (context::Error, String);

/// A client whose dialer hands its context to a goroutine, and never returns; how each of them ended.
fn endless() -> (Client, Chan<()>, Chan<Ended>) {
    let (began, ended) = (chan!((), 4), chan!(Ended, 4));
    let (begins, ends) = (began.clone(), ended.clone());
    let client = client(|transport| {
        transport.dial_context(move |ctx: Context, _, _| {
            let ends = ends.clone();
            assert!(begins.try_send(()).is_ok());
            go! {
                chan!(<-ctx.done());
                let cause = context::cause(&ctx).unwrap().to_string();
                chan!(ends <- (ctx.err().unwrap(), cause));
            }
            std::future::pending::<io::Result<TcpStream>>()
        })
    });
    (client, began, ended)
}

#[go::test(real_time)]
async fn a_request_that_stops_stops_its_dialer() {
    let (client, began, ended) = endless();
    let (ctx, cancel) = context::with_cancel(&context::background());
    let begins = began.clone();
    go! {
        chan!(<-begins);
        cancel();
    }
    let request = http::new_request_with_context(&ctx, "GET", "http://h/", None).unwrap();
    assert_eq!(client.do_request(request).await.unwrap_err().to_string(), "Get \"http://h/\": context canceled");
    assert_eq!(ended.recv().await.unwrap(), (context::CANCELED, "context canceled".to_owned()));

    let (ctx, cancel) = context::with_cancel_cause(&context::background());
    let begins = began.clone();
    go!(move begins, cancel {
        chan!(<-begins);
        cancel(Closed(8));
    });
    let request = http::new_request_with_context(&ctx, "GET", "http://h/", None).unwrap();
    assert!(errors::is(&client.do_request(request).await.unwrap_err(), &Closed(8)));
    assert_eq!(ended.recv().await.unwrap(), (context::CANCELED, "closed on day 8".to_owned()));

    let hasty = client.clone().timeout(30 * time::MILLISECOND);
    assert!(hasty.get("http://h/").await.unwrap_err().is_timeout());
    chan!(<-began);
    let (error, _) = ended.recv().await.unwrap();
    assert_eq!(error, context::DEADLINE_EXCEEDED);
}

// While the second request's connection is made, the first one gives its own back: that is taken, and the one that is
// being made is the third request's.
#[go::test(real_time)]
async fn a_connection_that_is_not_needed_any_more_is_kept() {
    let (entered, leave) = (chan!((), 4), chan!(()));
    let (enters, leaves) = (entered.clone(), leave.clone());
    let server = httptest::Server::start(move |w: ResponseWriter, r: Request| {
        let (enters, leaves) = (enters.clone(), leaves.clone());
        async move {
            if r.path() == "/slow" {
                chan!(enters <- ());
                chan!(<-leaves);
            }
            _ = write!(w, "{}", r.remote_addr().unwrap());
        }
    });
    let (dialed, allowed) = (chan!(Context, 4), chan!((), 4));
    let (dials, allows) = (dialed.clone(), allowed.clone());
    let client = client(|transport| {
        transport.dial_context(move |ctx: Context, _, addr: String| {
            let (dials, allows) = (dials.clone(), allows.clone());
            async move {
                chan!(dials <- ctx);
                chan!(<-allows);
                TcpStream::connect(addr).await
            }
        })
    });
    let ask = |path: &str| {
        let (client, url, answered) = (client.clone(), server.url() + path, chan!(String, 1));
        let answers = answered.clone();
        go!(move url, answers {
            let said = text(&client, &url).await;
            chan!(answers <- said);
        });
        answered
    };
    let first = ask("/slow");
    chan!(<-dialed);
    chan!(allowed <- ());
    chan!(<-entered);
    let second = ask("/quick");
    let ctx = dialed.recv().await.unwrap();
    leave.close();
    let (first, second) = (first.recv().await.unwrap(), second.recv().await.unwrap());
    assert_eq!(first, second, "on one connection");
    assert_eq!(ctx.err(), None);
    // The one that is being made comes into the pool, some time: then two requests at once have one each. One that comes
    // before has a third one made, which is not allowed yet, and gets the first one when that is free.
    chan!(allowed <- ());
    let start = std::time::Instant::now();
    loop {
        let both = [ask("/quick"), ask("/quick")];
        let (one, other) = (both[0].recv().await.unwrap(), both[1].recv().await.unwrap());
        if one != other {
            break;
        }
        assert!(start.elapsed() < LONG, "the second connection is never used");
    }
    assert_eq!(ctx.err(), None);
    // Those that were not allowed to be made are none of the test's concern.
    allowed.close();
    server.close().await;
}
