//! TLS: certificates that are made here, both versions of the protocol, handshakes that fail, hang and are cancelled.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use go::http::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use go::http::rustls::{ClientConfig, RootCertStore, ServerConfig, crypto::ring};
use go::http::tokio_rustls::TlsAcceptor;
use go::http::{self, Client, Request, ResponseWriter, Transport};
use go::prelude::*;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::wire::{LONG, Wire, free_port, get};

/// Soon, on a busy machine too, and far from any timeout that is waited for.
const SOON: time::Duration = time::Duration::from_secs(5);

/// A certificate that vouches for itself, and its key.
struct Identity {
    cert: rcgen::Certificate,
    key: KeyPair,
}

impl Identity {
    fn new(names: &[&str]) -> Identity {
        Identity::with(names, |_| {})
    }

    fn with(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names of hosts");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        Identity { cert: params.self_signed(&key).expect("a certificate"), key }
    }

    /// The certificate and the key as files.
    fn files(&self) -> Files {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            |what: &str| std::env::temp_dir().join(format!("go-tests-tls-{}-{number}-{what}.pem", std::process::id()));
        let files = Files { cert: path("cert"), key: path("key") };
        std::fs::write(&files.cert, self.cert.pem()).expect("a file can be written");
        std::fs::write(&files.key, self.key.serialize_pem()).expect("a file can be written");
        files
    }

    /// rustls with this identity, offering `protocols`.
    fn acceptor(&self, protocols: &[&str]) -> TlsAcceptor {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).expect("a key");
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
        let mut config = builder.with_single_cert(vec![self.cert.der().clone()], key).expect("they match");
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }

    /// A transport that trusts this certificate only.
    fn transport(&self) -> Transport {
        Transport::new().proxy(None).root_certificates(roots(self.cert.der())).expect("TLS can be configured")
    }

    /// A client that trusts this certificate only.
    fn client(&self) -> Client {
        Client::new().transport(self.transport())
    }

    /// A client that trusts this certificate and speaks HTTP/1 only.
    fn http1_client(&self) -> Client {
        Client::new().transport(self.http1_transport())
    }

    /// A transport that trusts this certificate and speaks HTTP/1 only.
    fn http1_transport(&self) -> Transport {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().expect("versions");
        let config = builder.with_root_certificates(roots(self.cert.der())).with_no_client_auth();
        Transport::new().proxy(None).tls_config(Arc::new(config))
    }
}

fn roots(cert: &CertificateDer<'static>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(cert.clone()).expect("a certificate");
    roots
}

/// Files that go with the test.
struct Files {
    cert: PathBuf,
    key: PathBuf,
}

impl Files {
    fn paths(&self) -> (String, String) {
        (self.cert.display().to_string(), self.key.display().to_string())
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        for file in [&self.cert, &self.key] {
            // Somebody else may have tidied up.
            let _ = std::fs::remove_file(file);
        }
    }
}

/// A server with TLS on a free port of this machine.
struct Served {
    server: http::Server,
    addr: SocketAddr,
    ended: Chan<String>,
}

impl Served {
    async fn start(server: http::Server, acceptor: TlsAcceptor) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (serving, ended) = (server.clone(), Chan::buffered(1));
        let ends = ended.clone();
        go!(move serving, listener, acceptor, ends {
            let error = serving.serve_tls(listener, acceptor).await;
            chan!(ends <- error.to_string());
        });
        Served { server, addr, ended }
    }

    fn url(&self) -> String {
        format!("https://localhost:{}", self.addr.port())
    }

    async fn shutdown(self) {
        self.server.shutdown(&context::background()).await.unwrap();
        assert_eq!(self.ended.recv().await.unwrap(), "http: Server closed");
    }
}

/// The protocol, the path and the body.
async fn echo(w: ResponseWriter, mut r: Request) {
    let body = r.body.text().await.unwrap();
    write!(w, "{:?} {} {body}", r.version, r.path()).unwrap();
}

