//! TLS for the server, by rustls.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::conn::ConnInfo;
use super::io::Stream;
use super::shared::Shared;
use crate::http::error::{Error, io_text};
use crate::http::race::{First, first};
use crate::time;

/// How long a handshake may take if the head of a request may take for ever.
const HANDSHAKE: time::Duration = time::Duration::from_secs(30);

/// An acceptor for a certificate chain and a key in PEM files; it offers HTTP/2.
pub(super) fn acceptor(cert_file: &str, key_file: &str) -> Result<TlsAcceptor, Error> {
    let certs = CertificateDer::pem_file_iter(cert_file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| Error::wrap(format!("tls: {cert_file}"), error))?;
    let key = PrivateKeyDer::from_pem_file(key_file).map_err(|error| Error::wrap(format!("tls: {key_file}"), error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_no_client_auth())
        .and_then(|builder| builder.with_single_cert(certs, key));
    let mut config = config.map_err(|error| Error::wrap("tls", error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Shakes hands with a client; an error goes to the log.
pub(super) async fn handshake(
    shared: &Arc<Shared>,
    stream: TcpStream,
    acceptor: TlsAcceptor,
    info: &ConnInfo,
) -> Option<Stream> {
    let limit = shared.config().times.header.unwrap_or(HANDSHAKE);
    let ended = first(shared.ending().recv(), time::sleep(limit));
    let error = match first(acceptor.accept(stream), ended).await {
        First::Left(Ok(stream)) => return Some(Stream::Tls(Box::new(stream))),
        First::Left(Err(error)) => error,
        First::Right(First::Left(_)) => return None,
        First::Right(First::Right(())) => io::Error::new(io::ErrorKind::TimedOut, "i/o timeout"),
    };
    shared.log(&format!("http: TLS handshake error from {}: {}", info.remote_addr, io_text(&error)));
    None
}
