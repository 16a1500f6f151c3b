//! Callers who may not.

use tonic::Status;

use super::{brief, fault};
use crate::config::Role;
use crate::proto::v1::ErrorReason;

/// The call carries no token.
pub fn token_missing() -> Status {
    let message = "send the header `authorization: Bearer TOKEN`; the operator of this server has the tokens";
    fault(ErrorReason::TokenMissing, message).status()
}

/// The token is not one of ours.
pub fn token_unknown() -> Status {
    let message = "this token is not, or no longer, known here; ask the operator of this server for another";
    fault(ErrorReason::TokenUnknown, message).status()
}

/// The token may do other things.
pub fn role_missing(token: &str, roles: &[Role]) -> Status {
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let names = names.join(" or ");
    let message = format!("token {token:?} lacks the role {names}; use one that has it");
    fault(ErrorReason::RoleMissing, message).with("role", names).status()
}

/// The token may touch other sites.
pub fn site_forbidden(token: &str, site: &str) -> Status {
    let message = match site {
        "" => format!("token {token:?} may touch no site that is served here"),
        _ => format!("token {token:?} may not touch site {:?}", brief(site)),
    };
    fault(ErrorReason::SiteForbidden, message).with("site", brief(site)).status()
}

/// No such site is configured.
pub fn site_unknown(site: &str) -> Status {
    let message =
        format!("site {site:?} is not served here; check its spelling, or add it to the configuration");
    fault(ErrorReason::SiteUnknown, message).with("site", site).resource("site", site).status()
}

/// The token may not act for somebody else.
pub fn reviewer_forbidden(token: &str, reviewer: &str) -> Status {
    let message = format!(
        "token {token:?} may not act for {reviewer:?}; leave reviewer out, or set may_act_for for it"
    );
    fault(ErrorReason::ReviewerForbidden, message).with("reviewer", reviewer).status()
}
