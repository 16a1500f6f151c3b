//! TLS from PEM files: the server's certificate, whose certificates clients may show, and the way to Redis.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::StartError;
use crate::config::{ClientCertificates, StoreTls, Tls};
use crate::queue::redis::RedisTls;

/// Reads the files, so that a mistake in them is told before anything uses them.
///
/// # Errors
/// [`StartError::Tls`] with the file.
pub(super) fn read(tls: &Tls) -> Result<Arc<ServerConfig>, StartError> {
    let chain = certificates(&tls.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| unusable(&tls.key, error))?;
    let builder = match &tls.clients {
        None => ServerConfig::builder().with_no_client_auth(),
        Some(clients) => ServerConfig::builder().with_client_cert_verifier(verifier(clients)?),
    };
    let mut config =
        builder.with_single_cert(chain, key).map_err(|error| unusable(&tls.certificate, error))?;
    config.alpn_protocols.push(b"h2".to_vec());
    Ok(Arc::new(config))
}

/// Reads the files for the way to Redis.
///
/// # Errors
/// [`StartError::Tls`] with the file.
pub(super) fn for_store(tls: &StoreTls) -> Result<RedisTls, StartError> {
    let bytes = |path: &Path| std::fs::read(path).map_err(|error| unusable(path, error));
    let trusted = |path: &Path| certificates(path).and_then(|_| bytes(path));
    let own = |(certificate, key): &(PathBuf, PathBuf)| -> Result<_, StartError> {
        certificates(certificate)?;
        PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, error))?;
        Ok((bytes(certificate)?, bytes(key)?))
    };
    Ok(RedisTls {
        authorities: tls.authorities.as_deref().map(trusted).transpose()?,
        identity: tls.identity.as_ref().map(own).transpose()?,
    })
}

fn verifier(clients: &ClientCertificates) -> Result<Arc<dyn ClientCertVerifier>, StartError> {
    let path = &clients.authorities;
    let mut authorities = RootCertStore::empty();
    for certificate in certificates(path)? {
        authorities.add(certificate).map_err(|error| unusable(path, error))?;
    }
    let verifier = WebPkiClientVerifier::builder(Arc::new(authorities));
    let verifier = if clients.are_required { verifier } else { verifier.allow_unauthenticated() };
    verifier.build().map_err(|error| unusable(path, error))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, StartError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let read = read.map_err(|error| unusable(path, error))?;
    if read.is_empty() { Err(unusable(path, "there is no certificate in it")) } else { Ok(read) }
}

fn unusable(path: &Path, error: impl Display) -> StartError {
    StartError::Tls { path: path.display().to_string(), detail: error.to_string() }
}
