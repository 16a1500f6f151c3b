//! Who is known here, and how.
//!
//! Tokens and certificates are known by their SHA-256 alone, so a configuration that leaks gives nobody away. A token that
//! is presented is compared with every one, each in constant time, so that the time taken tells nothing. Certificates
//! are no secrets: what proves a client is its key, which TLS has checked by then.
//!
//! The registry can be replaced while calls are served. Whoever is not in the new one as in the old one is revoked: its next
//! call is refused, and its open streams end.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tonic::Status;
use tonic::metadata::MetadataMap;

use super::{Caller, ClientCertificate};
use crate::config::{Credential, Fingerprint, Principal};
use crate::domain::SiteName;
use crate::rpc::status;

/// The callers of one server, and the sites it serves.
pub struct Registry {
    known: ArcSwap<Vec<Arc<Entry>>>,
    sites: Arc<[SiteName]>,
}

/// Somebody who is known.
#[derive(Debug)]
pub(super) struct Entry {
    principal: Principal,
    revoked: watch::Sender<bool>,
}

impl Entry {
    fn new(principal: Principal) -> Arc<Self> {
        Arc::new(Self { principal, revoked: watch::Sender::new(false) })
    }

    pub(super) fn principal(&self) -> &Principal {
        &self.principal
    }

    pub(super) async fn revoked(&self) {
        let mut revoked = self.revoked.subscribe();
        let _ = revoked.wait_for(|revoked| *revoked).await;
    }
}

impl Registry {
    /// The callers of a server of `sites`.
    pub fn new(principals: Vec<Principal>, sites: Vec<SiteName>) -> Self {
        let known = principals.into_iter().map(Entry::new).collect();
        Self { known: ArcSwap::from_pointee(known), sites: sites.into() }
    }

    /// Puts others in place of those known; how many were revoked.
    pub fn replace(&self, principals: Vec<Principal>) -> usize {
        let before = self.known.load_full();
        let kept = |principal: &Principal| before.iter().find(|entry| entry.principal == *principal);
        let after: Vec<_> = principals
            .into_iter()
            .map(|principal| kept(&principal).map_or_else(|| Entry::new(principal.clone()), Arc::clone))
            .collect();
        let gone: Vec<_> =
            before.iter().filter(|entry| !after.iter().any(|kept| Arc::ptr_eq(entry, kept))).collect();
        self.known.store(Arc::new(after.clone()));
        for entry in &gone {
            entry.revoked.send_replace(true);
        }
        gone.len()
    }

    /// Who makes a call with these headers on a connection with this certificate.
    ///
    /// # Errors
    /// UNAUTHENTICATED.
    pub(super) fn caller(
        &self,
        metadata: &MetadataMap,
        certificate: Option<&ClientCertificate>,
    ) -> Result<Caller, Status> {
        let known = self.known.load();
        let entry = match (metadata.get("authorization"), certificate) {
            (None, Some(certificate)) => {
                let entry = known.iter().find(|entry| entry.principal.credential.is_proved_by(certificate));
                entry.ok_or_else(status::certificate_unknown)?
            }
            _ => with_token(&known, bearer(metadata)?).ok_or_else(status::token_unknown)?,
        };
        Ok(Caller { entry: Arc::clone(entry), sites: Arc::clone(&self.sites) })
    }
}

fn with_token<'k>(known: &'k [Arc<Entry>], token: &str) -> Option<&'k Arc<Entry>> {
    let presented = Credential::Token(Fingerprint::of(token.as_bytes()));
    known.iter().fold(
        None,
        |found, entry| {
            if entry.principal.credential == presented { Some(entry) } else { found }
        },
    )
}

impl Credential {
    fn is_proved_by(&self, certificate: &ClientCertificate) -> bool {
        match self {
            Self::Token(_) => false,
            Self::Certificate(fingerprint) => *fingerprint == certificate.fingerprint,
            Self::AltName(name) => certificate.names.contains(name),
        }
    }
}

fn bearer(metadata: &MetadataMap) -> Result<&str, Status> {
    let header = metadata.get("authorization").and_then(|value| value.to_str().ok());
    let (scheme, token) = header.and_then(|value| value.trim().split_once(' ')).unwrap_or_default();
    let token = token.trim_start();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(token)
    } else {
        Err(status::token_missing())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tonic::metadata::MetadataMap;

    use super::*;
    use crate::config::Role;

    fn known_by(name: &str, credential: Credential) -> Principal {
        Principal {
            name: name.into(),
            credential,
            roles: vec![Role::Portal],
            sites: vec![],
            may_act_for: false,
        }
    }

    fn token(name: &str, secret: &str) -> Principal {
        known_by(name, Credential::Token(Fingerprint::of(secret.as_bytes())))
    }

    fn named(registry: &Registry, secret: &str) -> Option<Caller> {
        let mut metadata = MetadataMap::new();
        metadata.insert("authorization", format!("Bearer {secret}").parse().unwrap());
        registry.caller(&metadata, None).ok()
    }

    #[test]
    fn a_token_may_be_replaced_by_another_of_the_same_name() {
        let (old, new) = (token("shop", "old"), token("shop", "new"));
        let registry = Registry::new(vec![old.clone()], vec![]);
        assert_eq!(registry.replace(vec![old, new.clone()]), 0);
        let (by_old, by_new) = (named(&registry, "old").unwrap(), named(&registry, "new").unwrap());
        assert_eq!((by_old.name(), by_new.name()), ("shop", "shop"));
        assert_eq!(registry.replace(vec![new]), 1);
        assert!(named(&registry, "old").is_none() && named(&registry, "new").is_some());
        assert!(by_old.revoked().now_or_never().is_some());
        assert!(by_new.revoked().now_or_never().is_none(), "its streams go on");
    }

    #[test]
    fn whoever_may_do_something_else_now_is_another() {
        let registry = Registry::new(vec![token("shop", "s")], vec![]);
        let before = named(&registry, "s").unwrap();
        registry.replace(vec![Principal { roles: vec![Role::Admin], ..token("shop", "s") }]);
        assert!(before.revoked().now_or_never().is_some());
        assert!(named(&registry, "s").unwrap().require(&[Role::Admin]).is_ok());
    }

    #[test]
    fn a_certificate_counts_where_no_token_is_sent() {
        let certificate =
            ClientCertificate { fingerprint: Fingerprint::of(b"der"), names: vec!["spiffe://a/b".into()] };
        let by_print = known_by("print", Credential::Certificate(Fingerprint::of(b"der")));
        let by_name = known_by("name", Credential::AltName("spiffe://a/b".into()));
        let other = known_by("other", Credential::AltName("spiffe://a".into()));
        let caller = |known: &[&Principal], metadata: &MetadataMap| {
            let registry = Registry::new(known.iter().copied().cloned().collect(), vec![]);
            registry.caller(metadata, Some(&certificate)).ok().map(|caller| caller.name().to_owned())
        };
        let bare = MetadataMap::new();
        assert_eq!(caller(&[&other, &by_print], &bare).as_deref(), Some("print"));
        assert_eq!(caller(&[&other, &by_name], &bare).as_deref(), Some("name"));
        assert_eq!(caller(&[&other], &bare), None);
        let mut wrong = MetadataMap::new();
        wrong.insert("authorization", "Bearer guessed".parse().unwrap());
        assert_eq!(caller(&[&by_print], &wrong), None, "a wrong token is not made good by a certificate");
        let fingerprint_as_token = token("token", "der");
        assert_eq!(caller(&[&fingerprint_as_token], &bare), None);
    }
}