#[go::test(real_time)]
async fn listen_and_serve_tls_offers_http2() {
    let identity = Identity::new(&["localhost", "127.0.0.1"]);
    let files = identity.files();
    let port = free_port();
    let server = http::Server::new(&format!("localhost:{port}"), echo);
    let ((cert, key), serving, ended) = (files.paths(), server.clone(), chan!(String, 1));
    let ends = ended.clone();
    go!(move cert, key, serving, ends {
        let error = serving.listen_and_serve_tls(&cert, &key).await;
        chan!(ends <- error.to_string());
    });
    let mut tries = 0;
    while TcpStream::connect(("localhost", port)).await.is_err() {
        tries += 1;
        assert!(tries < 1000, "the server does not listen");
        time::sleep(time::MILLISECOND).await;
    }
    let (client, old) = (identity.client(), identity.http1_client());
    for host in ["localhost", "127.0.0.1"] {
        let url = format!("https://{host}:{port}/a");
        let mut response = client.post(&url, "text/plain", "data").await.unwrap();
        assert_eq!(response.version, http::Version::HTTP_2, "by ALPN");
        assert_eq!(response.body.text().await.unwrap(), "HTTP/2.0 /a data");
        let mut response = old.post(&url, "text/plain", "data").await.unwrap();
        assert_eq!(response.body.text().await.unwrap(), "HTTP/1.1 /a data");
    }
    server.shutdown(&context::background()).await.unwrap();
    assert_eq!(ended.recv().await.unwrap(), "http: Server closed");
    assert_eq!(server.listen_and_serve_tls("x", "y").await, http::ERR_SERVER_CLOSED);
    // The free function is the same.
    let (cert, key) = files.paths();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let error = http::listen_and_serve_tls(&addr, &cert, &key, echo).await;
    assert_eq!(error.to_string(), format!("listen tcp {addr}: bind: address already in use"));
}

#[go::test(real_time)]
async fn certificates_that_cannot_be_used_are_errors() {
    let (own, other) = (Identity::new(&["localhost"]).files(), Identity::new(&["localhost"]).files());
    let ((cert, key), (_, other)) = (own.paths(), other.paths());
    let none = "/no/such/file.pem".to_owned();
    for (cert, key, error) in [
        (&none, &key, "open /no/such/file.pem: no such file or directory"),
        (&cert, &none, "open /no/such/file.pem: no such file or directory"),
        (&key, &key, "tls: failed to find any PEM data in certificate input"),
        (&cert, &cert, "tls: failed to find any PEM data in key input"),
        (&cert, &other, "tls: private key does not match public key"),
    ] {
        let failed = http::listen_and_serve_tls("127.0.0.1:0", cert, key, echo).await;
        assert_eq!(failed.to_string(), error);
    }
}

/// Lines of a server's log.
fn logged(server: http::Server) -> (http::Server, Chan<String>) {
    let log: Chan<String> = Chan::buffered(64);
    let lines = log.clone();
    (server.error_log(move |line| assert!(lines.try_send(line.to_owned()).is_ok())), log)
}

/// The next line of a log, without the address of the client.
async fn line(log: &Chan<String>) -> String {
    let line = tokio::time::timeout(LONG, log.recv()).await.expect("it is logged").unwrap();
    let rest = line.strip_prefix("http: TLS handshake error from 127.0.0.1:").expect("a handshake's error");
    rest.split_once(": ").expect("a reason").1.to_owned()
}

