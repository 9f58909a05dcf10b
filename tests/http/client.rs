//! The client: errors, cancelling in every phase, redirects, connections that are used again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use go::http::{self, Client, Request, ResponseWriter, Transport, httptest};
use go::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::wire::LONG;

/// Soon, on a busy machine too, and far from any timeout that is waited for.
const SOON: time::Duration = time::Duration::from_secs(5);

/// A client with connections of its own.
pub(crate) fn client() -> Client {
    Client::new().transport(Transport::new().proxy(None))
}

/// A server that hands each connection to `serve`.
pub(crate) async fn raw<F, R>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    addr
}

/// Reads a request's head.
pub(crate) async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

#[go::test(real_time)]
async fn a_request_is_sent_and_answered() {
    let server = httptest::Server::start(async |w: ResponseWriter, mut r: Request| {
        let body = r.body.text().await.unwrap();
        w.header().set("X-Method", r.method.as_str());
        let agent = r.user_agent();
        let kind = r.header.get("Content-Type");
        write!(w, "{} {body:?} {kind} {} {agent}", r.url, r.host()).unwrap();
    });
    let client = client();
    let host = server.addr();
    let mut response = client.get(&format!("{}/a?b=c#part", server.url())).await.unwrap();
    assert_eq!((response.status, response.status_line().as_str()), (200, "200 OK"));
    let agent = concat!("go-runtime/", env!("CARGO_PKG_VERSION"));
    assert_eq!(response.body.text().await.unwrap(), format!("/a?b=c \"\"  {host} {agent}"));
    assert_eq!(response.header.get("x-method"), "GET");
    let mut response = client.post(&server.url(), "text/plain", "data").await.unwrap();
    assert_eq!(response.body.text().await.unwrap(), format!("/ \"data\" text/plain {host} {agent}"));
    let response = client.head(&server.url()).await.unwrap();
    assert_eq!((response.header.get("x-method"), response.body.is_empty()), ("HEAD", true));
    let mut values = http::Values::new();
    values.set("q", "a b");
    let mut response = client.post_form(&server.url(), &values).await.unwrap();
    assert!(response.body.text().await.unwrap().starts_with("/ \"q=a+b\" application/x-www-form-urlencoded"));

    let mut request = http::new_request("PATCH", &server.url(), None).unwrap();
    request.set_host("elsewhere");
    request.header.set("User-Agent", "me");
    request.set_basic_auth("a", "b");
    let mut response = client.do_request(request).await.unwrap();
    assert_eq!(response.body.text().await.unwrap(), "/ \"\"  elsewhere me");
    server.close().await;
}

// What probe h01 shows, and the seed's 10d.
#[go::test(real_time)]
async fn errors_are_gos() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = client().get(&format!("http://{closed}")).await.unwrap_err();
    assert_eq!(error.to_string(), format!("Get \"http://{closed}\": dial tcp {closed}: connect: connection refused"));
    assert!(error.is_connection_refused() && !error.is_timeout() && !error.is_canceled());

    let error = client().post("http://no-such-host.invalid/", "", None).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("Post \"http://no-such-host.invalid/\": dial tcp: lookup no-such-host.invalid: "),
        "{text}"
    );

    let error = client().get("gopher://host/").await.unwrap_err();
    assert_eq!(error.to_string(), "Get \"gopher://host/\": unsupported protocol scheme \"gopher\"");

    // The server closes without an answer, in the middle of the head, in the middle of the body.
    for (sent, error) in [("", "EOF"), ("HTTP/1.1 200 OK\r\nContent-", "EOF")] {
        let addr = raw(move |mut stream| async move {
            read_head(&mut stream).await;
            stream.write_all(sent.as_bytes()).await.unwrap();
        })
        .await;
        let got = client().get(&format!("http://{addr}")).await.unwrap_err().to_string();
        assert_eq!(got, format!("Get \"http://{addr}\": {error}"), "{sent:?}");
    }
    for head in ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"] {
        let addr = raw(move |mut stream| async move {
            read_head(&mut stream).await;
            stream.write_all(format!("HTTP/1.1 200 OK\r\n{head}").as_bytes()).await.unwrap();
        })
        .await;
        let mut response = client().get(&format!("http://{addr}")).await.unwrap();
        let mut bytes = Vec::new();
        let error = response.body.read_to_end(&mut bytes).await.unwrap_err();
        assert_eq!((error.to_string().as_str(), &*bytes), ("unexpected EOF", &b"abc"[..]), "{head:?}");
    }
    let addr = raw(|mut stream| async move {
        read_head(&mut stream).await;
        stream.set_zero_linger().unwrap();
    })
    .await;
    let text = client().get(&format!("http://{addr}")).await.unwrap_err().to_string();
    assert!(text.starts_with(&format!("Get \"http://{addr}\": read tcp 127.0.0.1:")), "{text}");
    assert!(text.ends_with(&format!("->{addr}: read: connection reset by peer")), "{text}");
    let addr = raw(|mut stream| async move {
        read_head(&mut stream).await;
        stream.write_all(b"what?\r\n\r\n").await.unwrap();
    })
    .await;
    let text = client().get(&format!("http://{addr}")).await.unwrap_err().to_string();
    assert!(text.contains("transport connection broken: malformed HTTP response"), "{text}");
}

