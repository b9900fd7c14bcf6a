//! TLS towards mail servers: whom to trust, and what is wrong with a certificate, in words. Used for IMAP and SMTP.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig};
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Why there is no TLS connection.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of trust anchors is of no use.
    #[error("the file of trust anchors {} cannot be used: {reason}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Neither the operating system nor the settings name a trust anchor.
    #[error("there are no trust anchors: install the package ca-certificates, or set `ca_file`")]
    NoAnchors,
    /// The host in the settings can be no name in a certificate.
    #[error("`{0}` is neither a host name nor an address")]
    BadHost(String),
    /// The certificate is not accepted.
    #[error("{0}")]
    Certificate(String),
    /// What answers at the port does not speak TLS.
    #[error("what {0} answers is not TLS; is it the right port, or should `tls` be \"starttls\"?")]
    NotTls(String),
    /// The handshake failed for another reason.
    #[error("TLS with {host} failed: {reason}")]
    Handshake {
        /// The host.
        host: String,
        /// What the TLS library said.
        reason: String,
    },
}

/// What a client trusts: the operating system's anchors and, beside them, those of a PEM file. Reads both anew, so that
/// a renewed authority is known at the next connection. Blocks on files for some milliseconds.
///
/// # Errors
/// [`TlsError::CaFile`] and [`TlsError::NoAnchors`].
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let anchors = ca_file.map(read_anchors).transpose()?.unwrap_or_default();
    let refused = |error: rustls::Error| match ca_file {
        Some(path) => TlsError::CaFile { path: path.to_owned(), reason: error.to_string() },
        None => TlsError::NoAnchors,
    };
    let verifier = Verifier::new_with_extra_roots(anchors, Arc::clone(&provider)).map_err(refused)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsError::NoAnchors)?
        .dangerous() // The name of the call; the verifier is the full check.
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn read_anchors(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unusable = |reason: String| TlsError::CaFile { path: path.to_owned(), reason };
    let anchors: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<_, _>>)
        .map_err(|error| unusable(error.to_string()))?;
    if anchors.is_empty() {
        return Err(unusable("it holds no certificate in PEM form".into()));
    }
    Ok(anchors)
}

/// Begins TLS on a connection to `host`, whose certificate must be for this name.
///
/// # Errors
/// [`TlsError`] but for those about trust anchors.
pub async fn connect(
    config: Arc<ClientConfig>,
    host: &str,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, TlsError> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| TlsError::BadHost(host.into()))?;
    TlsConnector::from(config).connect(name, stream).await.map_err(|error| explain(host, &error))
}

fn explain(host: &str, error: &std::io::Error) -> TlsError {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(reason)) => TlsError::Certificate(in_words(host, reason)),
        Some(rustls::Error::InvalidMessage(_)) => TlsError::NotTls(host.into()),
        Some(other) => TlsError::Handshake { host: host.into(), reason: other.to_string() },
        None => TlsError::Handshake { host: host.into(), reason: error.to_string() },
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is not named here has words of its own in the library"
)]
fn in_words(host: &str, reason: &CertificateError) -> String {
    match reason {
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = presented.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", ");
            let names = if names.is_empty() { "no name at all".to_owned() } else { names };
            format!(
                "the server's certificate is for {names}, and not for {host}, which the settings name as host"
            )
        }
        CertificateError::NotValidForName => format!("the server's certificate is not for {host}"),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!("the certificate of {host} has expired")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("the certificate of {host} is not valid yet; is this machine's clock right?")
        }
        CertificateError::UnknownIssuer => format!(
            "the certificate of {host} comes from an authority that is not trusted here; if it is the company's \
             own, name its certificate with `ca_file`"
        ),
        CertificateError::Revoked => format!("the certificate of {host} has been revoked"),
        other => format!("the certificate of {host} is not accepted: {other}"),
    }
}

/// `DnsName("imap.example")` as `imap.example`.
fn plain(name: &str) -> &str {
    name.split('"').nth(1).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_anchors_that_is_none_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (path, reason) in [(file.path(), "no certificate"), (Path::new("/nowhere.pem"), "/nowhere.pem")] {
            let error = client_config(Some(path)).unwrap_err().to_string();
            assert!(error.contains(path.to_str().unwrap()) && error.contains(reason), "{error}");
        }
    }

    #[test]
    fn both_names_are_said() {
        let reason = CertificateError::NotValidForNameContext {
            expected: ServerName::try_from("imap.minem.example").unwrap(),
            presented: vec!["DnsName(\"mail.minem.example\")".into(), "IpAddress(10.0.0.1)".into()],
        };
        let words = in_words("imap.minem.example", &reason);
        assert!(
            words.contains("for mail.minem.example, IpAddress(10.0.0.1), and not for imap.minem.example")
        );
    }
}
