//! Who calls, what they may do, and on which site.
//!
//! A caller proves itself with a token or with a client certificate (`registry.rs`). A call that carries a token counts as
//! the token's, whatever certificate its connection has.
//!
//! Architecture invariant: the [`Caller`] is the only source of a [`SiteName`] and of a reviewer's name for
//! the handlers; there is no other way from a request to a site.

mod peer;
mod registry;

use std::sync::Arc;

use tonic::service::Interceptor;
use tonic::{Request, Status};

use super::convert::Check;
use super::status;
use crate::config::{Principal, Role};
use crate::domain::SiteName;
use registry::Entry;

pub use peer::{ClientCertificate, Peer};
pub use registry::Registry;

/// Bytes of a moderator's name.
const MAX_REVIEWER: usize = 128;

/// Whoever made a call.
#[derive(Debug, Clone)]
pub struct Caller {
    entry: Arc<Entry>,
    sites: Arc<[SiteName]>,
}

/// The interceptor before a service: lets callers in that have one of its roles.
#[derive(Clone)]
pub struct Gate {
    registry: Arc<Registry>,
    roles: &'static [Role],
}

impl Gate {
    /// A gate for callers that have one of `roles`.
    pub fn new(registry: Arc<Registry>, roles: &'static [Role]) -> Self {
        Self { registry, roles }
    }
}

impl Interceptor for Gate {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let certificate = request.extensions().get::<Peer>().and_then(Peer::certificate);
        let caller = self.registry.caller(request.metadata(), certificate)?;
        caller.require(self.roles)?;
        request.extensions_mut().insert(caller);
        Ok(request)
    }
}

impl Caller {
    /// Takes a request apart into its caller and its message.
    ///
    /// # Errors
    /// INTERNAL when no gate stands before the service.
    pub fn of<T>(request: Request<T>) -> Result<(Self, T), Status> {
        let (_, mut extensions, message) = request.into_parts();
        let caller = extensions.remove::<Self>();
        Ok((caller.ok_or_else(|| status::internal("a service without a gate was called"))?, message))
    }

    /// The caller's name, for history and log.
    pub fn name(&self) -> &str {
        &self.principal().name
    }

    /// Waits until the caller is no longer known here, or no longer as it was.
    pub async fn revoked(self) {
        self.entry.revoked().await;
    }

    fn principal(&self) -> &Principal {
        self.entry.principal()
    }

    /// Refuses a caller that has none of `roles`.
    ///
    /// # Errors
    /// PERMISSION_DENIED.
    pub fn require(&self, roles: &[Role]) -> Result<(), Status> {
        if self.principal().roles.iter().any(|role| roles.contains(role)) {
            Ok(())
        } else {
            Err(status::role_missing(self.name(), roles))
        }
    }

    /// The site that a request is about: the one named, or the only one that this caller may touch.
    ///
    /// # Errors
    /// A site that the caller may not touch, that is not served, or that had to be named.
    pub fn site(&self, named: &str) -> Result<SiteName, Status> {
        if named.is_empty() {
            return self.only_site();
        }
        match self.sites.iter().find(|site| site.as_str() == named) {
            Some(site) if self.may_touch(site) => Ok(site.clone()),
            _ if !self.principal().sites.is_empty() => Err(status::site_forbidden(self.name(), named)),
            _ => {
                let mut check = Check::default();
                check.site("site", named);
                check.finish()?;
                Err(status::site_unknown(named))
            }
        }
    }

    fn only_site(&self) -> Result<SiteName, Status> {
        let mut allowed = self.sites.iter().filter(|site| self.may_touch(site));
        match (allowed.next(), allowed.next()) {
            (Some(site), None) => Ok(site.clone()),
            (None, _) => Err(status::site_forbidden(self.name(), "")),
            (Some(_), Some(_)) => {
                let mut check = Check::default();
                check.note("site", "is required: this token may touch several sites; name one of them");
                check.take(None)
            }
        }
    }

    fn may_touch(&self, site: &SiteName) -> bool {
        self.principal().sites.is_empty() || self.principal().sites.contains(site)
    }

