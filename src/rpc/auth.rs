//! Who calls, what they may do, and on which site.
//!
//! Tokens are known by their SHA-256 alone, so a configuration that leaks gives nobody away. Whatever is
//! presented is compared with every token, each in constant time, so that the time taken tells nothing.
//!
//! Architecture invariant: the [`Caller`] is the only source of a [`SiteName`] and of a reviewer's name for
//! the handlers; there is no other way from a request to a site.

use std::sync::Arc;

use tonic::metadata::MetadataMap;
use tonic::service::Interceptor;
use tonic::{Request, Status};

use super::convert::Check;
use super::status;
use crate::config::{Fingerprint, Role, Token};
use crate::domain::SiteName;

/// Bytes of a moderator's name.
const MAX_REVIEWER: usize = 128;

/// The tokens of one server, and the sites it serves.
pub struct Tokens {
    tokens: Vec<Arc<Token>>,
    sites: Arc<[SiteName]>,
}

/// Whoever made a call.
#[derive(Debug, Clone)]
pub struct Caller {
    token: Arc<Token>,
    sites: Arc<[SiteName]>,
}

/// The interceptor before a service: lets tokens in that have one of its roles.
#[derive(Clone)]
pub struct Gate {
    tokens: Arc<Tokens>,
    roles: &'static [Role],
}

impl Tokens {
    /// Tokens for a server of `sites`.
    pub fn new(tokens: Vec<Token>, sites: Vec<SiteName>) -> Self {
        Self { tokens: tokens.into_iter().map(Arc::new).collect(), sites: sites.into() }
    }

    fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Status> {
        let presented = Fingerprint::of(bearer(metadata)?);
        let known = self
            .tokens
            .iter()
            .fold(None, |known, token| if token.fingerprint == presented { Some(token) } else { known });
        let token = Arc::clone(known.ok_or_else(status::token_unknown)?);
        Ok(Caller { token, sites: Arc::clone(&self.sites) })
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

impl Gate {
    /// A gate for tokens that have one of `roles`.
    pub fn new(tokens: Arc<Tokens>, roles: &'static [Role]) -> Self {
        Self { tokens, roles }
    }
}

impl Interceptor for Gate {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let caller = self.tokens.caller(request.metadata())?;
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

    /// The token's name, for history and log.
    pub fn name(&self) -> &str {
        &self.token.name
    }

    /// Refuses a caller that has none of `roles`.
    ///
    /// # Errors
    /// PERMISSION_DENIED.
    pub fn require(&self, roles: &[Role]) -> Result<(), Status> {
        if self.token.roles.iter().any(|role| roles.contains(role)) {
            Ok(())
        } else {
            Err(status::role_missing(self.name(), roles))
        }
    }

    /// The site that a request is about: the one named, or the only one that this caller may touch.
    ///
    /// # Errors
    /// A site that the token may not touch, that is not served, or that had to be named.
    pub fn site(&self, named: &str) -> Result<SiteName, Status> {
        if named.is_empty() {
            return self.only_site();
        }
        match self.sites.iter().find(|site| site.as_str() == named) {
            Some(site) if self.may_touch(site) => Ok(site.clone()),
            _ if !self.token.sites.is_empty() => Err(status::site_forbidden(self.name(), named)),
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
        self.token.sites.is_empty() || self.token.sites.contains(site)
    }

    /// The moderator who acts: the one named, or the token's own name.
    ///
    /// # Errors
    /// Another name than the token's, when the token may not act for others; one that is too long.
    pub fn reviewer(&self, named: String) -> Result<String, Status> {
        if named.is_empty() || named == self.token.name {
            return Ok(self.token.name.clone());
        }
        let mut check = Check::default();
        let named = check.text("reviewer", named, MAX_REVIEWER);
        check.finish()?;
        if self.token.may_act_for { Ok(named) } else { Err(status::reviewer_forbidden(self.name(), &named)) }
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt;

    use super::*;

    fn site(name: &str) -> SiteName {
        SiteName::new(name).unwrap()
    }

    fn token(name: &str, roles: &[Role], sites: &[&str]) -> Token {
        Token {
            name: name.into(),
            fingerprint: Fingerprint::of(&format!("secret-{name}")),
            roles: roles.to_vec(),
            sites: sites.iter().map(|name| site(name)).collect(),
            may_act_for: false,
        }
    }

    fn tokens() -> Arc<Tokens> {
        let tokens = vec![
            token("shop", &[Role::Portal], &["news"]),
            token("desk", &[Role::Moderator], &[]),
            token("both", &[Role::Portal, Role::Moderator], &["news", "blog"]),
        ];
        Arc::new(Tokens::new(tokens, vec![site("news"), site("blog")]))
    }

    fn call(roles: &'static [Role], header: Option<&str>) -> Result<Caller, Status> {
        let mut request = Request::new(());
        if let Some(header) = header {
            request.metadata_mut().insert("authorization", header.parse().unwrap());
        }
        let admitted = Gate::new(tokens(), roles).call(request)?;
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
        let mut desk = call(&[Role::Moderator], Some("Bearer secret-desk")).unwrap();
        assert_eq!(desk.reviewer(String::new()).unwrap(), "desk");
        assert_eq!(desk.reviewer("desk".into()).unwrap(), "desk");
        assert_eq!(reason(desk.reviewer("ada".into()).unwrap_err()), "REVIEWER_FORBIDDEN");
        Arc::make_mut(&mut desk.token).may_act_for = true;
        assert_eq!(desk.reviewer("ada".into()).unwrap(), "ada");
        assert_eq!(reason(desk.reviewer("a".repeat(129)).unwrap_err()), "FIELD_INVALID");
    }
}
