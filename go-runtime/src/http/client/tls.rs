//! TLS for the client, by rustls.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::hook::Socket;
use crate::http::error::Error;
use crate::http::tls::handshake_text;

/// The configuration that trusts what the machine trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` say otherwise), and offers
/// HTTP/2.
pub(super) fn default_config() -> Result<Arc<ClientConfig>, Error> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(Arc::clone(config));
    }
    let mut roots = RootCertStore::empty();
    // A certificate that cannot be read vouches for nobody.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = with_roots(roots)?;
    Ok(Arc::clone(CONFIG.get_or_init(|| config)))
}

/// A configuration that trusts `roots`, and offers HTTP/2.
pub(super) fn with_roots(roots: RootCertStore) -> Result<Arc<ClientConfig>, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::wrap("tls", error))?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Shakes hands with a server that has to prove that it is `host`.
pub(super) async fn shake_hands(
    config: Arc<ClientConfig>,
    host: &str,
    stream: Socket,
) -> Result<TlsStream<Socket>, Error> {
    let name = ServerName::try_from(host.to_owned()).map_err(|error| Error::wrap("tls", error))?;
    let shaken = TlsConnector::from(config).connect(name, stream).await;
    shaken.map_err(|error| {
        let text = handshake_text(&error);
        Error::with_text(text, error)
    })
}