// Go: TestTransportCancelRequestBeforeDo
#[go::test(real_time)]
async fn a_done_context_never_dials() {
    let dialed = Arc::new(AtomicUsize::new(0));
    let counter = dialed.clone();
    let addr = raw(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        async {}
    })
    .await;
    let (ctx, cancel) = context::with_cancel(&context::background());
    cancel();
    let request = http::new_request_with_context(&ctx, "GET", &format!("http://{addr}/x"), None).unwrap();
    let error = client().do_request(request).await.unwrap_err();
    assert_eq!(error.to_string(), format!("Get \"http://{addr}/x\": context canceled"));
    assert!(error.is_canceled() && !error.is_timeout());
    assert!(errors::is(&error, &context::CANCELED));

    let (ctx, cancel) = context::with_cancel_cause(&context::background());
    let cause = errors::new("we are closing");
    cancel(cause.clone());
    let request = http::new_request_with_context(&ctx, "GET", &format!("http://{addr}/x"), None).unwrap();
    let error = client().do_request(request).await.unwrap_err();
    assert_eq!(error.to_string(), format!("Get \"http://{addr}/x\": we are closing"));
    assert!(!errors::is(&error, &context::CANCELED), "as in Go, the cause hides it");
    assert!(errors::is(&error, &cause));
    time::sleep(20 * time::MILLISECOND).await;
    assert_eq!(dialed.load(Ordering::SeqCst), 0);
}

/// What a server does that never finishes: where the request is stopped.
#[derive(Clone, Copy, Debug)]
enum Phase {
    Dial,
    Write,
    Wait,
    Body,
}

/// Runs a request that hangs in `phase` until something stops it: `stop`, or a limit after `least`. The error, and
/// whether it is a timeout.
async fn stopped_in(
    phase: Phase,
    client: &Client,
    ctx: &go::context::Context,
    least: time::Duration,
    stop: impl FnOnce(),
) -> (String, bool) {
    let asked = time::now();
    // A listener whose queue is full does not answer: that is what connecting waits for.
    let full = (socket(), phase);
    let addr = match phase {
        Phase::Dial => full.0.0,
        _ => {
            raw(move |mut stream| async move {
                if let Phase::Wait | Phase::Body = phase {
                    read_head(&mut stream).await;
                }
                if let Phase::Body = phase {
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await.unwrap();
                }
                std::future::pending::<()>().await;
            })
            .await
        }
    };
    let body = match phase {
        // More than the buffers of both sides take.
        Phase::Write => http::Body::from(vec![b'x'; 64 << 20]),
        _ => http::Body::empty(),
    };
    let request = http::new_request_with_context(ctx, "PUT", &format!("http://{addr}"), body).unwrap();
    let (sent, ended) = (client.clone(), chan!((String, bool), 1));
    let (in_body, ends) = (chan!((), 1), ended.clone());
    let reached = in_body.clone();
    go!(move request, sent, ends, reached {
        match sent.do_request(request).await {
            Err(error) => chan!(ends <- (error.to_string(), error.is_timeout())),
            Ok(mut response) => {
                let mut bytes = [0; 3];
                assert_eq!(response.body.read(&mut bytes).await.unwrap(), 3);
                assert_eq!(&bytes, b"abc");
                chan!(reached <- ());
                let error = response.body.read(&mut bytes).await.unwrap_err();
                chan!(ends <- (error.to_string(), error.is_timeout()));
                // It stays so.
                assert!(response.body.read(&mut bytes).await.is_err());
            }
        }
    });
    if let Phase::Body = phase {
        chan!(<-in_body);
    }
    if least.is_zero() {
        time::sleep(100 * time::MILLISECOND).await;
        assert!(ended.is_empty(), "{phase:?} ended by itself: {:?}", ended.try_recv());
    }
    stop();
    let start = time::now();
    let (error, is_timeout) = tokio::time::timeout(LONG, ended.recv()).await.expect("it stops").unwrap();
    assert!(time::since(start) < least + SOON, "{phase:?} took {:?}", time::since(start));
    assert!(time::since(asked) >= least, "{phase:?} ended early, after {:?}", time::since(asked));
    let text = error.replace(&format!("Put \"http://{addr}\": "), "Put: ");
    (text, is_timeout)
}

