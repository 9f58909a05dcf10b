//! TLS for the server, by rustls.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::conn::ConnInfo;
use super::shared::Shared;
use crate::http::error::Error;
use crate::http::race::{First, first};
use crate::http::stream::Stream;
use crate::http::tls::handshake_text;
use crate::time;

/// How long a handshake may take if the head of a request may take for ever.
const HANDSHAKE: time::Duration = time::Duration::from_secs(30);
/// The answer to a client that does not encrypt.
const TO_PLAIN: &[u8] = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

/// An acceptor for a certificate chain and a key in PEM files; it offers HTTP/2.
pub(super) fn acceptor(cert_file: &str, key_file: &str) -> Result<TlsAcceptor, Error> {
    let certs = CertificateDer::pem_file_iter(cert_file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| pem_error("certificate", cert_file, error))?;
    if certs.is_empty() {
        return Err(pem_error("certificate", cert_file, pem::Error::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_file(key_file).map_err(|error| pem_error("key", key_file, error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_no_client_auth())
        .and_then(|builder| builder.with_single_cert(certs, key));
    let mut config = config.map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            Error::with_text("tls: private key does not match public key".to_owned(), error)
        }
        error => Error::wrap("tls", error),
    })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// What Go says for a file that has no certificate or key.
fn pem_error(what: &str, file: &str, error: pem::Error) -> Error {
    match error {
        pem::Error::Io(error) => Error::io(format!("open {file}"), error),
        pem::Error::NoItemsFound => {
            Error::with_text(format!("tls: failed to find any PEM data in {what} input"), error)
        }
        error => Error::wrap(format!("tls: {file}"), error),
    }
}

/// Shakes hands with a client; an error goes to the log.
pub(super) async fn handshake(
    shared: &Arc<Shared>,
    stream: TcpStream,
    acceptor: TlsAcceptor,
    info: &ConnInfo,
) -> Option<Stream<TcpStream>> {
    let limit = shared.config().times.header.unwrap_or(HANDSHAKE);
    let ended = first(shared.ending().recv(), time::sleep(limit));
    let text = match first(shake(stream, acceptor), ended).await {
        First::Left(Ok(stream)) => return Some(stream),
        First::Left(Err(text)) => text,
        First::Right(First::Left(_)) => return None,
        First::Right(First::Right(())) => "i/o timeout".to_owned(),
    };
    shared.log(&format!("http: TLS handshake error from {}: {text}", info.remote_addr));
    None
}

/// Shakes hands; what went wrong is said as Go does.
async fn shake(mut stream: TcpStream, acceptor: TlsAcceptor) -> Result<Stream<TcpStream>, String> {
    let mut start = [0; 1];
    // A handshake's first byte is no letter. What a broken connection says is heard again by the handshake.
    if stream.peek(&mut start).await.is_ok() && start[0].is_ascii_uppercase() {
        // The client is gone if it cannot be told. What it has sent is read first: bytes that nobody reads would reset
        // the connection, and the answer with it.
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(TO_PLAIN).await;
        return Err("client sent an HTTP request to an HTTPS server".to_owned());
    }
    match acceptor.accept(stream).await {
        Ok(stream) => Ok(Stream::Tls(Box::new(stream.into()))),
        Err(error) => Err(handshake_text(&error)),
    }
}