#[go::test(real_time)]
async fn certificates_are_verified_and_refused_in_gos_words() {
    let trusted = Identity::new(&["localhost"]);
    // One has a name of its own, the other one that of the trusted one.
    let stranger = Identity::with(&["localhost"], |params| {
        params.distinguished_name.push(rcgen::DnType::CommonName, "a stranger");
    });
    let namesake = Identity::new(&["localhost"]);
    let expired = Identity::with(&["localhost"], |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    });
    let early = Identity::with(&["localhost"], |params| params.not_before = date_time_ymd(2300, 1, 1));
    let elsewhere = Identity::new(&["a.example", "b.example"]);
    let by_ip = Identity::new(&["10.0.0.1"]);
    let before = "tls: failed to verify certificate: x509: ";
    let dated = "certificate has expired or is not yet valid: current time ";
    for (server, client, host, error, alert) in [
        (&stranger, &trusted, "localhost", "certificate signed by unknown authority", "unknown certificate authority"),
        (&namesake, &trusted, "localhost", "certificate signed by unknown authority", "error decrypting message"),
        (&expired, &expired, "localhost", dated, "expired certificate"),
        (&early, &early, "localhost", dated, "expired certificate"),
        (
            &elsewhere,
            &elsewhere,
            "localhost",
            "certificate is valid for a.example, b.example, not localhost",
            "bad certificate",
        ),
        (
            &trusted,
            &trusted,
            "127.0.0.1",
            "cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
            "bad certificate",
        ),
        (&by_ip, &by_ip, "127.0.0.1", "certificate is valid for 10.0.0.1, not 127.0.0.1", "bad certificate"),
        (
            &by_ip,
            &by_ip,
            "localhost",
            "certificate is not valid for any names, but wanted to match localhost",
            "bad certificate",
        ),
    ] {
        let (http, log) = logged(http::Server::new("", echo));
        let served = Served::start(http, server.acceptor(&["h2", "http/1.1"])).await;
        let url = format!("https://{host}:{}/", served.addr.port());
        let failed = client.client().get(&url).await.unwrap_err();
        let text = failed.to_string();
        let rest = text.strip_prefix(&format!("Get {url:?}: {before}"));
        assert!(rest.is_some_and(|rest| rest.starts_with(error)), "{text}");
        if error == dated {
            let date =
                if std::ptr::eq(server, &expired) { " is after 2002-01-01T00:00:00Z" } else { " is before 2300-" };
            assert!(text.contains(date), "{text}");
        }
        assert!(!failed.is_timeout() && !failed.is_canceled());
        assert_eq!(line(&log).await, format!("remote error: tls: {alert}"));
        served.shutdown().await;
    }
    // What the machine trusts does not cover a certificate of one's own making.
    let served = Served::start(http::Server::new("", echo), trusted.acceptor(&[])).await;
    let failed = Client::new().transport(Transport::new().proxy(None)).get(&served.url()).await.unwrap_err();
    assert!(failed.to_string().ends_with("x509: certificate signed by unknown authority"), "{failed}");
    served.shutdown().await;
}

#[go::test(real_time)]
async fn plain_and_encrypted_do_not_mix() {
    let identity = Identity::new(&["localhost"]);
    let (http, log) = logged(http::Server::new("", echo));
    let served = Served::start(http, identity.acceptor(&[])).await;
    let answer = Wire::exchange(served.addr, &get("/")).await;
    assert_eq!(answer, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
    assert_eq!(line(&log).await, "client sent an HTTP request to an HTTPS server");
    // Neither of both.
    let mut wire = Wire::connect(served.addr).await;
    wire.send("\u{1}nonsense that is no record of TLS").await;
    assert!(wire.closes_after_some().await);
    assert_eq!(line(&log).await, "tls: first record does not look like a TLS handshake");
    // Nothing at all.
    drop(Wire::connect(served.addr).await);
    assert_eq!(line(&log).await, "EOF");
    served.shutdown().await;

    let plain = http::httptest::Server::start(echo);
    let url = plain.url().replace("http://127.0.0.1", "https://localhost");
    let failed = identity.client().get(&url).await.unwrap_err();
    let text = format!("Get {url:?}: tls: first record does not look like a TLS handshake");
    assert_eq!(failed.to_string(), text);
    plain.close().await;
}

/// A server that accepts connections and says nothing; a message for each connection that its client has closed.
async fn silent() -> (SocketAddr, Chan<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let closed: Chan<()> = Chan::buffered(16);
    let closes = closed.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let closes = closes.clone();
            tokio::spawn(async move {
                let mut bytes = Vec::new();
                // With or without a reset.
                let _ = stream.read_to_end(&mut bytes).await;
                assert!(bytes.first() == Some(&0x16), "a handshake began");
                assert!(closes.try_send(()).is_ok());
            });
        }
    });
    (addr, closed)
}