/// A listener whose queue is full, and the connections that fill it.
fn socket() -> (SocketAddr, Vec<std::net::TcpStream>, socket2::Socket) {
    use socket2::{Domain, SockAddr, Socket, Type};
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SockAddr::from(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
    socket.listen(0).unwrap();
    let addr = socket.local_addr().unwrap().as_socket().unwrap();
    let mut held = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&addr, std::time::Duration::from_millis(50)) {
        held.push(stream);
    }
    (addr, held, socket)
}

// Go: TestTransportCancelRequest, TestTransportCancelRequestInDo, ..BeforeResponseHeaders, ..WithBody
#[go::test(real_time)]
async fn cancelling_stops_a_request_in_every_phase() {
    for phase in [Phase::Dial, Phase::Write, Phase::Wait, Phase::Body] {
        let (ctx, cancel) = context::with_cancel(&context::background());
        let (text, is_timeout) = stopped_in(phase, &client(), &ctx, time::Duration::ZERO, &*cancel).await;
        let before = if let Phase::Body = phase { "" } else { "Put: " };
        assert_eq!(text, format!("{before}context canceled"), "{phase:?}");
        assert!(!is_timeout);
    }
}

// Go: TestClientTimeout, TestClientTimeout_Headers, TestClientTimeoutCancel
#[go::test(real_time)]
async fn a_timeout_stops_a_request_in_every_phase() {
    for phase in [Phase::Dial, Phase::Write, Phase::Wait, Phase::Body] {
        let limit = time::SECOND;
        let client = client().timeout(limit);
        // The client's clock starts after the test's.
        let (text, is_timeout) = stopped_in(phase, &client, &context::background(), limit, || {}).await;
        let expected = match phase {
            Phase::Body => {
                "context deadline exceeded (Client.Timeout or context cancellation while reading body)".to_owned()
            }
            _ => "Put: context deadline exceeded (Client.Timeout exceeded while awaiting headers)".to_owned(),
        };
        assert_eq!(text, expected, "{phase:?}");
        assert!(is_timeout);
    }
    // The context's own deadline has no such words.
    let limit = 200 * time::MILLISECOND;
    let (ctx, cancel) = context::with_timeout(&context::background(), limit);
    // Its clock has started before the test's.
    let least = time::NANOSECOND;
    let (text, is_timeout) = stopped_in(Phase::Wait, &client().timeout(time::HOUR), &ctx, least, || {}).await;
    assert_eq!((text.as_str(), is_timeout), ("Put: context deadline exceeded", true));
    cancel();
}

