//! The errors of TLS handshakes in Go's words.

use std::io;

use rustls::pki_types::{ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

use super::error::io_text;
use crate::time;

/// What Go says for a handshake that has failed.
pub(super) fn handshake_text(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match inner {
        Some(Error::InvalidCertificate(wrong)) => format!("tls: failed to verify certificate: x509: {}", x509(wrong)),
        Some(Error::AlertReceived(alert)) => format!("remote error: tls: {}", alert_text(*alert)),
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
            "tls: first record does not look like a TLS handshake".to_owned()
        }
        Some(error) => format!("tls: {error}"),
        None if error.kind() == io::ErrorKind::UnexpectedEof => "EOF".to_owned(),
        None => io_text(error),
    }
}

/// What Go's package `crypto/x509` says for a certificate that does not do.
fn x509(wrong: &CertificateError) -> String {
    let expired = "certificate has expired or is not yet valid";
    match wrong {
        // The second one is that of an issuer who only has the name of a known one.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "certificate signed by unknown authority".to_owned()
        }
        CertificateError::ExpiredContext { time, not_after } => {
            format!("{expired}: current time {} is after {}", date(*time), date(*not_after))
        }
        CertificateError::NotValidYetContext { time, not_before } => {
            format!("{expired}: current time {} is before {}", date(*time), date(*not_before))
        }
        CertificateError::NotValidForNameContext { expected, presented } => name_text(expected, presented),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "certificate specifies an incompatible key usage".to_owned()
        }
        wrong => wrong.to_string(),
    }
}

/// What Go says where a certificate is somebody else's.
fn name_text(expected: &ServerName<'_>, presented: &[String]) -> String {
    // rustls shows names as `DnsName("a.org")` and `IpAddress(1.2.3.4)`.
    let is_ip = |name: &str| name.starts_with("IpAddress");
    let bare = |name: &String| {
        let inner = name.split_once('(').map_or(name.as_str(), |(_, inner)| inner.trim_end_matches(')'));
        inner.trim_matches('"').to_owned()
    };
    let expected_text = expected.to_str();
    let wants_ip = matches!(expected, ServerName::IpAddress(_));
    let names: Vec<String> = presented.iter().filter(|name| is_ip(name) == wants_ip).map(bare).collect();
    match (wants_ip, names.is_empty()) {
        (true, true) => {
            format!("cannot validate certificate for {expected_text} because it doesn't contain any IP SANs")
        }
        (false, true) => format!("certificate is not valid for any names, but wanted to match {expected_text}"),
        (_, false) => format!("certificate is valid for {}, not {expected_text}", names.join(", ")),
    }
}

/// A time as certificates' errors show it.
fn date(at: UnixTime) -> String {
    time::unix(i64::try_from(at.as_secs()).unwrap_or(i64::MAX), 0).utc().format(time::RFC3339)
}

/// What Go says for an alert of the other side.
fn alert_text(alert: AlertDescription) -> String {
    let text = match alert {
        AlertDescription::BadCertificate => "bad certificate",
        AlertDescription::CertificateExpired => "expired certificate",
        AlertDescription::CertificateRequired => "certificate required",
        AlertDescription::CertificateUnknown => "unknown certificate",
        AlertDescription::DecryptError => "error decrypting message",
        AlertDescription::HandshakeFailure => "handshake failure",
        AlertDescription::InternalError => "internal error",
        AlertDescription::NoApplicationProtocol => "no application protocol",
        AlertDescription::ProtocolVersion => "protocol version not supported",
        AlertDescription::UnknownCA => "unknown certificate authority",
        AlertDescription::UnrecognisedName => "unrecognized name",
        other => return format!("{other:?}"),
    };
    text.to_owned()
}