#[go::test(real_time)]
async fn a_context_stops_a_handshake() {
    let (addr, closed) = silent().await;
    let url = format!("https://localhost:{}/", addr.port());
    let client = Identity::new(&["localhost"]).client();
    for is_canceled in [true, false] {
        let start = time::now();
        let limit = if is_canceled { time::HOUR } else { 150 * time::MILLISECOND };
        let (ctx, cancel) = context::with_timeout(&context::background(), limit);
        let request = http::new_request_with_context(&ctx, "GET", &url, None).unwrap();
        if is_canceled {
            let cancels = cancel.clone();
            go! {
                time::sleep(100 * time::MILLISECOND).await;
                cancels();
            }
        }
        let failed = client.do_request(request).await.unwrap_err();
        let took = time::since(start);
        assert!(took >= 100 * time::MILLISECOND && took < SOON, "{took:?}");
        let error = if is_canceled { "context canceled" } else { "context deadline exceeded" };
        assert_eq!(failed.to_string(), format!("Get {url:?}: {error}"));
        assert_eq!(failed.is_canceled(), is_canceled);
        // The connection goes with the request.
        tokio::time::timeout(LONG, closed.recv()).await.expect("the connection is closed");
        cancel();
    }
    let hasty = Transport::new().proxy(None).tls_handshake_timeout(100 * time::MILLISECOND);
    let failed = Client::new().transport(hasty).get(&url).await.unwrap_err();
    assert_eq!(failed.to_string(), format!("Get {url:?}: net/http: TLS handshake timeout"));
    assert!(failed.is_timeout());
    tokio::time::timeout(LONG, closed.recv()).await.expect("the connection is closed");
}

#[go::test(real_time)]
async fn slow_handshakes_are_cut_off_and_hold_no_shutdown_up() {
    let identity = Identity::new(&["localhost"]);
    let limit = 100 * time::MILLISECOND;
    let (http, log) = logged(http::Server::new("", echo).read_header_timeout(limit));
    let served = Served::start(http, identity.acceptor(&[])).await;
    for start in ["", "\u{16}\u{3}\u{1}"] {
        let began = time::now();
        let mut wire = Wire::connect(served.addr).await;
        wire.send(start).await;
        assert!(wire.closes_silently().await);
        assert!(time::since(began) >= limit);
        assert_eq!(line(&log).await, "i/o timeout");
    }
    served.shutdown().await;

    let served = Served::start(http::Server::new("", echo), identity.acceptor(&[])).await;
    let mut wire = Wire::connect(served.addr).await;
    wire.send("\u{16}").await;
    time::sleep(50 * time::MILLISECOND).await;
    let start = time::now();
    served.shutdown().await;
    assert!(time::since(start) < SOON);
    assert!(wire.closes_silently().await);
}

/// Starts a handler that waits for its client to leave or for `goes`.
fn waiting() -> (http::Server, Chan<()>, Chan<()>, Chan<String>) {
    let (started, go_on, ended) = (chan!((), 4), chan!(()), chan!(String, 4));
    let (starts, goes, ends) = (started.clone(), go_on.clone(), ended.clone());
    let server = http::Server::new("", move |w: ResponseWriter, r: Request| {
        let (starts, goes, ends) = (starts.clone(), goes.clone(), ends.clone());
        async move {
            chan!(starts <- ());
            let done = r.context().done();
            select! {
            case <-goes: _ = w.write_str("finished")
            case <-done: {}
            }
            // It goes on: the client's leaving has dropped nothing.
            time::sleep(10 * time::MILLISECOND).await;
            chan!(ends <- format!("{:?}", r.context().err().map(|error| error.to_string())));
        }
    });
    (server, started, go_on, ended)
}