#[go::test(real_time)]
async fn other_limits_are_timeouts_too() {
    let addr = raw(|mut stream| async move {
        read_head(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let transport = Transport::new().response_header_timeout(50 * time::MILLISECOND);
    let error = Client::new().transport(transport).get(&format!("http://{addr}")).await.unwrap_err();
    assert_eq!(error.to_string(), format!("Get \"http://{addr}\": net/http: timeout awaiting response headers"));
    assert!(error.is_timeout());
    let (addr, _held, _socket) = socket();
    let transport = Transport::new().dial_timeout(50 * time::MILLISECOND);
    let error = Client::new().transport(transport).get(&format!("http://{addr}")).await.unwrap_err();
    assert_eq!(error.to_string(), format!("Get \"http://{addr}\": dial tcp {addr}: i/o timeout"));
    assert!(error.is_timeout());
}

#[go::test(real_time)]
async fn connections_are_used_again() {
    let server = httptest::Server::start(|w: ResponseWriter, r: Request| {
        let size = r.query().get("size").parse().unwrap_or(0);
        w.header().set("X-Conn", &r.remote_addr().unwrap().to_string());
        w.write_all(&vec![b'x'; size]).unwrap();
    });
    let client = client();
    let url = server.url();
    let conn = |response: &http::Response| response.header.get("x-conn").to_owned();

    let mut response = client.get(&format!("{url}?size=10")).await.unwrap();
    let first = conn(&response);
    response.body.bytes().await.unwrap();
    // Read to the end: the connection is free. It needs a moment to say so.
    let mut same = 0;
    for _ in 0..20 {
        time::sleep(time::MILLISECOND).await;
        let mut response = client.get(&format!("{url}?size=10")).await.unwrap();
        same += usize::from(conn(&response) == first);
        response.body.bytes().await.unwrap();
    }
    assert_eq!(same, 20);
    // Dropped or closed before its end: another connection is made, and nothing of the old body is seen.
    for close in [true, false] {
        let mut response = client.get(&format!("{url}?size=10000000")).await.unwrap();
        let dropped = conn(&response);
        let mut some = [0; 100];
        response.body.read(&mut some).await.unwrap();
        if close {
            response.body.close();
            let error = response.body.read(&mut some).await.unwrap_err();
            assert_eq!(error, http::ERR_BODY_READ_AFTER_CLOSE);
        }
        drop(response);
        let mut response = client.get(&format!("{url}?size=3")).await.unwrap();
        assert_ne!(conn(&response), dropped);
        assert_eq!(response.body.text().await.unwrap(), "xxx");
    }
    let last = conn(&client.get(&url).await.unwrap());
    time::sleep(10 * time::MILLISECOND).await;
    let one_way = Client::new().transport(Transport::new().disable_keep_alives(true));
    let (a, b) = (one_way.get(&url).await.unwrap(), one_way.get(&url).await.unwrap());
    assert!(conn(&a) != conn(&b) && conn(&a) != last);
    server.close().await;
}

// Go: TestTransportResponseCancelRace; many times.
#[go::test(real_time)]
async fn transport_response_cancel_race() {
    let server = httptest::Server::start(|w: ResponseWriter, _: Request| w.write_all(&[b'x'; 100_000]).unwrap());
    let client = client();
    for round in 0..100 {
        let (ctx, cancel) = context::with_cancel(&context::background());
        let request = http::new_request_with_context(&ctx, "GET", &server.url(), None).unwrap();
        let mut response = client.do_request(request).await.unwrap();
        let mut some = [0; 1000];
        assert!(response.body.read(&mut some).await.unwrap() > 0);
        let racing = cancel.clone();
        go! { racing(); }
        if round % 2 == 0 {
            response.body.close();
        } else {
            let mut rest = Vec::new();
            match response.body.read_to_end(&mut rest).await {
                Ok(_) => assert_eq!(rest.len() + 1000, 100_000),
                Err(error) => assert_eq!(error.to_string(), "context canceled"),
            }
        }
        drop(response);
        // The connection does not carry the remains into the next response.
        let mut response = client.get(&server.url()).await.unwrap();
        assert_eq!(response.body.bytes().await.unwrap().len(), 100_000);
        cancel();
    }
    server.close().await;
}

// Go: TestClientRedirects, TestClientRedirectsContext, TestClientRedirect308..
#[go::test(real_time)]
async fn client_redirects() {
    let server = httptest::Server::start(async |w: ResponseWriter, mut r: Request| {
        let query = r.query();
        let left: usize = query.get("left").parse().unwrap_or(0);
        let status: u16 = query.get("status").parse().unwrap_or(302);
        if left > 0 {
            http::redirect(&w, &r, &format!("/{left}?left={}&status={status}", left - 1), status);
            return;
        }
        let body = r.body.text().await.unwrap();
        let (method, referer) = (r.method.clone(), r.referer());
        write!(w, "{method} {body} {referer} {}", r.header.get("X-Own")).unwrap();
    });
    let (client, url) = (client(), server.url());
    let mut response = client.get(&format!("{url}/?left=3")).await.unwrap();
    assert_eq!(response.body.text().await.unwrap(), format!("GET  {url}/2?left=1&status=302 "));
    assert_eq!(response.url().as_str(), format!("{url}/1?left=0&status=302"));

    for (status, body) in [(301, "GET  "), (302, "GET  "), (303, "GET  "), (307, "POST data "), (308, "POST data ")] {
        let mut request = http::new_request("POST", &format!("{url}/?left=1&status={status}"), "data").unwrap();
        request.header.set("X-Own", "kept");
        let mut response = client.do_request(request).await.unwrap();
        let text = response.body.text().await.unwrap();
        assert!(text.starts_with(body) && text.ends_with(" kept"), "{status}: {text}");
    }
    // A body that cannot be sent again is not.
    let body = http::Body::from_reader(&b"data"[..]);
    let response = client.post(&format!("{url}/?left=1&status=307"), "text/plain", body).await.unwrap();
    assert_eq!((response.status, response.location().unwrap().path()), (307, "/1"));

    let error = client.get(&format!("{url}/?left=11")).await.unwrap_err();
    assert_eq!(error.to_string(), "Get \"/2?left=1&status=302\": stopped after 10 redirects");

    let last = client.clone().check_redirect(|hop| {
        assert_eq!(hop.via.len(), 1);
        assert!(hop.request.url.path().starts_with("/5"));
        Err(http::ERR_USE_LAST_RESPONSE)
    });
    assert_eq!(last.get(&format!("{url}/?left=5")).await.unwrap().status, 302);

    // The context goes with the redirects.
    let (ctx, cancel) = context::with_cancel(&context::background());
    let cancels = cancel.clone();
    let cancelling = client.clone().check_redirect(move |_| {
        cancels();
        Ok(())
    });
    let request = http::new_request_with_context(&ctx, "GET", &format!("{url}/?left=3"), None).unwrap();
    let error = cancelling.do_request(request).await.unwrap_err();
    assert!(error.is_canceled(), "{error}");

    // An error of the program's own.
    let staying = client.clone().check_redirect(|_| Err(http::Error::other(context::DEADLINE_EXCEEDED)));
    let error = staying.get(&format!("{url}/?left=3")).await.unwrap_err();
    assert_eq!(error.to_string(), "Get \"/3?left=2&status=302\": context deadline exceeded");
    assert!(error.is_deadline_exceeded());
    let staying = client.clone().check_redirect(|_| Err(http::Error::other("stay here")));
    let error = staying.get(&format!("{url}/?left=3")).await.unwrap_err();
    assert_eq!(error.to_string(), "Get \"/3?left=2&status=302\": stay here");
    server.close().await;
}

#[go::test(real_time)]
async fn secrets_do_not_go_to_other_hosts() {
    let own = httptest::Server::start(|w: ResponseWriter, r: Request| {
        write!(w, "{}|{}|{}", r.header.get("Authorization"), r.header.get("Cookie"), r.header.get("X-Open")).unwrap();
    });
    let target = own.url().replace("127.0.0.1", "localhost");
    let to = target.clone();
    let front = httptest::Server::start(move |w: ResponseWriter, r: Request| http::redirect(&w, &r, &to, 302));
    let mut request = http::new_request("GET", &front.url(), None).unwrap();
    request.header.set("X-Open", "yes");
    request.set_basic_auth("a", "b");
    request.add_cookie(&http::Cookie::new("c", "d"));
    let mut response = client().do_request(request).await.unwrap();
    assert_eq!(response.body.text().await.unwrap(), "||yes");
    own.close().await;
    front.close().await;
}

#[go::test(real_time)]
async fn proxies_are_asked() {
    let proxy = httptest::Server::start(|w: ResponseWriter, r: Request| {
        if r.method == http::METHOD_CONNECT {
            return http::error(&w, "no tunnels", 403);
        }
        write!(w, "{} {} {}", r.url, r.host(), r.header.get("Proxy-Authorization")).unwrap();
    });
    let url = format!("http://me:pw@{}", proxy.addr());
    let client = Client::new().transport(Transport::new().proxy(Some(&url)));
    let mut response = client.get("http://far.away.invalid/x?y").await.unwrap();
    let text = response.body.text().await.unwrap();
    assert_eq!(text, "http://far.away.invalid/x?y far.away.invalid Basic bWU6cHc=");
    // As in Go, this machine is asked directly.
    let direct = httptest::Server::start(|w: ResponseWriter, _: Request| w.write_str("direct").unwrap());
    assert_eq!(client.get(&direct.url()).await.unwrap().body.text().await.unwrap(), "direct");
    // Through a tunnel that the proxy refuses.
    let error = client.get("https://far.away.invalid/").await.unwrap_err().to_string();
    assert!(error.starts_with("Get \"https://far.away.invalid/\": proxyconnect tcp: "), "{error}");
    proxy.close().await;
    direct.close().await;
}

#[go::test(real_time)]
async fn bodies_stream_in_both_directions() {
    let server = httptest::Server::start(async |w: ResponseWriter, mut r: Request| {
        // An echo, chunk by chunk.
        while let Some(chunk) = r.body.chunk().await {
            w.write_all(&chunk.unwrap()).unwrap();
            w.flush().await.unwrap();
        }
    });
    let (mut ours, theirs) = tokio::io::duplex(64);
    let body = http::Body::from_reader(theirs);
    let (client, url) = (client(), server.url());
    let response = chan!(http::Response, 1);
    let responds = response.clone();
    go!(move client, url, body, responds {
        let response = client.post(&url, "text/plain", body).await.unwrap();
        chan!(responds <- response);
    });
    ours.write_all(b"one").await.unwrap();
    let mut response = response.recv().await.unwrap();
    let mut buffer = [0; 16];
    assert_eq!(response.body.read(&mut buffer).await.unwrap(), 3);
    ours.write_all(b"two").await.unwrap();
    assert_eq!(response.body.read(&mut buffer).await.unwrap(), 3);
    assert_eq!(&buffer[..3], b"two");
    drop(ours);
    assert_eq!(response.body.read(&mut buffer).await.unwrap(), 0);
    server.close().await;
}

#[go::test(real_time)]
async fn http2_works_without_tls() {
    let (started, ended) = (chan!(()), chan!(String));
    let (starts, ends) = (started.clone(), ended.clone());
    let handler = move |w: ResponseWriter, mut r: Request| {
        let (starts, ends) = (starts.clone(), ends.clone());
        async move {
            if r.path() == "/hang" {
                chan!(starts <- ());
                chan!(<-r.context().done());
                chan!(ends <- r.context().err().unwrap().to_string());
                return;
            }
            let body = r.body.text().await.unwrap();
            let is_http2 = r.version == http::Version::HTTP_2;
            let refused = is_http2 && w.hijack().await.unwrap_err() == http::ERR_NOT_SUPPORTED;
            write!(w, "{:?} {} {body} {refused}", r.version, r.host()).unwrap();
        }
    };
    let server = httptest::Server::start_with(http::Server::new("", handler).unencrypted_http2(true));
    let client = Client::new().transport(Transport::new().http2_only(true));
    let addr = server.addr();
    let mut response = client.post(&server.url(), "text/plain", "data").await.unwrap();
    assert_eq!(response.version, http::Version::HTTP_2);
    assert_eq!(response.body.text().await.unwrap(), format!("HTTP/2.0 {addr} data true"));

    // A stream that is reset cancels its request's context, and only that one.
    let (ctx, cancel) = context::with_cancel(&context::background());
    let request = http::new_request_with_context(&ctx, "GET", &format!("{}/hang", server.url()), None).unwrap();
    let hanging = client.clone();
    go!(move request {
        assert!(hanging.do_request(request).await.unwrap_err().is_canceled());
    });
    chan!(<-started);
    cancel();
    assert_eq!(ended.recv().await.unwrap(), "context canceled");
    let mut response = client.post(&server.url(), "text/plain", "more").await.unwrap();
    assert!(response.body.text().await.unwrap().contains("more"));
    // HTTP/1 goes on beside it.
    let mut response = Client::new().get(&server.url()).await.unwrap();
    assert!(response.body.text().await.unwrap().starts_with("HTTP/1.1 "));
    server.close().await;
}
