//! Who is at the other end of a connection.

use std::sync::Arc;

use tokio_rustls::rustls::pki_types::CertificateDer;
use tonic::codegen::http;
use webpki::EndEntityCert;

use crate::config::Fingerprint;
use crate::rpc::door::Presence;

/// The other end of a connection, known to every call that comes by it.
#[derive(Debug, Clone)]
pub struct Peer {
    presence: Arc<Presence>,
    certificate: Option<Arc<ClientCertificate>>,
}

/// A client certificate that one of the authorities signed, as far as callers are known by it.
#[derive(Debug)]
pub struct ClientCertificate {
    /// SHA-256 of the whole certificate.
    pub(super) fingerprint: Fingerprint,
    /// Its subject alternative names: DNS names and URIs.
    pub(super) names: Vec<String>,
}

impl Peer {
    /// The other end of a connection that was just opened.
    pub fn new(presence: Arc<Presence>, certificate: Option<ClientCertificate>) -> Self {
        Self { presence, certificate: certificate.map(Arc::new) }
    }

    /// That of the connection which a request came by.
    pub fn of<B>(request: &http::Request<B>) -> Option<&Self> {
        request.extensions().get()
    }

    /// What goes on on the connection.
    pub fn presence(&self) -> &Arc<Presence> {
        &self.presence
    }

    /// The certificate that the client showed.
    pub fn certificate(&self) -> Option<&ClientCertificate> {
        self.certificate.as_deref()
    }
}

impl ClientCertificate {
    /// Reads a certificate that was verified.
    pub fn read(certificate: &CertificateDer<'_>) -> Self {
        let names = EndEntityCert::try_from(certificate).map_or_else(
            |_| Vec::new(),
            |read| read.valid_dns_names().chain(read.valid_uri_names()).map(str::to_owned).collect(),
        );
        Self { fingerprint: Fingerprint::of(certificate), names }
    }
}