#[go::test(real_time)]
async fn a_client_that_leaves_cancels_the_context() {
    let identity = Identity::new(&["localhost"]);
    for is_http2 in [false, true] {
        let (http, started, _go_on, ended) = waiting();
        let served = Served::start(http, identity.acceptor(&["h2", "http/1.1"])).await;
        let client = if is_http2 { identity.client() } else { identity.http1_client() };
        let (ctx, cancel) = context::with_cancel(&context::background());
        let request = http::new_request_with_context(&ctx, "GET", &served.url(), None).unwrap();
        go!(move client, request {
            assert!(client.do_request(request).await.unwrap_err().is_canceled());
        });
        started.recv().await;
        cancel();
        let error = tokio::time::timeout(LONG, ended.recv()).await.expect("the context is cancelled").unwrap();
        assert_eq!(error, "Some(\"context canceled\")");
        served.shutdown().await;
    }
}

#[go::test(real_time)]
async fn a_shutdown_lets_requests_finish() {
    let identity = Identity::new(&["localhost"]);
    for is_http2 in [false, true] {
        let (http, started, go_on, ended) = waiting();
        let served = Served::start(http, identity.acceptor(&["h2", "http/1.1"])).await;
        let client = if is_http2 { identity.client() } else { identity.http1_client() };
        let (url, answered) = (served.url(), chan!(String, 1));
        let (asked, answers) = (url.clone(), answered.clone());
        go!(move client, asked, answers {
            let mut response = client.get(&asked).await.unwrap();
            assert_eq!(response.version == http::Version::HTTP_2, is_http2);
            let text = response.body.text().await.unwrap();
            chan!(answers <- text);
        });
        started.recv().await;
        let (server, done) = (served.server.clone(), chan!(bool, 1));
        let dones = done.clone();
        go!(move server, dones {
            let is_ok = server.shutdown(&context::background()).await.is_ok();
            chan!(dones <- is_ok);
        });
        time::sleep(50 * time::MILLISECOND).await;
        assert!(done.is_empty(), "a request is being answered");
        go_on.send(()).await;
        assert_eq!(ended.recv().await.unwrap(), "None", "it was not disturbed");
        assert_eq!(answered.recv().await.unwrap(), "finished");
        assert_eq!(done.recv().await, Some(true));
    }
}

#[go::test(real_time)]
async fn close_drops_encrypted_connections() {
    let identity = Identity::new(&["localhost"]);
    for is_http2 in [false, true] {
        let (http, started, _go_on, ended) = waiting();
        let served = Served::start(http, identity.acceptor(&["h2", "http/1.1"])).await;
        let client = if is_http2 { identity.client() } else { identity.http1_client() };
        let (url, failed) = (served.url(), chan!(bool, 1));
        let fails = failed.clone();
        go!(move client, url, fails {
            let is_error = client.get(&url).await.is_err();
            chan!(fails <- is_error);
        });
        started.recv().await;
        served.server.close();
        assert_eq!(ended.recv().await.unwrap(), "Some(\"context canceled\")");
        assert_eq!(tokio::time::timeout(LONG, failed.recv()).await.expect("it hears of it"), Some(true));
    }
}

