//! A certificate authority of the tests' own.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

/// An authority, and the directory where its files are.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: PathBuf,
}

/// A certificate with its key, as PEM files.
pub struct Issued {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn new(directory: &Path, name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("it signs itself");
        let directory = directory.join(name);
        std::fs::create_dir_all(&directory).expect("a directory");
        std::fs::write(directory.join("ca.pem"), issuer.pem()).expect("it can be written");
        Self { issuer, directory }
    }

    /// Its own certificate.
    pub fn file(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// A certificate for these DNS names and URIs.
    pub fn issue(&self, file: &str, names: &[&str]) -> Issued {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        let name = |name: &&str| {
            let text = (*name).try_into().expect("plain ASCII");
            if name.contains(':') { SanType::URI(text) } else { SanType::DnsName(text) }
        };
        params.subject_alt_names = names.iter().map(name).collect();
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("it is signed");
        let path = |end: &str| self.directory.join(format!("{file}.{end}"));
        let issued = Issued { certificate: path("pem"), key: path("key") };
        std::fs::write(&issued.certificate, certificate.pem()).expect("it can be written");
        std::fs::write(&issued.key, key.serialize_pem()).expect("it can be written");
        issued
    }

    /// A channel to `localhost` at the port of `address` that trusts this authority alone and shows `client`.
    pub async fn connect(
        &self,
        address: &str,
        client: Option<&Issued>,
    ) -> Result<Channel, tonic::transport::Error> {
        let read = |path: &Path| std::fs::read(path).expect("a PEM file");
        let mut tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(self.issuer.pem()))
            .domain_name("localhost");
        if let Some(Issued { certificate, key }) = client {
            tls = tls.identity(Identity::from_pem(read(certificate), read(key)));
        }
        Endpoint::from_shared(format!("https://{address}"))?.tls_config(tls)?.connect().await
    }
}
