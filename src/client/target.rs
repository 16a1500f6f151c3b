//! Which server to speak to, and how.

use std::error::Error;
use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity, Uri};

/// Where `modqueue` listens when nothing else is said.
const DEFAULT_PORT: u16 = 50051;

/// A server's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: String,
    host: String,
    ca_file: Option<PathBuf>,
    certificate: Option<CertificateFiles>,
}

/// A client certificate, for servers that ask for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// PEM file of the certificate, and of those between it and an authority that the server knows.
    pub certificate: PathBuf,
    /// PEM file of its key.
    pub key: PathBuf,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The address cannot be read.
    #[error("`{0}` is not a server's address; write it as http://HOST:PORT, https://HOST:PORT or HOST:PORT")]
    NotAnAddress(String),
    /// Certificates or a key cannot be read.
    #[error("cannot read the PEM file {path}: {cause}")]
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// Nobody answers.
    #[error("cannot reach {url}: {cause}")]
    Unreachable {
        /// The address.
        url: String,
        /// The innermost reason.
        cause: String,
    },
}

impl Target {
    /// Reads `http://HOST:PORT`, `https://HOST:PORT` or `HOST[:PORT]`; the last means TLS when there is a `ca_file` with
    /// the certificates (PEM) to trust. Without one, TLS trusts the well-known authorities.
    pub fn parse(server: &str, ca_file: Option<PathBuf>) -> Result<Self, TargetError> {
        let refused = || TargetError::NotAnAddress(server.to_owned());
        let scheme = if ca_file.is_some() { "https" } else { "http" };
        let spelled = if server.contains("://") { server.to_owned() } else { format!("{scheme}://{server}") };
        let uri: Uri = spelled.parse().map_err(|_| refused())?;
        let scheme = uri.scheme_str().filter(|s| ["http", "https"].contains(s)).ok_or_else(refused)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(refused)?;
        let port = uri.port_u16().unwrap_or(DEFAULT_PORT);
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let bare = uri.path_and_query().is_none_or(|path| path.as_str() == "/");
        // What else an authority can have, such as a user or a port that is no number, would be dropped in silence.
        if !bare || (authority != host && authority != format!("{host}:{port}")) {
            return Err(refused());
        }
        let url = format!("{scheme}://{host}:{port}");
        Ok(Self { url, host: host.trim_matches(['[', ']']).to_owned(), ca_file, certificate: None })
    }

    /// The same server, to which this client certificate is shown.
    pub fn with_certificate(self, certificate: Option<CertificateFiles>) -> Self {
        Self { certificate, ..self }
    }

    /// The address in full.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the server is this machine: only then may tokens found on it be sent.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Whether what is sent can be read on the way.
    pub fn is_plain(&self) -> bool {
        self.url.starts_with("http://")
    }

    pub(super) async fn connect(&self, patience: Duration) -> Result<Channel, TargetError> {
        let mut endpoint = Endpoint::from_shared(self.url.clone())
            .map_err(|_| TargetError::NotAnAddress(self.url.clone()))?
            .connect_timeout(patience)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(Duration::from_secs(30))
            .user_agent(concat!("modctl/", env!("CARGO_PKG_VERSION")))
            .map_err(|error| self.unreachable(&error))?;
        if !self.is_plain() {
            endpoint = endpoint.tls_config(self.tls()?).map_err(|error| self.unreachable(&error))?;
        }
        endpoint.connect().await.map_err(|error| self.unreachable(&error))
    }

    fn tls(&self) -> Result<ClientTlsConfig, TargetError> {
        let read = |path: &PathBuf| {
            fs::read(path).map_err(|cause| TargetError::CaFile { path: path.clone(), cause })
        };
        let tls = match &self.ca_file {
            None => ClientTlsConfig::new().with_webpki_roots(),
            Some(path) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read(path)?)),
        };
        match &self.certificate {
            None => Ok(tls),
            Some(files) => Ok(tls.identity(Identity::from_pem(read(&files.certificate)?, read(&files.key)?))),
        }
    }

    fn unreachable(&self, error: &dyn Error) -> TargetError {
        let mut innermost = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        TargetError::Unreachable { url: self.url.clone(), cause: innermost.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(server: &str) -> Option<String> {
        Target::parse(server, None).ok().map(|target| target.url)
    }

    #[test]
    fn a_server_can_be_spelled_with_and_without_scheme_and_port() {
        assert_eq!(url("127.0.0.1:7000").as_deref(), Some("http://127.0.0.1:7000"));
        assert_eq!(url("queue.example").as_deref(), Some("http://queue.example:50051"));
        assert_eq!(url("https://queue.example/").as_deref(), Some("https://queue.example:50051"));
        assert_eq!(url("[::1]:7000").as_deref(), Some("http://[::1]:7000"));
    }

    #[test]
    fn a_host_without_scheme_means_tls_once_certificates_are_named() {
        let target = Target::parse("queue.example:7000", Some("ca.pem".into())).unwrap();
        assert_eq!(target.url(), "https://queue.example:7000");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in
            ["", "http://", "ftp://host:1", "redis://host", "host:port", "http://host/path", "http://me@host"]
        {
            assert!(url(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn only_this_machine_counts_as_loopback() {
        let loopback = |server| Target::parse(server, None).unwrap().is_loopback();
        assert!(loopback("localhost") && loopback("127.0.0.9:1") && loopback("http://[::1]:1"));
        assert!(!loopback("10.0.0.1") && !loopback("localhost.example") && !loopback("127.example:1"));
    }
}