    /// The moderator who acts: the one named, or the caller's own name.
    ///
    /// # Errors
    /// Another name than the caller's, when it may not act for others; one that is too long.
    pub fn reviewer(&self, named: String) -> Result<String, Status> {
        if named.is_empty() || named == self.principal().name {
            return Ok(self.principal().name.clone());
        }
        let mut check = Check::default();
        let named = check.text("reviewer", named, MAX_REVIEWER);
        check.finish()?;
        if self.principal().may_act_for {
            Ok(named)
        } else {
            Err(status::reviewer_forbidden(self.name(), &named))
        }
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt;

    use super::*;
    use crate::config::{Credential, Fingerprint};

    fn site(name: &str) -> SiteName {
        SiteName::new(name).unwrap()
    }

    fn token(name: &str, roles: &[Role], sites: &[&str]) -> Principal {
        Principal {
            name: name.into(),
            credential: Credential::Token(Fingerprint::of(format!("secret-{name}").as_bytes())),
            roles: roles.to_vec(),
            sites: sites.iter().map(|name| site(name)).collect(),
            may_act_for: false,
        }
    }

    fn registry() -> Arc<Registry> {
        let tokens = vec![
            token("shop", &[Role::Portal], &["news"]),
            token("desk", &[Role::Moderator], &[]),
            token("both", &[Role::Portal, Role::Moderator], &["news", "blog"]),
            Principal { may_act_for: true, ..token("proxy", &[Role::Moderator], &[]) },
        ];
        Arc::new(Registry::new(tokens, vec![site("news"), site("blog")]))
    }

    fn call(roles: &'static [Role], header: Option<&str>) -> Result<Caller, Status> {
        let mut request = Request::new(());
        if let Some(header) = header {
            request.metadata_mut().insert("authorization", header.parse().unwrap());
        }
        let admitted = Gate::new(registry(), roles).call(request)?;
        Caller::of(admitted).map(|(caller, ())| caller)
    }

    fn reason(refused: Status) -> String {
        refused.get_details_error_info().unwrap().reason
    }

    #[test]
    fn a_token_with_the_role_comes_in_whatever_the_case_of_the_scheme() {
        for header in ["Bearer secret-shop", "bearer secret-shop", "BEARER  secret-shop"] {
            assert_eq!(call(&[Role::Portal], Some(header)).unwrap().name(), "shop", "{header}");
        }
    }

    #[test]
    fn what_is_no_token_is_told_apart() {
        for header in [None, Some("secret-shop"), Some("Basic secret-shop"), Some("Bearer "), Some("Bearer")]
        {
            assert_eq!(reason(call(&[Role::Portal], header).unwrap_err()), "TOKEN_MISSING", "{header:?}");
        }
        assert_eq!(reason(call(&[Role::Portal], Some("Bearer nobody")).unwrap_err()), "TOKEN_UNKNOWN");
    }

    #[test]
    fn no_role_implies_another() {
        assert_eq!(reason(call(&[Role::Portal], Some("Bearer secret-desk")).unwrap_err()), "ROLE_MISSING");
        assert_eq!(reason(call(&[Role::Moderator], Some("Bearer secret-shop")).unwrap_err()), "ROLE_MISSING");
        assert!(call(&[Role::Admin, Role::Moderator], Some("Bearer secret-desk")).is_ok());
    }

    #[test]
    fn a_site_may_be_left_out_only_when_there_is_one() {
        let shop = call(&[Role::Portal], Some("Bearer secret-shop")).unwrap();
        assert_eq!(shop.site("").unwrap(), site("news"));
        for header in ["Bearer secret-desk", "Bearer secret-both"] {
            let refused = call(&[Role::Moderator], Some(header)).unwrap().site("").unwrap_err();
            let fields = refused.get_details_bad_request().unwrap().field_violations;
            assert_eq!(fields[0].field, "site", "{header}");
        }
    }

    #[test]
    fn a_bound_token_learns_nothing_of_other_sites() {
        let shop = call(&[Role::Portal], Some("Bearer secret-shop")).unwrap();
        for named in ["blog", "nowhere", "Not A Name"] {
            assert_eq!(reason(shop.site(named).unwrap_err()), "SITE_FORBIDDEN", "{named}");
        }
    }

    #[test]
    fn a_free_token_is_told_that_a_site_is_unknown_or_no_name() {
        let desk = call(&[Role::Moderator], Some("Bearer secret-desk")).unwrap();
        assert_eq!(desk.site("blog").unwrap(), site("blog"));
        assert_eq!(reason(desk.site("nowhere").unwrap_err()), "SITE_UNKNOWN");
        assert_eq!(reason(desk.site("Not A Name").unwrap_err()), "FIELD_INVALID");
    }

    #[test]
    fn a_token_acts_under_its_own_name_unless_it_may_act_for_others() {
        let desk = call(&[Role::Moderator], Some("Bearer secret-desk")).unwrap();
        assert_eq!(desk.reviewer(String::new()).unwrap(), "desk");
        assert_eq!(desk.reviewer("desk".into()).unwrap(), "desk");
        assert_eq!(reason(desk.reviewer("ada".into()).unwrap_err()), "REVIEWER_FORBIDDEN");
        let desk = call(&[Role::Moderator], Some("Bearer secret-proxy")).unwrap();
        assert_eq!(desk.reviewer("ada".into()).unwrap(), "ada");
        assert_eq!(reason(desk.reviewer("a".repeat(129)).unwrap_err()), "FIELD_INVALID");
    }
}