// Large bodies in both directions, over both protocols: records, windows and flow control.
#[go::test(real_time)]
async fn large_bodies_pass_through() {
    let identity = Identity::new(&["localhost"]);
    let handler = async |w: ResponseWriter, mut r: Request| {
        while let Some(chunk) = r.body.chunk().await {
            w.send(chunk.unwrap()).await.unwrap();
        }
    };
    let served = Served::start(http::Server::new("", handler), identity.acceptor(&["h2", "http/1.1"])).await;
    for client in [identity.client(), identity.http1_client()] {
        let (mut ours, theirs) = tokio::io::duplex(16 * 1024);
        let writer = tokio::spawn(async move {
            for number in 0..2000_u32 {
                let block = [number.to_le_bytes()[0]; 1024];
                ours.write_all(&block).await.unwrap();
            }
        });
        let mut response =
            client.post(&served.url(), "application/octet-stream", http::Body::from_reader(theirs)).await.unwrap();
        let body = response.body.bytes().await.unwrap();
        assert_eq!(body.len(), 2000 * 1024);
        assert!(body.chunks(1024).enumerate().all(|(number, block)| block.iter().all(|byte| *byte == number as u8)));
        writer.await.unwrap();
    }
    served.shutdown().await;
}

// Through a proxy: the client asks it for a tunnel, and shakes hands with the server through that.
#[go::test(real_time)]
async fn a_proxy_tunnels_what_is_encrypted() {
    let identity = Identity::new(&["far.example"]);
    let served = Served::start(http::Server::new("", echo), identity.acceptor(&["h2", "http/1.1"])).await;
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (target, url) = (served.addr, format!("http://me:pw@{}", proxy.local_addr().unwrap()));
    let tunnels = tokio::spawn(async move {
        let (mut client, _) = proxy.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.unwrap());
        }
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut server = TcpStream::connect(target).await.unwrap();
        // Either side may end it in its own way.
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        String::from_utf8(head).unwrap().to_lowercase()
    });
    let transport = Transport::new().proxy(Some(&url)).root_certificates(roots(identity.cert.der())).unwrap();
    let client = Client::new().transport(transport.clone());
    let mut response = client.post("https://far.example/a", "text/plain", "data").await.unwrap();
    assert_eq!(response.body.text().await.unwrap(), "HTTP/2.0 /a data");
    drop(response);
    transport.close_idle_connections();
    served.shutdown().await;
    let head = tokio::time::timeout(LONG, tunnels).await.expect("the tunnel ends").unwrap();
    assert!(head.starts_with("connect far.example:443 http/1.1\r\n"), "{head}");
    assert!(head.contains("proxy-authorization: basic bwu6chc=\r\n"), "{head}");
}

// What a program's own dialer returns is encrypted, for the host of the URL, wherever it leads to.
#[go::test(real_time)]
async fn what_a_dialer_returns_is_encrypted() {
    let identity = Identity::new(&["far.example"]);
    let served = Served::start(http::Server::new("", echo), identity.acceptor(&["h2", "http/1.1"])).await;
    let (target, dialed) = (served.addr, Arc::new(AtomicUsize::new(0)));
    for (transport, version) in [(identity.transport(), "HTTP/2.0"), (identity.http1_transport(), "HTTP/1.1")] {
        let dials = Arc::clone(&dialed);
        let transport = transport.dial_context(move |_: Context, _, addr: String| {
            assert!(addr.ends_with(".example:443"), "{addr}");
            dials.fetch_add(1, Ordering::SeqCst);
            async move { TcpStream::connect(target).await }
        });
        let client = Client::new().transport(transport.clone());
        for number in 0..3 {
            let mut response = client.post("https://far.example/a", "text/plain", number.to_string()).await.unwrap();
            assert_eq!(response.body.text().await.unwrap(), format!("{version} /a {number}"));
        }
        assert_eq!(dialed.swap(0, Ordering::SeqCst), 1, "{version}");
        // The certificate is for another name.
        let error = client.get("https://near.example/").await.unwrap_err().to_string();
        assert!(error.contains("x509: "), "{error}");
        assert_eq!(dialed.swap(0, Ordering::SeqCst), 1, "{version}");
        transport.close_idle_connections();
    }
    served.shutdown().await;
}
