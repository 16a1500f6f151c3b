//! Taking a changed configuration into the running service: who may call, and the certificates.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use tokio_rustls::rustls::ServerConfig;

use super::{StartError, principals, tls};
use crate::config::Config;
use crate::rpc::auth::Registry;

/// What new connections shake hands with; none: they are in the clear.
pub(super) type CurrentTls = Arc<ArcSwapOption<ServerConfig>>;

/// A hand on what can be changed in a running service.
pub struct Reloader {
    pub(super) running: Config,
    pub(super) registry: Arc<Registry>,
    pub(super) tls: CurrentTls,
}

/// What a reload changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reloaded {
    /// Callers known now.
    pub known: usize,
    /// Callers that were known, and no longer are or are no longer as they were.
    pub revoked: usize,
    /// Something else was changed, too, which takes effect at the next start.
    pub needs_restart: bool,
}

impl Reloader {
    /// Takes over callers, certificates and the files that they are in. All or nothing: an error changes nothing.
    ///
    /// # Errors
    /// Token files or TLS files that cannot be used.
    pub fn reload(&mut self, config: Config) -> Result<Reloaded, StartError> {
        let (known, _) = principals(&config)?;
        let tls = config.tls.as_ref().map(tls::read).transpose()?;
        let rest = Config {
            principals: self.running.principals.clone(),
            tls: self.running.tls.clone(),
            ..config.clone()
        };
        let needs_restart = rest != self.running;
        self.tls.store(tls);
        let reloaded = Reloaded { known: known.len(), revoked: self.registry.replace(known), needs_restart };
        self.running = Config { principals: config.principals, tls: config.tls, ..self.running.clone() };
        Ok(reloaded)
    }
}
